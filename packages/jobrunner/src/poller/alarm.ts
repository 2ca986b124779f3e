import { onAbort } from '@core/io';

import type { Clock } from './clock.ts';

/** Wakes whoever waits for a time before that time has come. */
export class Alarm {
  readonly #clock: Clock;
  #sleep: AbortController | undefined;
  #isRinging = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the wait, or the next one. */
  ring(): void {
    this.#isRinging = true;
    this.#sleep?.abort();
  }

  /** Resolves when the time has come, when it rings, or when the signal is aborted; whatever the reason, no timer is left. */
  async waitUntil(monotonicMs: number, signal: AbortSignal): Promise<void> {
    const sleep = new AbortController();
    this.#sleep = sleep;
    const forget = onAbort(signal, () => {
      sleep.abort();
    });
    try {
      if (this.#isRinging || signal.aborted) return;
      await this.#clock.wait(Math.max(0, monotonicMs - this.#clock.monotonicMs()), { signal: sleep.signal });
    } catch (error) {
      if (!sleep.signal.aborted) throw error;
    } finally {
      forget();
      this.#isRinging = false;
    }
  }
}
