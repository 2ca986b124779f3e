import { refusalOf } from '@core/io/testing';

import { JobrunnerError, type JobrunnerErrorCode } from '../errors.ts';

/**
 * The {@link JobrunnerError} that `work` rejects with: for tests of what must be refused. Rejects with an `Error` that
 * says what happened instead.
 *
 * @example
 * ```ts
 * import { JobrunnerError } from '@core/jobrunner';
 * import { jobrunnerRefusalOf } from '@core/jobrunner/testing';
 *
 * const append = async () => {
 *   throw new JobrunnerError('Cannot open the journal of "web": the name is not valid', {
 *     code: 'ERR_JOURNAL_INVALID_NAME',
 *     op: 'journal.append',
 *     id: 'web',
 *   });
 * };
 * assert.equal((await jobrunnerRefusalOf(append, 'ERR_JOURNAL_INVALID_NAME')).id, 'web');
 * ```
 */
export async function jobrunnerRefusalOf(
  work: () => Promise<unknown>,
  code: JobrunnerErrorCode,
): Promise<JobrunnerError> {
  const error = await refusalOf(work, code);
  if (error instanceof JobrunnerError) return error;
  throw new Error(`Wanted a JobrunnerError with ${code}, got a ${error.name}`, { cause: error });
}
