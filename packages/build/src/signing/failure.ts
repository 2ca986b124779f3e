import { BuildError, type BuildErrorCode } from '../errors.ts';
import { isToolFailure } from './toolbox.ts';

/** Why a tool has failed, and what to do about it. */
export interface Reason {
  readonly code: BuildErrorCode;
  readonly why: string;
  readonly hint: string;
  /** The key of the configuration that is to blame. */
  readonly key?: string | undefined;
}

/** What was to be signed, by what. */
export interface Attempt {
  readonly path: string;
  readonly tool: string;
  readonly howToGet: string;
}

/** The refusal of a file that cannot be signed. */
export function cannotSign(
  { path, tool }: Pick<Attempt, 'path'> & Partial<Attempt>,
  { code, why, hint, key }: Reason,
  cause?: unknown,
): BuildError {
  const failed = isToolFailure(cause) ? { command: cause.command, exitCode: cause.exitCode, output: cause.output } : {};
  return new BuildError(`Cannot sign ${JSON.stringify(path)}: ${why}`, {
    ...{ code, op: 'build.sign', path, tool, hint, key, cause },
    ...failed,
  });
}

/** What is in the way of all signing by a tool. */
export function cannotSignBy(tool: string, { code, why, hint, key }: Reason, cause?: unknown): BuildError {
  return new BuildError(`Cannot sign by ${tool}: ${why}`, { code, op: 'build.sign', tool, hint, key, cause });
}

/**
 * Runs `work`; where its tool fails, `explain` says why, from all that the tool said.
 *
 * @throws what `explain` makes of it; anything else, as an abort, as it is.
 */
export async function explained<T>(
  attempt: Attempt,
  explain: (said: string) => Reason,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isToolFailure(cause)) throw cause;
    const isMissing = cause.code === 'ERR_BUILD_TOOL_MISSING';
    throw cannotSign(attempt, isMissing ? toolMissing(attempt) : explain(cause.output ?? ''), cause);
  }
}

/** The tool is not there. */
export function toolMissing({ tool, howToGet }: Omit<Attempt, 'path'>): Reason {
  return { code: 'ERR_BUILD_SIGNER_UNAVAILABLE', why: `there is no ${tool} on this machine`, hint: howToGet };
}
