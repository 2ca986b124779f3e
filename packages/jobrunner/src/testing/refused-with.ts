import { fail } from 'node:assert/strict';

/** What the work is refused with; fails with `otherwise` where it is not. */
export async function refusedWith(work: Promise<unknown>, otherwise: string): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  fail(otherwise);
}

/** Whether a text stands in what an error says of itself and its causes. */
export function isShown(error: unknown, text: string): boolean {
  if (typeof error !== 'object' || error === null) return String(error).includes(text);
  const { stack, message, cause, ...fields } = error as Error;
  const own = [stack, message, JSON.stringify(fields)].some((shown) => shown?.includes(text) === true);
  return own || (cause !== undefined && isShown(cause, text));
}
