/** What is known of a system error: its number on Linux (negative, as Node reports it) and the system's own sentence. */
export interface Errno {
  readonly errno: number;
  readonly text: string;
}

/** A system error code of {@link ERRNO}. */
export type ErrnoCode =
  | 'EPERM'
  | 'ENOENT'
  | 'EIO'
  | 'EBADF'
  | 'EAGAIN'
  | 'ENOMEM'
  | 'EACCES'
  | 'EBUSY'
  | 'EEXIST'
  | 'EXDEV'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'EINVAL'
  | 'ENFILE'
  | 'EMFILE'
  | 'EFBIG'
  | 'ENOSPC'
  | 'EROFS'
  | 'EMLINK'
  | 'ENAMETOOLONG'
  | 'ENOTEMPTY'
  | 'ELOOP'
  | 'ENOTSUP'
  | 'ESTALE'
  | 'EDQUOT';

/**
 * The one table of the system errors that file operations meet.
 *
 * Numbers are Linux's (`errno(3)`), as libuv negates them; the sentences are libuv's, so that messages read as Node's do.
 */
export const ERRNO: Readonly<Record<ErrnoCode, Errno>> = {
  EPERM: { errno: -1, text: 'operation not permitted' },
  ENOENT: { errno: -2, text: 'no such file or directory' },
  EIO: { errno: -5, text: 'i/o error' },
  EBADF: { errno: -9, text: 'bad file descriptor' },
  EAGAIN: { errno: -11, text: 'resource temporarily unavailable' },
  ENOMEM: { errno: -12, text: 'not enough memory' },
  EACCES: { errno: -13, text: 'permission denied' },
  EBUSY: { errno: -16, text: 'resource busy or locked' },
  EEXIST: { errno: -17, text: 'file already exists' },
  EXDEV: { errno: -18, text: 'cross-device link not permitted' },
  ENOTDIR: { errno: -20, text: 'not a directory' },
  EISDIR: { errno: -21, text: 'illegal operation on a directory' },
  EINVAL: { errno: -22, text: 'invalid argument' },
  ENFILE: { errno: -23, text: 'file table overflow' },
  EMFILE: { errno: -24, text: 'too many open files' },
  EFBIG: { errno: -27, text: 'file too large' },
  ENOSPC: { errno: -28, text: 'no space left on device' },
  EROFS: { errno: -30, text: 'read-only file system' },
  EMLINK: { errno: -31, text: 'too many links' },
  ENAMETOOLONG: { errno: -36, text: 'name too long' },
  ENOTEMPTY: { errno: -39, text: 'directory not empty' },
  ELOOP: { errno: -40, text: 'too many symbolic links encountered' },
  ENOTSUP: { errno: -95, text: 'operation not supported on socket' },
  ESTALE: { errno: -116, text: 'stale file handle' },
  EDQUOT: { errno: -122, text: 'disk quota exceeded' },
};

/** Whether `code` is a system error that {@link ERRNO} knows. */
export function isErrnoCode(code: string): code is ErrnoCode {
  return Object.hasOwn(ERRNO, code);
}

const SHARED = new Map<ErrnoCode, ErrnoSignal>();

/**
 * The cheapest error with a `code`: thrown by the primitives of a medium, which need not know operation or path.
 *
 * @example
 * ```ts
 * import { defineMedium, ErrnoSignal, MemoryMedium } from '@core/io';
 *
 * const medium = defineMedium({
 *   ...new MemoryMedium().driver,
 *   remove(path) {
 *     throw new ErrnoSignal('EPERM', { hint: 'Nothing is ever deleted here.' });
 *   },
 * });
 * await assert.rejects(medium.delete('a.txt'), { message: 'Cannot delete "a.txt": operation not permitted' });
 * ```
 */
export class ErrnoSignal extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /**
   * The one frozen signal of a code. "Not found" is an everyday answer: it must not cost a stack trace, which is most of
   * the price of an error and is never shown, as the medium throws an error of its own in its place.
   */
  static of(code: ErrnoCode): ErrnoSignal {
    let signal = SHARED.get(code);
    if (signal === undefined) {
      signal = new ErrnoSignal(code);
      signal.stack = `Error: ${code}`;
      SHARED.set(code, Object.freeze(signal));
    }
    return signal;
  }
}
