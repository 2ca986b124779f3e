import { BuildError } from '../../errors.ts';

/** What to do about a command that failed with this output; `undefined` where nothing better is known. */
export type HintFinder = (output: string) => string | undefined;

/** Does `work`; where a command fails in it, the error says what to do about what the command said. */
export async function withBetterHint<T>(hintFor: HintFinder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BuildError) || error.code !== 'ERR_BUILD_COMMAND_FAILED') throw error;
    const hint = hintFor(error.output ?? '');
    if (hint === undefined) throw error;
    const { code, op, path, command, exitCode, output, cause, message } = error;
    throw new BuildError(message, { code, op, path, command, exitCode, output, hint, cause });
  }
}
