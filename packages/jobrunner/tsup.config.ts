import { library } from '@core/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(
  library('src/index.ts', 'src/bullmq/index.ts', 'src/github/index.ts', 'src/report/index.ts', 'src/testing/index.ts'),
);
