import { ErrnoSignal } from './errno.ts';
import { IoError } from './errors.ts';

/** The code of an error that a primitive threw, or `undefined` for a misuse or anything without a code. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && !isMisuse(error) ? code : undefined;
}

/** Nothing is there: not the path, or a file where a directory on the way should be. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function isMisuse(error: object): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

/** What was to be done when it was refused. */
export interface Refused {
  readonly op: string;
  readonly path: string;
  readonly dest?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What an operation rejects with: a misuse and the caller's own reason as they are, anything else as an `IoError`. */
export function refusalOf(error: unknown, { op, path, dest, signal }: Refused): unknown {
  const code = codeOf(error);
  const reason: unknown = signal?.aborted === true ? signal.reason : undefined;
  if (reason !== undefined && (error === reason || code === 'ABORT_ERR')) return reason;
  if (code === undefined || (error instanceof IoError && error.path === path)) return error;
  const { hint } = error as { hint?: string };
  const known = error instanceof ErrnoSignal;
  return new IoError({ code, op, path, dest, hint, cause: known ? error.cause : error });
}
