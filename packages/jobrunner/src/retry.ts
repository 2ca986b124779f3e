/** How long is waited between two tries. */
export interface RetryOptions {
  /** The most that is waited after the first failure; 1,000 unless it is given. */
  readonly minDelayMs?: number | undefined;
  /** The most that is ever waited; 300,000 unless it is given. */
  readonly maxDelayMs?: number | undefined;
}

const MIN_DELAY_MS = 1000;
const MAX_DELAY_MS = 300_000;
/** No delay that a timer measures is doubled more often. */
const MOST_DOUBLINGS = 52;

/**
 * Whole milliseconds to wait after so many failures in a row: any time up to a limit that doubles with each of them
 * ("full jitter": callers that failed together do not come back together).
 *
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @throws RangeError where `failures` is no whole number from 1 on.
 *
 * @example
 * ```ts
 * import { retryDelayMs } from '@core/jobrunner';
 *
 * const latest = () => 1;
 * assert.deepEqual([1, 2, 3, 20].map((failures) => retryDelayMs(failures, {}, latest)), [1000, 2000, 4000, 300_000]);
 * assert.equal(retryDelayMs(3, {}, () => 0.5), 2000);
 * ```
 */
export function retryDelayMs(
  failures: number,
  { minDelayMs = MIN_DELAY_MS, maxDelayMs = MAX_DELAY_MS }: RetryOptions = {},
  random: () => number = Math.random,
): number {
  if (!Number.isInteger(failures) || failures < 1) {
    throw new RangeError(`failures must be a whole number from 1 on, not ${String(failures)}`);
  }
  return Math.round(random() * Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(failures - 1, MOST_DOUBLINGS)));
}
