import { IoError } from '../errors.ts';

/** The `code` of an error, where it has one. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** What `work` gives, or `undefined` where it is refused with one of the codes. */
export async function unless<T>(codes: readonly string[], work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (codes.includes(codeOf(error) as string)) return undefined;
    throw error;
  }
}

/** A refusal as the error that is thrown in the end: what has no code, or knows its path already, stays what it is. */
export function toIoError(error: unknown, op: string, path: string): unknown {
  const code = codeOf(error);
  if (typeof code !== 'string' || error instanceof IoError) return error;
  const { hint } = error as { hint?: string };
  return new IoError({ code, op, path, hint, cause: error });
}
