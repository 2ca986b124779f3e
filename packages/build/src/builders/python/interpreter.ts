import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { askTool } from '../kit/ask-tool.ts';
import { findProgram } from '../kit/find-program.ts';
import { missingTool } from '../kit/required-program.ts';
import { PROBE } from './probe-script.ts';
import type { BuildBackend } from './python-project.ts';

export const HOW_TO_GET_PYTHON: string =
  'Install it: apt-get install python3 python3-build python3-venv, brew install python, or see https://www.python.org/downloads.';

const HOW_TO_GET_BUILD =
  'Install what builds wheels: apt-get install python3-build python3-venv, or python3 -m pip install build.';

/** A Python of this machine, and what it has. */
export interface Interpreter {
  /** Absolute path. */
  readonly executable: string;
  readonly version: string;
  /** What makes a wheel with it. */
  readonly frontend: 'build' | 'pip';
  readonly hasPip: boolean;
  /** What its build backend needs and is not installed; where it is nothing, it builds without a network. */
  readonly missing: readonly string[];
  /** Versions of packages that wheels depend on. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * The Python that builds: the first on the PATH that has all that the project needs to be built, else the first that
 * can fetch it.
 *
 * @throws `ERR_BUILD_TOOL_MISSING` where there is no Python 3.8 or newer, or none with `build` or `pip`.
 */
export async function findInterpreter(
  config: BuilderConfig,
  backend: BuildBackend,
  options: CancelOptions,
): Promise<Interpreter> {
  const seen = new Map<string, Interpreter | undefined>();
  let failure: BuildError | undefined;
  for (const command of await pythonsOnPath(config, options)) {
    try {
      const found = await probe(config, command, { backend, ...options });
      if (found.interpreter?.missing.length === 0) return found.interpreter;
      if (!seen.has(found.executable)) seen.set(found.executable, found.interpreter);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof BuildError) || error.code !== 'ERR_BUILD_COMMAND_FAILED') throw error;
      failure ??= error;
    }
  }
  const able = [...seen.values()].find((interpreter) => interpreter !== undefined);
  if (able !== undefined) return able;
  if (seen.size > 0) throw missingTool('build', HOW_TO_GET_BUILD);
  if (failure !== undefined) throw failure;
  throw missingTool('python3', HOW_TO_GET_PYTHON);
}

/** Paths of everything that may be a Python 3, in the order in which it is found. */
async function pythonsOnPath({ env }: BuilderConfig, options: CancelOptions): Promise<string[]> {
  const windows = process.platform === 'win32';
  const names = windows ? ['python', 'python3', 'py'] : ['python3', 'python'];
  const variable = Object.keys(env).find((name) => name === 'PATH' || (windows && name.toUpperCase() === 'PATH'));
  const folders = (variable === undefined ? '' : (env[variable] ?? '')).split(windows ? ';' : ':').filter(Boolean);
  const found: string[] = [];
  for (const name of names) {
    for (const folder of folders) {
      const path = await findProgram(name, { ...env, PATH: folder }, options);
      if (path !== undefined && !found.includes(path)) found.push(path);
    }
  }
  return found;
}

interface Probing extends CancelOptions {
  readonly backend: BuildBackend;
}

interface Probed {
  readonly executable: string;
  readonly interpreter: Interpreter | undefined;
}

/** Runs in the project's folder, which may say which version of Python it wants. */
async function probe(config: BuilderConfig, command: string, { backend, signal }: Probing): Promise<Probed> {
  const args = ['-c', PROBE, JSON.stringify(backend)];
  const shown = `${command} -c <what is installed>`;
  const answer = await askTool(config, { command, args, shown, howToGet: HOW_TO_GET_PYTHON }, { signal });
  const said = JSON.parse(answer.split('\n').at(-1) ?? '') as Omit<Interpreter, 'frontend'> & {
    readonly hasBuild: boolean;
  };
  const { executable, hasBuild, hasPip, missing, version, versions } = said;
  if (!hasBuild && !hasPip) return { executable, interpreter: undefined };
  const frontend = hasBuild ? 'build' : 'pip';
  return { executable, interpreter: { executable, version, frontend, hasPip, missing, versions } };
}
