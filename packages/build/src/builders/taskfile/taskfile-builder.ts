import { join } from 'node:path';

import type { CancelOptions, Medium } from '@core/io';

import type { Artifact } from '../../artifact.ts';
import type {
  Builder,
  BuilderConfig,
  BuilderOptions,
  ProjectDescriber,
  ProjectIdentity,
  ToolReporter,
} from '../../builder.ts';
import type { ProjectSettings } from '../../config/build-config.ts';
import { BuildError } from '../../errors.ts';
import type { BuildEventListener } from '../../events.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import { formatTarget, type Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { buildTargets, type MadeFile, programName, type TargetWork } from '../kit/command-targets.ts';
import { findProgram } from '../kit/find-program.ts';
import { madeFilesIn } from '../kit/made-files.ts';
import { isForAnother, programTarget } from '../kit/program-target.ts';
import { readTaskfile, type Taskfile } from './read-taskfile.ts';

const HOW_TO_GET_TASK =
  'Install Task: https://taskfile.dev/docs/installation, `brew install go-task`, or `npm install -g @go-task/cli`.';

/** Some systems call it `go-task`, since `task` is another program there. */
const COMMANDS = ['go-task', 'task'];

/** What is called where the configuration names no task. */
const USUAL = ['build', 'default'];

/**
 * Builds projects with a Taskfile: runs the task `build`, or `default`, or the one that `main` names, once for each
 * target and one after the other, with `GOOS`, `GOARCH`, `OUTPUT_DIR`, `NAME` and `VERSION` as variables and in the
 * environment. What is then in `OUTPUT_DIR` is the release.
 *
 * @example
 * ```ts
 * import { TaskfileBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'Taskfile.yml': "version: '3'\nvars: { VERSION: 1.2.0 }" });
 * const builder = new TaskfileBuilder();
 * assert.equal(await builder.detect(medium, ''), true);
 * assert.deepEqual(await builder.describe(medium, '', { main: '.' }), { version: '1.2.0' });
 * ```
 */
export class TaskfileBuilder implements Builder, ProjectDescriber, ToolReporter {
  readonly name = 'taskfile';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return hasTaskfile(medium, dir);
  }

  /** A variable that the Taskfile sets is said, since it is what the task would be told otherwise. */
  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const variables = (await readTaskfile(medium, dir))?.variables;
    const version = variables?.get('VERSION');
    const said = {
      name: variables?.get('NAME'),
      version: version !== undefined && /^[^\s/\\]+$/.test(version) ? version : undefined,
      binary: settings.binary ?? variables?.get('BINARY'),
    };
    return given(said);
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const question = { command: await taskCommand(config, options), args: ['--version'], howToGet: HOW_TO_GET_TASK };
    const said = await askTool(config, question, options);
    return { task: /\d+(?:\.\d+)+/.exec(said)?.[0] ?? 'unknown' };
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const { dir, main, medium } = config;
    const { signal, onEvent } = options;
    const task = taskToRun(await readTaskfile(medium, dir, { signal }), { dir, main });
    const command = await taskCommand(config, { signal });
    // a Taskfile may use the same files for every target
    return buildTargets(config, targets, { ...options, concurrency: 1 }, (work) =>
      runTask(config, { ...work, command, task, onEvent }),
    );
  }
}

async function hasTaskfile(medium: Medium, dir: string): Promise<boolean> {
  for (const name of ['Taskfile.yml', 'Taskfile.yaml', 'taskfile.yml', 'taskfile.yaml']) {
    if (await medium.isFile(pathBelow(dir, name))) return true;
  }
  return false;
}

async function taskCommand({ env }: BuilderConfig, options: CancelOptions): Promise<string> {
  for (const name of COMMANDS) if ((await findProgram(name, env, options)) !== undefined) return name;
  return 'task';
}

/** The task that is run: the one that is named, else the usual ones. */
function taskToRun(taskfile: Taskfile | undefined, { dir, main }: Pick<BuilderConfig, 'dir' | 'main'>): string {
  if (taskfile === undefined) {
    throw new BuildError(`Cannot build ${JSON.stringify(dir)}: it has no Taskfile`, {
      code: 'ERR_BUILD_NO_PROJECT',
      op: 'build.taskfile',
      path: pathBelow(dir, 'Taskfile.yml'),
      hint: 'Run `task --init` in it, or name another folder.',
    });
  }
  const wanted = main === '.' ? USUAL : [main];
  const found = wanted.find((name) => isThere(taskfile, name)) ?? (taskfile.flattened ? wanted[0] : undefined);
  if (found !== undefined) return found;
  throw new BuildError(`Cannot build with ${JSON.stringify(taskfile.path)}: it has no task ${wanted.join(' or ')}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.taskfile',
    path: taskfile.path,
    ...(main === '.' ? {} : { key: 'project.main' }),
    hint: `Its tasks: ${[...taskfile.tasks.keys()].join(', ') || 'none'}. One can be named as project.main in .core/build.yaml.`,
  });
}

/** A task of an included file is `name:task`. */
function isThere({ includes, tasks }: Taskfile, name: string): boolean {
  return tasks.has(name) || (name.includes(':') && includes.has(name.slice(0, name.indexOf(':'))));
}

interface TaskWork extends TargetWork {
  readonly command: string;
  readonly task: string;
  readonly onEvent: BuildEventListener | undefined;
}

async function runTask(config: BuilderConfig, work: TaskWork): Promise<MadeFile[]> {
  const { command, onEvent, outDir, signal, target, task } = work;
  const { binary, name, version } = config.project;
  const env = { GOOS: target.os, GOARCH: target.arch, OUTPUT_DIR: outDir, NAME: name, VERSION: version };
  const variables = Object.entries(env).map(([variable, value]) => `${variable}=${value}`);
  // what task takes for up to date may be what another target, or another release, has left
  await work.run({ command, args: ['--force', task, ...variables], env, howToGet: HOW_TO_GET_TASK });
  const files = await madeFilesIn(outDir, { programs: [programName(binary, target)], signal });
  if (files.length === 0) throw nothingMade(task, target);
  for (const file of files) {
    if (file.kind !== 'bundle' && (await isForeign(join(outDir, file.name), work)))
      onEvent?.({
        type: 'warning',
        message: `${file.name} was made for ${formatTarget(target)}, and is a program for another system or processor.`,
      });
  }
  return files;
}

async function isForeign(path: string, { signal, target }: TaskWork): Promise<boolean> {
  const made = await programTarget(path, { signal });
  return made !== undefined && isForAnother(made, target);
}

function nothingMade(task: string, target: Target): BuildError {
  return new BuildError(`Cannot release for ${formatTarget(target)}: the task ${task} has made nothing`, {
    code: 'ERR_BUILD_OUTPUT_MISSING',
    op: 'build.taskfile',
    target: formatTarget(target),
    hint: 'Let it put the files of the release into {{.OUTPUT_DIR}}.',
  });
}
