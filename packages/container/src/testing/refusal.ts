import { refusalOf } from '@core/io/testing';

import { ContainerError, type ContainerErrorCode } from '../errors.ts';

/**
 * The {@link ContainerError} that `work` rejects with: for tests of what must be refused. Rejects with an `Error` that
 * says what happened instead.
 *
 * @example
 * ```ts
 * import { ContainerError } from '@core/container';
 * import { containerRefusalOf } from '@core/container/testing';
 *
 * const stop = async () => {
 *   throw new ContainerError('Cannot stop "web": there is none', {
 *     code: 'ERR_CONTAINER_NOT_FOUND',
 *     op: 'container.stop',
 *     id: 'web',
 *   });
 * };
 * assert.equal((await containerRefusalOf(stop, 'ERR_CONTAINER_NOT_FOUND')).id, 'web');
 * ```
 */
export async function containerRefusalOf(
  work: () => Promise<unknown>,
  code: ContainerErrorCode,
): Promise<ContainerError> {
  const error = await refusalOf(work, code);
  if (error instanceof ContainerError) return error;
  throw new Error(`Wanted a ContainerError with ${code}, got a ${error.name}`, { cause: error });
}
