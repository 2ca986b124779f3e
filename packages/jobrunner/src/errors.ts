import { CoreError, type CoreErrorOptions } from '@core/io';

/** The codes of `@core/jobrunner`: permanent names, documented in its README. */
export type JobrunnerErrorCode =
  | 'ERR_JOURNAL_INVALID_NAME'
  | 'ERR_JOURNAL_INVALID_ENTRY'
  | 'ERR_JOURNAL_CLOSED'
  | 'ERR_JOURNAL_UNWRITABLE'
  | 'ERR_JOBRUNNER_SOURCE_FAILED'
  | 'ERR_JOBRUNNER_TIMEOUT'
  | 'ERR_JOBRUNNER_HANDLER_FAILED'
  | 'ERR_JOBRUNNER_QUEUE_FAILED'
  | 'ERR_GITHUB_INCOMPLETE'
  | 'ERR_GITHUB_RATE_LIMITED'
  | 'ERR_GITHUB_REQUEST_FAILED'
  | 'ERR_GITHUB_REFUSED'
  | 'ERR_GITHUB_CHANGED_MEANWHILE'
  | 'ERR_GITHUB_LISTEN_FAILED'
  | 'ERR_DISPATCH_FAILED';

/** What a {@link JobrunnerError} is made from. */
export interface JobrunnerErrorOptions extends CoreErrorOptions {
  readonly code: JobrunnerErrorCode;
  /** The repository, the entry or the source. */
  readonly id?: string | undefined;
  /** Before it, asking again is of no use. */
  readonly retryAt?: Date | undefined;
}

/**
 * A source, a handler or a journal that cannot do what was asked.
 *
 * @example
 * ```ts
 * import { JobrunnerError } from '@core/jobrunner';
 *
 * const error = new JobrunnerError('Cannot open the journal of "../etc": the name leads out of the journal', {
 *   code: 'ERR_JOURNAL_INVALID_NAME',
 *   op: 'journal.append',
 *   id: '../etc',
 * });
 * assert.equal(error.code, 'ERR_JOURNAL_INVALID_NAME');
 * assert.equal(error.id, '../etc');
 * ```
 */
export class JobrunnerError extends CoreError {
  declare readonly code: JobrunnerErrorCode;
  declare readonly id?: string;
  /** Before it, asking again is of no use. */
  declare readonly retryAt?: Date;

  constructor(message: string, options: JobrunnerErrorOptions) {
    super(message, options);
    if (options.id !== undefined) this.id = options.id;
    if (options.retryAt !== undefined) this.retryAt = options.retryAt;
  }
}
