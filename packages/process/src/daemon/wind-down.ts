import type { StopHandler } from './daemon-options.ts';
import { Deadline } from './deadline.ts';

/** Something to be done, and what it is for people. */
export interface StopStep {
  readonly what: string;
  readonly handler: StopHandler;
}

/**
 * Does one after the other, each when the one before is over, and waits for all of them together no longer than the
 * grace period: those that come after its end are begun, and not waited for.
 *
 * @returns what went wrong; never rejects.
 */
export async function windDown(steps: readonly StopStep[], gracePeriodMs: number): Promise<unknown[]> {
  const failures: unknown[] = [];
  const deadline = new Deadline(gracePeriodMs);
  for (const { what, handler } of steps) {
    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws becomes a rejection
    const done = (async () => handler({ signal: deadline.signal }))();
    await deadline.wait(what, done).catch((error: unknown) => failures.push(error));
  }
  deadline.close();
  return failures;
}
