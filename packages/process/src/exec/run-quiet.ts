import { command } from './command.ts';

/** How long {@link runQuiet} may take. */
export interface RunQuietOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a command to its end without showing anything of it; what it wrote to stderr is in the error.
 *
 * @throws `TypeError` for misuse; `ERR_PROCESS_SPAWN_FAILED`; `ERR_PROCESS_EXIT_NON_ZERO`; the reason of the signal.
 *
 * @example
 * ```ts
 * import { runQuiet } from '@core/process/exec';
 *
 * await runQuiet('sh', ['-c', 'echo working']);
 * await assert.rejects(runQuiet('sh', ['-c', 'echo out of paper >&2; exit 3']), /exited with code 3.*out of paper/s);
 * ```
 */
export async function runQuiet(
  name: string,
  args: readonly string[] = [],
  { signal }: RunQuietOptions = {},
): Promise<void> {
  const quiet = command(name, ...args);
  await (signal === undefined ? quiet : quiet.signal(signal)).run();
}
