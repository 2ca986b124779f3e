import { ProcessError, type ProcessErrorCode, type ProcessErrorOptions } from '../errors.ts';

/** What a {@link DaemonError} is made from. */
export interface DaemonErrorOptions extends ProcessErrorOptions {
  readonly pid?: number | undefined;
  readonly path?: string | undefined;
  readonly url?: string | undefined;
  readonly status?: number | undefined;
  readonly killSignal?: NodeJS.Signals | undefined;
}

/**
 * A daemon that cannot be started, reached or stopped as it should.
 *
 * `code` is `ERR_PROCESS_ALREADY_RUNNING` (with `pid` and `path`), `ERR_PROCESS_LISTEN_FAILED` (with `url`),
 * `ERR_PROCESS_NOT_HEALTHY` (with `url`, and with `status` where there was an answer), `ERR_PROCESS_STOP_FAILED`, or
 * `ERR_PROCESS_STOPPED` (with `killSignal` where one stopped it).
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { DaemonError, PidFile } from '@core/process/daemon';
 *
 * const medium = new MemoryMedium();
 * await using first = new PidFile('run/shop.pid', { medium });
 * await first.acquire();
 * const error = await new PidFile('run/shop.pid', { medium }).acquire().catch((reason: unknown) => reason);
 * assert.ok(error instanceof DaemonError);
 * assert.deepEqual([error.code, error.pid], ['ERR_PROCESS_ALREADY_RUNNING', process.pid]);
 * ```
 */
export class DaemonError extends ProcessError {
  declare readonly code: ProcessErrorCode;
  /** Of the process that is in the way. */
  declare readonly pid?: number;
  /** Of the file that says so. */
  declare readonly path?: string;
  /** What was asked, or was to be listened on. */
  declare readonly url?: string;
  /** Of the last answer. */
  declare readonly status?: number;
  /** What stopped the daemon. */
  declare readonly killSignal?: NodeJS.Signals;

  constructor(message: string, options: DaemonErrorOptions) {
    super(message, options);
    const { pid, path, url, status, killSignal } = options;
    const facts = Object.entries({ pid, path, url, status, killSignal }).filter(([, fact]) => fact !== undefined);
    Object.assign(this, Object.fromEntries(facts));
  }
}
