import { library } from '@core/tooling/tsup';
import { defineConfig } from 'tsup';

export default defineConfig(
  library(
    'src/index.ts',
    'src/core/index.ts',
    'src/daemon/index.ts',
    'src/exec/index.ts',
    'src/reporters/index.ts',
    'src/testing/index.ts',
  ),
);
