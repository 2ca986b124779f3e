import { ErrnoSignal } from '../errno.ts';

/** The code of an error of `node:fs` or of a primitive; `undefined` for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Where a name was another thing at every look: it is refused rather than guessed. */
export function unsteady(cause: unknown): ErrnoSignal {
  return new ErrnoSignal('EBUSY', { hint: 'Another process keeps changing what stands there.', cause });
}
