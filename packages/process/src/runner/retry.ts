import type { RetryOptions, RunSpec } from './run-spec.ts';

const MIN_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;
const FACTOR = 2;

/** How long is waited before the next try when so many were made; `undefined` where there is none. */
export function retryDelayMs({ retries = 0 }: RunSpec, attempts: number): number | undefined {
  const options: RetryOptions = typeof retries === 'number' ? { retries } : retries;
  const { minDelayMs = MIN_DELAY_MS, maxDelayMs = MAX_DELAY_MS, factor = FACTOR } = options;
  if (attempts > options.retries) return undefined;
  return Math.min(minDelayMs * factor ** (attempts - 1), maxDelayMs);
}
