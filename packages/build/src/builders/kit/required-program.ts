import type { CancelOptions } from '@core/io';

import { BuildError } from '../../errors.ts';
import { findProgram, type ProgramEnvironment } from './find-program.ts';

/** A program that a build cannot do without. */
export interface RequiredProgram extends CancelOptions {
  readonly name: string;
  readonly env: ProgramEnvironment;
  readonly howToGet: string;
}

/**
 * Where the program is.
 *
 * @throws `ERR_BUILD_TOOL_MISSING` where it is nowhere on the PATH.
 */
export async function requireProgram({ name, env, howToGet, signal }: RequiredProgram): Promise<string> {
  const path = await findProgram(name, env, { signal });
  if (path === undefined) throw missingTool(name, howToGet);
  return path;
}

/** The refusal of a build without a tool. */
export function missingTool(tool: string, hint: string): BuildError {
  return new BuildError(`Cannot build: there is no ${tool} on this machine`, {
    code: 'ERR_BUILD_TOOL_MISSING',
    op: 'build.command',
    tool,
    hint,
  });
}
