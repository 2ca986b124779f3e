import { chmodSync } from 'node:fs';
import { join } from 'node:path';

import type { Artifact, Builder, BuilderConfig, BuilderOptions, ProjectIdentity, Target } from '../../../src/index.ts';
import { BuildError, formatTarget } from '../../../src/index.ts';
import type { Medium } from '@core/io';

import { buildTargets, programName } from '../../../src/builders/kit/command-targets.ts';
import type { BuilderSubject } from '../../../src/testing/builder-conformance.ts';
import { tempDir } from '../../support/temp-project.ts';

const TOY = '#!/bin/sh\nif grep -q broken toy.txt; then echo "toy.txt: it is broken"; exit 3; fi\ncat toy.txt > "$1"\n';

/** A folder with the tool of the toy builder. */
function toolFolder(): string {
  const dir = tempDir({ toy: TOY });
  chmodSync(join(dir, 'toy'), 0o755);
  return dir;
}

/** A builder that does all it should, with a tool of a few lines: what is made is the text of toy.txt. */
export class ToyBuilder implements Builder {
  readonly name: string = 'toy';

  async detect(medium: Medium, dir: string): Promise<boolean> {
    return medium.isFile(dir === '' ? 'toy.txt' : `${dir}/toy.txt`);
  }

  describe(_medium: Medium, _dir: string, settings: { binary?: string }): Promise<Partial<ProjectIdentity>> {
    return Promise.resolve({ name: 'toy', binary: settings.binary ?? 'toy' });
  }

  tools(): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve({ toy: '1.0' });
  }

  chooseTargets(_config: BuilderConfig, targets: readonly Target[]): Promise<Target[]> {
    return Promise.resolve(targets.filter(({ arch }) => arch !== 'none'));
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const bad = targets.find(({ arch }) => arch === 'none');
    if (bad !== undefined) throw unsupported(bad);
    return buildTargets(config, targets, options, async ({ outDir, target, run }) => {
      const name = programName(config.project.binary, target);
      await run({ command: 'toy', args: [join(outDir, name)], howToGet: 'Install toy.' });
      return [{ name }];
    });
  }
}

export function unsupported(target: Target): BuildError {
  return new BuildError(`Cannot build for ${formatTarget(target)}: toys have no such processor`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.toy',
    target: formatTarget(target),
    hint: 'Take another.',
  });
}

/** The builder with a project of its kind. */
export function toySubject(builder: Builder = new ToyBuilder()): BuilderSubject {
  return {
    builder,
    project: { 'toy.txt': 'a toy\n', docs: { 'readme.txt': 'about it\n' } },
    broken: { 'toy.txt': 'broken\n' },
    targets: [
      { os: 'linux', arch: 'amd64' },
      { os: 'windows', arch: 'amd64' },
    ],
    unsupported: { os: 'linux', arch: 'none' },
    tools: ['toy'],
    config: { env: { PATH: `${toolFolder()}:/usr/bin:/bin` } },
  };
}
