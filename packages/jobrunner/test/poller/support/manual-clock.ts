import { onAbort } from '@core/io';

import type { Clock } from '../../../src/poller/clock.ts';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** A clock whose hands the test turns. */
export class ManualClock implements Clock {
  readonly #epoch: number;
  readonly #timers = new Set<Timer>();
  #ms = 0;

  constructor(epoch: string = '2026-02-05T12:00:00Z') {
    this.#epoch = Date.parse(epoch);
  }

  /** How many wait for it. */
  get waiting(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#epoch + this.#ms;
  }

  monotonicMs(): number {
    return this.#ms;
  }

  async wait(ms: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const timer: Timer = {
        at: this.#ms + ms,
        ring: () => {
          forget();
          resolve();
        },
      };
      const forget = onAbort(signal, () => {
        this.#timers.delete(timer);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
        reject(signal.reason);
      });
      this.#timers.add(timer);
    });
  }

  /** Lets so much time pass, timer by timer, and everything happen that comes of it. */
  async pass(ms: number): Promise<void> {
    const until = this.#ms + ms;
    await settled();
    for (let timer = this.#first(until); timer !== undefined; timer = this.#first(until)) {
      this.#ms = Math.max(this.#ms, timer.at);
      this.#timers.delete(timer);
      timer.ring();
      await settled();
    }
    this.#ms = until;
    await settled();
  }

  #first(until: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Everything has happened that happens without time passing, or another program. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
