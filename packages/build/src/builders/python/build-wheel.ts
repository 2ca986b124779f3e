import { type CancelOptions, localMedium } from '@core/io';

import { sourceDate } from '../../archive/reproducible.ts';
import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { timedStep } from '../../events.ts';
import { pathBelow } from '../../paths.ts';
import { withBetterHint } from '../kit/better-hint.ts';
import { runInProject } from '../kit/command-targets.ts';
import type { ProjectCopy } from '../kit/project-copy.ts';
import { type Interpreter, HOW_TO_GET_PYTHON } from './interpreter.ts';

/** What a wheel is built with, and where. */
export interface WheelWork extends BuilderOptions {
  readonly python: Interpreter;
  readonly copy: ProjectCopy;
}

/** Builds the wheel of a project; gives its path on the disk. */
export async function buildWheel(config: BuilderConfig, work: WheelWork): Promise<string> {
  const { copy, onEvent, python, signal } = work;
  const { missing, frontend } = python;
  const folder = pathBelow(copy.root, 'wheels');
  await localMedium().ensureDir(folder, { signal });
  const how = missing.length === 0 ? '' : `, which fetches ${missing.join(', ')}`;
  await timedStep('build', `Build the wheel with ${frontend}${how}`, onEvent, () =>
    withBetterHint(
      (output) => hintForPip(output, missing),
      () => runFrontend(config, work, folder),
    ),
  );
  return onlyWheel(folder, { signal });
}

function runFrontend(config: BuilderConfig, work: WheelWork, folder: string): Promise<void> {
  const { copy, python, signal, onEvent } = work;
  const isolated = python.missing.length > 0;
  const [options, output] =
    python.frontend === 'build'
      ? [['-m', 'build', '--wheel', ...(isolated ? [] : ['--no-isolation', '--skip-dependency-check'])], '--outdir']
      : [['-m', 'pip', 'wheel', '--no-deps', ...(isolated ? [] : ['--no-build-isolation'])], '--wheel-dir'];
  const line = {
    command: python.executable,
    args: [...options, output, folder, copy.path],
    shown: `python3 ${options.join(' ')}`,
    // not in the project: a module build.py of it would be taken for the tool
    dir: copy.root,
    env: wheelEnvironment(config, copy),
    howToGet: HOW_TO_GET_PYTHON,
  };
  return runInProject(config, line, { signal, onEvent });
}

/** What every command of Python gets, so that the same project gives the same files. */
export function pythonEnvironment(): Record<string, string> {
  return {
    SOURCE_DATE_EPOCH: String(sourceDate()),
    PYTHONHASHSEED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
  };
}

/** Compilers put the folder that they work in into what they make; git is asked for versions, and is left as it is. */
function wheelEnvironment({ env }: BuilderConfig, { path }: ProjectCopy): Record<string, string> {
  const remap = `-ffile-prefix-map=${path}=.`;
  const flags =
    process.platform === 'win32' || /\s/.test(path) ? {} : { CFLAGS: `${env['CFLAGS'] ?? ''} ${remap}`.trim() };
  return { ...pythonEnvironment(), ...flags, GIT_OPTIONAL_LOCKS: '0' };
}

/** What to do where pip cannot fetch a package. */
export function hintForPip(output: string, wanted: readonly string[]): string | undefined {
  if (!/No matching distribution found|Could not find a version|Failed to establish a new connection/i.test(output)) {
    return undefined;
  }
  const what = wanted.length === 0 ? 'what the project needs' : wanted.join(', ');
  return `pip cannot fetch ${what}: install it on this machine, connect to the network, or set PIP_FIND_LINKS to a folder of wheels.`;
}

async function onlyWheel(folder: string, options: CancelOptions): Promise<string> {
  const files = await localMedium().list(folder, options);
  const wheel = files.find(({ name }) => name.endsWith('.whl'));
  if (wheel !== undefined) return wheel.path;
  throw new BuildError('Cannot release the wheel: the build did not make it', {
    code: 'ERR_BUILD_OUTPUT_MISSING',
    op: 'build.python',
    path: folder,
    hint: 'See what the build said: its backend gave no wheel.',
  });
}
