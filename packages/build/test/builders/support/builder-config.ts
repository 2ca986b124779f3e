import { join } from 'node:path';

import { localMedium } from '@core/io';
import { Service } from '@core/process';

import { type BuilderConfig, defaultConfig, openWorkspace } from '../../../src/index.ts';

/** What a builder is given for a project on the disk; the release goes to `out` beside its files. */
export async function builderConfig(
  dir: string,
  change: Partial<BuilderConfig> = {},
): Promise<AsyncDisposable & BuilderConfig> {
  const medium = localMedium();
  const { build, docker, linuxkit, node, project } = defaultConfig({});
  const service = new Service();
  const workspace = await openWorkspace(medium, dir);
  return {
    ...{ medium, dir, outputDir: join(dir, 'out'), service, workspace },
    ...{ project: { name: 'hello', version: '1.2.3', binary: 'hello' }, main: project.main },
    ...{ cgo: build.cgo, flags: build.flags, ldflags: build.ldflags, docker, linuxkit, node },
    env: process.env as Record<string, string>,
    ...change,
    async [Symbol.asyncDispose]() {
      await service.close();
      await workspace.close();
    },
  };
}
