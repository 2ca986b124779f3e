import { CoreError, type CoreErrorOptions } from '@core/io';

import type { Outcome } from './outcome.ts';
import type { ProcessResult } from './result.ts';

/** The codes of `@core/process`: permanent names, documented in its README. */
export type ProcessErrorCode =
  | 'ERR_PROCESS_ALREADY_RUNNING'
  | 'ERR_PROCESS_CLOSED'
  | 'ERR_PROCESS_EXIT_NON_ZERO'
  | 'ERR_PROCESS_LISTEN_FAILED'
  | 'ERR_PROCESS_NOT_FOUND'
  | 'ERR_PROCESS_NOT_HEALTHY'
  | 'ERR_PROCESS_NOT_INITIALIZED'
  | 'ERR_PROCESS_NOT_RUNNING'
  | 'ERR_PROCESS_OUTPUT_TOO_LARGE'
  | 'ERR_PROCESS_PTY_UNAVAILABLE'
  | 'ERR_PROCESS_SIGNAL_REFUSED'
  | 'ERR_PROCESS_SPAWN_FAILED'
  | 'ERR_PROCESS_STDIN_UNAVAILABLE'
  | 'ERR_PROCESS_STILL_RUNNING'
  | 'ERR_PROCESS_STOPPED'
  | 'ERR_PROCESS_STOP_FAILED';

/** What a {@link ProcessError} is made from. */
export interface ProcessErrorOptions extends CoreErrorOptions {
  readonly code: ProcessErrorCode;
  /** The process's id in its service. */
  readonly id?: string | undefined;
  /** Program and arguments, quoted for reading. */
  readonly commandLine?: string | undefined;
  readonly dir?: string | undefined;
  readonly result?: ProcessResult | undefined;
}

/**
 * A process that could not be started, did not end well, or cannot do what is asked of it.
 *
 * The environment of a process is in no field and no message.
 *
 * @example
 * ```ts
 * import { ProcessError, Service } from '@core/process';
 *
 * await using service = new Service();
 * const error = await service.run('node', ['-e', 'process.exit(3)']).catch((reason: unknown) => reason);
 * assert.ok(error instanceof ProcessError);
 * assert.equal(error.code, 'ERR_PROCESS_EXIT_NON_ZERO');
 * assert.deepEqual(error.outcome, { kind: 'exited', code: 3 });
 * assert.equal(error.commandLine, "node -e 'process.exit(3)'");
 * ```
 */
export class ProcessError extends CoreError {
  declare readonly code: ProcessErrorCode;
  declare readonly id?: string;
  declare readonly commandLine?: string;
  declare readonly dir?: string;
  declare readonly outcome?: Outcome;
  declare readonly exitCode?: number;
  declare readonly killSignal?: NodeJS.Signals;
  declare readonly durationMs?: number;
  /** Not a field, so that printing the error does not print all the output. */
  readonly #result: ProcessResult | undefined;

  constructor(message: string, options: ProcessErrorOptions) {
    super(message, options);
    const { id, commandLine, dir, result } = options;
    const facts = { id, commandLine, dir, ...factsOf(result) };
    Object.assign(this, Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)));
    this.#result = result;
  }

  /** Everything that is known of the process, where it is over. */
  get result(): ProcessResult | undefined {
    return this.#result;
  }
}

function factsOf(result: ProcessResult | undefined): Partial<ProcessResult> {
  if (result === undefined) return {};
  const { id, dir, outcome, exitCode, killSignal, durationMs } = result;
  return { id, dir, outcome, exitCode, killSignal, durationMs };
}
