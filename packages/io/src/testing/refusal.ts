import { type CoreError, isCoreError } from '../errors.ts';

/**
 * The error by design that `work` rejects with: for tests of what must be refused. Rejects with an `Error` that says
 * what happened instead where `work` succeeds, rejects with anything else, or with another code.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { refusalOf } from '@core/io/testing';
 *
 * const error = await refusalOf(() => new MemoryMedium().read('missing'), 'ENOENT');
 * assert.equal(error.message, 'Cannot read "missing": no such file or directory');
 * ```
 */
export async function refusalOf(work: () => Promise<unknown>, code?: string): Promise<CoreError> {
  const wanted = code ?? 'a CoreError';
  let value: unknown;
  try {
    value = await work();
  } catch (error) {
    if (isCoreError(error) && (code === undefined || error.code === code)) return error;
    throw new Error(`Wanted a refusal with ${wanted}, got ${String(error)}`, { cause: error });
  }
  throw new Error(`Wanted a refusal with ${wanted}, but it succeeded with ${String(value)}`);
}
