import { join } from 'node:path';

import type { CancelOptions, Medium } from '@core/io';

import type { Artifact } from '../../artifact.ts';
import type {
  Builder,
  BuilderConfig,
  BuilderOptions,
  ProjectDescriber,
  ProjectIdentity,
  TargetChooser,
  ToolReporter,
} from '../../builder.ts';
import type { ProjectSettings } from '../../config/build-config.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import type { Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { buildTargets, type MadeFile, type TargetWork } from '../kit/command-targets.ts';
import { shownCommand } from '../kit/shown-command.ts';
import type { CompilerVariables } from './c-compiler.ts';
import { checkTargets, possibleTargets } from './check-targets.ts';
import {
  buildArguments,
  goEnvironment,
  goProgramName,
  HOW_TO_GET_GO,
  tagsIn,
  targetEnvironment,
} from './go-command.ts';
import { moduleName, readModulePath } from './go-mod.ts';
import { findProgramPackage, findPrograms, programNameOf } from './main-package.ts';

/**
 * Builds Go projects: `go build` for every target, with this machine's Go and without cgo unless the configuration says
 * otherwise. `main` is the package; `.` is that of the project's folder, or the only program in the folders of `cmd`.
 * `main.version` is set to the version unless `ldflags` set it. With `-trimpath`, which is the default, the same sources
 * give the same bytes in every folder.
 *
 * @example
 * ```ts
 * import { GoBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new GoBuilder();
 * const medium = new MemoryMedium({ 'go.mod': 'module example.com/tools/v2', 'cmd/hello/main.go': 'package main' });
 * assert.equal(await builder.detect(medium, ''), true);
 * assert.deepEqual(await builder.describe(medium, '', { main: '.' }), { name: 'tools', binary: 'hello' });
 * ```
 */
export class GoBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'go';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return medium.isFile(pathBelow(dir, 'go.mod'));
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const module = await readModulePath(medium, dir);
    const name = module === undefined ? undefined : moduleName(module);
    const programs = await findPrograms({ medium, dir, tags: new Set() }, settings.main);
    const program = programs.length === 1 ? programNameOf(programs[0] ?? '.') : undefined;
    return given({ name, binary: settings.binary ?? program ?? name });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const question = { command: 'go', args: ['env', 'GOVERSION'], env: goEnvironment(config), howToGet: HOW_TO_GET_GO };
    return { go: (await askTool(config, question, options)).replace(/^go/, '') };
  }

  chooseTargets(config: BuilderConfig, targets: readonly Target[], options: CancelOptions = {}): Promise<Target[]> {
    return possibleTargets(config, targets, options);
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const { medium, dir, env, flags } = config;
    const { signal } = options;
    const compilers = await checkTargets(config, targets, { signal });
    const program = await findProgramPackage(
      { medium, dir, tags: tagsIn([...flags, env['GOFLAGS'] ?? '']), signal },
      config.main,
    );
    return buildTargets(config, targets, options, (work) =>
      buildProgram(config, { ...work, program, compiler: compilers.get(work.target) ?? {} }),
    );
  }
}

interface GoWork extends TargetWork {
  readonly program: string;
  readonly compiler: CompilerVariables;
}

async function buildProgram(config: BuilderConfig, work: GoWork): Promise<MadeFile[]> {
  const { compiler, outDir, program, target } = work;
  const name = goProgramName(config.project.binary, target);
  const args = buildArguments(config, { target, program, output: join(outDir, name) });
  const env = { ...targetEnvironment(config, target), ...compiler };
  const { GOOS = '', GOARCH = '', CGO_ENABLED = '' } = env;
  const shown = shownCommand('go', args, { GOOS, GOARCH, CGO_ENABLED });
  await work.run({ command: 'go', args, env, shown, howToGet: HOW_TO_GET_GO });
  return [{ name }];
}
