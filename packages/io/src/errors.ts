import { ERRNO, type ErrnoCode, isErrnoCode } from './errno.ts';

const BRAND = Symbol.for('@core/io/CoreError');

/** What every error of the five packages is made from. */
export interface CoreErrorOptions {
  /** Permanent name of the condition, for programs: `ENOENT`, `ERR_BUILD_CONFIG_INVALID`. */
  readonly code: string;
  /** What was being done: `io.read`, `build.archive`. */
  readonly op: string;
  /** What to do about it, where there is something to do. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * "The world refused": the base of every error that the five packages throw by design.
 *
 * Misuse of an interface is a `TypeError` or `RangeError` instead, and a cancelled operation rejects with the caller's
 * own `signal.reason`.
 *
 * @example
 * ```ts
 * import { CoreError, isCoreError } from '@core/io';
 *
 * class QueueError extends CoreError {}
 * const error = new QueueError('Cannot take a job from "mail": the queue is empty', {
 *   code: 'ERR_QUEUE_EMPTY',
 *   op: 'queue.take',
 *   hint: 'Add a job first.',
 * });
 * assert.equal(isCoreError(error), true);
 * assert.equal(error.code, 'ERR_QUEUE_EMPTY');
 * assert.equal(error.name, 'QueueError');
 * ```
 */
export class CoreError extends Error {
  readonly code: string;
  readonly op: string;
  declare readonly hint?: string;

  constructor(message: string, options: CoreErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.op = options.op;
    if (options.hint !== undefined) this.hint = options.hint;
  }

  /** The name of the most derived class. */
  override get name(): string {
    return this.constructor.name;
  }

  static {
    // marks errors of every copy of this package and of every realm
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }
}

/**
 * Whether `error` is a {@link CoreError}, also one of another copy of `@core/io` or of another realm, where
 * `instanceof` would say no.
 *
 * @example
 * ```ts
 * import { isCoreError, MemoryMedium } from '@core/io';
 *
 * const error = await new MemoryMedium().read('missing').catch((reason: unknown) => reason);
 * assert.equal(isCoreError(error) && error.code, 'ENOENT');
 * assert.equal(isCoreError(new Error('other')), false);
 * ```
 */
export function isCoreError(error: unknown): error is CoreError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** The codes of `@core/io` beside the system's own. */
export type IoErrorCode =
  | ErrnoCode
  | 'ERR_PATH_ESCAPES_ROOT'
  | 'ERR_INVALID_PATH'
  | 'ERR_INVALID_UTF8'
  | 'ERR_INVALID_JSON'
  | 'ERR_NOT_REGULAR_FILE'
  | 'ERR_NOT_SUPPORTED'
  | 'ERR_LOCK_TIMEOUT'
  | 'ERR_LOCK_LOST'
  | 'ERR_HANDLE_CLOSED'
  | 'ERR_CRASHED';

const REASONS: Record<string, string> = {
  ERR_PATH_ESCAPES_ROOT: 'it leads outside the root',
  ERR_INVALID_PATH: 'the path is not valid',
  ERR_INVALID_UTF8: 'its content is not valid UTF-8',
  ERR_INVALID_JSON: 'its content is not valid JSON',
  ERR_NOT_REGULAR_FILE: 'it is neither a file nor a directory',
  ERR_NOT_SUPPORTED: 'this medium cannot do that',
  ERR_LOCK_TIMEOUT: 'its lock was not free in time',
  ERR_LOCK_LOST: 'its lock was taken over',
  ERR_HANDLE_CLOSED: 'the handle is closed',
  ERR_CRASHED: 'the medium has crashed',
};

const VERBS: Record<string, string> = {
  ensureDir: 'make the directory',
  list: 'list',
  deleteAll: 'delete',
  utimes: 'set the times of',
  chmod: 'change the mode of',
  readStream: 'read',
  readBytes: 'read',
  readJson: 'read',
  writeStream: 'write',
  appendStream: 'append to',
  append: 'append to',
  readLink: 'read the link',
  symlink: 'make the link',
  exists: 'look up',
  isFile: 'look up',
  isDir: 'look up',
  stat: 'look up',
  realPath: 'find the real path of',
  changes: 'tell the changes of',
};

/** What an {@link IoError} is made from: the sentence is composed from these. */
export interface IoErrorOptions {
  readonly code: IoErrorCode | (string & {});
  /** The operation without its package: `read`, `rename`. */
  readonly op: string;
  /** The path as the caller wrote it. */
  readonly path: string;
  /** The second path of a `rename`, `copy` or `symlink`, as the caller wrote it. */
  readonly dest?: string | undefined;
  /** Replaces the standing sentence of the code. */
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A file operation that the medium refused.
 *
 * `code` is Node's own where Node has one (`ENOENT`, `EEXIST`, …), else one of `ERR_PATH_ESCAPES_ROOT`,
 * `ERR_INVALID_PATH`, `ERR_INVALID_UTF8`, `ERR_INVALID_JSON`, `ERR_NOT_REGULAR_FILE`, `ERR_NOT_SUPPORTED`,
 * `ERR_LOCK_TIMEOUT`, `ERR_LOCK_LOST`, `ERR_HANDLE_CLOSED`, and, by `faulty` of `@core/io/testing`, `ERR_CRASHED`.
 *
 * @example
 * ```ts
 * import { IoError } from '@core/io';
 *
 * const error = new IoError({ code: 'ENOENT', op: 'read', path: 'config/app.yaml' });
 * assert.equal(error.message, 'Cannot read "config/app.yaml": no such file or directory');
 * assert.equal(error.op, 'io.read');
 * ```
 */
export class IoError extends CoreError {
  readonly path: string;
  declare readonly dest?: string;

  constructor(options: IoErrorOptions) {
    const { code, op, path, dest } = options;
    const to = dest === undefined ? '' : ` to ${quote(dest)}`;
    const reason = options.reason ?? (isErrnoCode(code) ? ERRNO[code].text : (REASONS[code] ?? code));
    super(`Cannot ${VERBS[op] ?? op} ${quote(path)}${to}: ${reason}`, { ...options, op: `io.${op}` });
    this.path = path;
    if (dest !== undefined) this.dest = dest;
  }
}

/** A path as messages show it: in quotes, control characters escaped, cut in the middle of nothing. */
function quote(path: string): string {
  return JSON.stringify(path.length > 1000 ? `${path.slice(0, 1000)}…` : path);
}
