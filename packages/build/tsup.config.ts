import { library } from '@core/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(library('src/index.ts', 'src/signing/index.ts', 'src/testing/index.ts'));
