import { setTimeout as pause } from 'node:timers/promises';

const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;

/** No single try takes longer. */
export const TRY_MS = 5000;

/** Asks again and again until the answer is yes; the wait between two tries doubles up to a tenth of a second. */
export async function poll(ask: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; !(await ask()); waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    await pause(waitMs, undefined, { signal });
  }
}
