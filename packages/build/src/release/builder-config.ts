import type { Service } from '@core/process';

import type { BuilderConfig } from '../builder.ts';
import type { Workspace } from '../workspace/types.ts';
import { buildEnvironment } from './environment.ts';
import type { ReleasePlan } from './plan.ts';
import type { Staging } from './staging.ts';

/** Where a release is made, and what starts its commands. */
export interface ReleasePlace {
  readonly staging: Staging;
  readonly service: Service;
  readonly workspace: Workspace;
}

/** What the builder of a release is given. */
export function builderConfigOf(plan: ReleasePlan, { service, staging, workspace }: ReleasePlace): BuilderConfig {
  const { config, dir, dryRun, medium, project, targets } = plan;
  const { build, docker, linuxkit, node } = config;
  const { cgo, flags, ldflags, env: own } = build;
  const { description, main } = config.project;
  const outputDir = workspace.locate(staging.dir);
  return {
    ...{ medium, dir, outputDir: staging.dir, project, workspace, service, dryRun },
    ...{ main, cgo, flags, ldflags, node, docker, linuxkit },
    env: buildEnvironment({ project, description, targets, outputDir, own }),
  };
}
