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
import { BuildError } from '../../errors.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import type { Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { buildTargets } from '../kit/command-targets.ts';
import { findProgram } from '../kit/find-program.ts';
import { isSameTarget } from '../kit/host-target.ts';
import { collectBin, recordBin } from './collect-bin.ts';
import { binFolder, HOW_TO_GET_WAILS, wailsCommand } from './wails-command.ts';
import { readWailsProject, WAILS_FILE, type WailsProject } from './wails-project.ts';
import { checkTargets, obstacle } from './wails-targets.ts';

/**
 * Builds Wails projects: those of version 2 with `wails build`, those of version 3 with `wails3 task` and their own
 * Taskfile. The targets are built one after the other, since they share a folder; of that only what a build has written
 * becomes part of the release. For macOS that is the bundle.
 *
 * @example
 * ```ts
 * import { WailsBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const file = '{ "name": "Hello", "outputfilename": "hello", "info": { "productVersion": "1.2.0" } }';
 * const medium = new MemoryMedium({ 'wails.json': file, 'go.mod': 'module hello' });
 * const builder = new WailsBuilder();
 * assert.equal(await builder.detect(medium, ''), true);
 * const identity = await builder.describe(medium, '', { main: '.' });
 * assert.deepEqual(identity, { name: 'Hello', version: '1.2.0', binary: 'hello' });
 * ```
 */
export class WailsBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'wails';

  /** A project of version 3 need have no wails.json: its go.mod says what it is. */
  async detect(medium: Medium, dir: string): Promise<boolean> {
    return (await medium.isFile(pathBelow(dir, WAILS_FILE))) || (await readWailsProject(medium, dir)) !== undefined;
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const project = await readWailsProject(medium, dir);
    return given({ name: project?.name, version: project?.version, binary: settings.binary ?? project?.binary });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const { wails } = await requiredProject(config, options);
    const command = wails === 2 ? 'wails' : 'wails3';
    const question = { command, args: ['version'], howToGet: HOW_TO_GET_WAILS[wails] };
    const said = await askTool(config, question, options);
    const tools = { [command]: /\d+(?:\.\d+)+[\w.-]*/.exec(said)?.[0] ?? 'unknown' };
    if ((await findProgram('go', config.env, options)) === undefined) return tools;
    const version = await askTool(config, { command: 'go', args: ['env', 'GOVERSION'] }, options);
    return { ...tools, go: version.replace(/^go/, '') };
  }

  chooseTargets({ env }: BuilderConfig, targets: readonly Target[]): Promise<Target[]> {
    return Promise.resolve(targets.filter((target) => obstacle(target, env) === undefined));
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    checkTargets(config, targets);
    const project = await requiredProject(config, options);
    const [first] = targets;
    const commands = new Map(
      targets.map((target) => {
        const isFirst = first !== undefined && isSameTarget(target, first);
        return [target, wailsCommand(config, project, { target, isFirst })];
      }),
    );
    const folder = join(config.workspace.path, binFolder(project));
    return buildTargets(config, targets, { ...options, concurrency: 1 }, async (work) => {
      const before = await recordBin(folder, work);
      const command = commands.get(work.target);
      if (command !== undefined) await work.run(command);
      return collectBin({ folder, before, binary: config.project.binary }, work);
    });
  }
}

async function requiredProject({ dir, medium }: BuilderConfig, { signal }: CancelOptions): Promise<WailsProject> {
  const project = await readWailsProject(medium, dir, { signal });
  if (project !== undefined) return project;
  throw new BuildError(`Cannot build ${JSON.stringify(dir)}: it has no ${WAILS_FILE}`, {
    code: 'ERR_BUILD_NO_PROJECT',
    op: 'build.wails',
    path: pathBelow(dir, WAILS_FILE),
    hint: 'Run `wails init`, or name another folder.',
  });
}
