import { onAbort } from '@core/io';

/** Where a poller has the time from: another one lets a test turn the hands. */
export interface Clock {
  /** Milliseconds since 1970: for what is written down. */
  now(): number;
  /** Milliseconds since whenever, which nobody sets back: for what is waited for. */
  monotonicMs(): number;
  /** Resolves after so many milliseconds; rejects with the reason of the signal when that is aborted. */
  wait(ms: number, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** The longest time that a timer of Node measures; a longer one would end at once. */
export const LONGEST_MS = 2_147_483_647;

/** The clock of this machine. A wait holds the process up. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  async wait(ms, { signal }) {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => {
          forget();
          resolve();
        },
        Math.min(Math.ceil(ms), LONGEST_MS),
      );
      const forget = onAbort(signal, () => {
        clearTimeout(timer);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
        reject(signal.reason);
      });
    });
  },
};
