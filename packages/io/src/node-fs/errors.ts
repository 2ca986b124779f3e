import { inspect } from 'node:util';

import { ERRNO, isErrnoCode } from '../errno.ts';

/** A system call that was tried, as the message of Node's errors tells it. */
export interface SystemCall {
  readonly syscall: string;
  /** As the caller wrote it; Node tells none for what is done with an open file. */
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The codes of this package that have one of the system's beside them. */
const TRANSLATED: Record<string, string> = {
  ERR_NOT_SUPPORTED: 'ENOSYS',
  ERR_HANDLE_CLOSED: 'EBADF',
};

const EXTRA: Record<string, { readonly errno: number; readonly text: string }> = {
  ENOSYS: { errno: -38, text: 'function not implemented' },
};

/** Errors that have Node's shape already. */
const SHAPED = new WeakSet();

/** Does `work`; what it refuses with gets the shape of Node's errors: `ENOENT: no such file or directory, open 'x'`. */
export async function called<T>(call: SystemCall, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw shaped(error, call);
  }
}

/** An error in the shape of Node's; misuses stay what they are. The original is its `cause`. */
function shaped(error: unknown, { syscall, path, dest, signal }: SystemCall): unknown {
  if (signal?.aborted === true && error === signal.reason) return abortError(signal.reason);
  const original = (error as { code?: unknown } | null)?.code;
  if (typeof original !== 'string' || SHAPED.has(error as object) || isMisuse(error)) return error;
  const code = TRANSLATED[original] ?? original;
  const known = isErrnoCode(code) ? ERRNO[code] : EXTRA[code];
  const message = `${code}: ${known?.text ?? (error as Error).message}, ${syscall}${where(path, dest)}`;
  const fields = { ...(known && { errno: known.errno }), code, syscall, ...defined({ path, dest }) };
  return marked(Object.assign(new Error(message, { cause: error }), fields));
}

/** A refusal by a code alone; {@link called} gives it its shape. */
export function closedFile(syscall: string): Error {
  return marked(Object.assign(new Error('file closed'), { code: 'EBADF', syscall }));
}

/** What Node's `rm` says to a directory without `recursive`. */
export function directoryRefusedByRm(path: string): Error {
  const message = `Path is a directory: rm returned EISDIR (is a directory) ${path}`;
  const fields = { name: 'SystemError', code: 'ERR_FS_EISDIR', errno: 21, syscall: 'rm', path };
  return marked(Object.assign(new Error(message), fields));
}

/** What Node rejects with when a signal is aborted. */
function abortError(reason: unknown): Error {
  const error = new Error('The operation was aborted', { cause: reason });
  return marked(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }));
}

export function invalidType(name: string, wanted: string, value: unknown): TypeError {
  const message = `The "${name}" argument must be ${wanted}. Received ${received(value)}`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

export function invalidValue(name: string, reason: string, value: unknown): TypeError {
  const message = `The argument '${name}' ${reason}. Received ${inspect(value)}`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
}

export function outOfRange(name: string, range: string, value: unknown): RangeError {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${String(value)}`;
  return Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' });
}

/** Refuses what is no position in a file. */
export function checkPosition(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw outOfRange(name, `>= 0 && <= ${String(Number.MAX_SAFE_INTEGER)}`, value);
}

function received(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') return `an instance of ${value.constructor.name}`;
  return `type ${typeof value} (${inspect(value)})`;
}

function where(path: string | undefined, dest: string | undefined): string {
  if (path === undefined) return '';
  return dest === undefined ? ` '${path}'` : ` '${path}' -> '${dest}'`;
}

function defined(fields: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isMisuse(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

function marked<T extends Error>(error: T): T {
  SHAPED.add(error);
  return error;
}
