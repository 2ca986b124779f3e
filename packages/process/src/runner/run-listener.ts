import { isPromise } from 'node:util/types';

import type { RunEvent, RunListener } from './run-event.ts';

/** An event without its time; one kind after the other, so that each keeps its own fields. */
export type RunNews = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'atMs'> : never) : never;

/** Tells the listener of a run what happens; what it throws, or its promise rejects with, harms nobody. */
export class RunNewsDesk {
  readonly #listener: RunListener | undefined;
  readonly #nowMs: () => number;

  constructor(listener: RunListener | undefined, nowMs: () => number) {
    this.#listener = listener;
    this.#nowMs = nowMs;
  }

  /** Whether anybody listens: without one, no event need be made. */
  get isHeard(): boolean {
    return this.#listener !== undefined;
  }

  tell(news: RunNews): void {
    if (this.#listener === undefined) return;
    try {
      const listener: (event: RunEvent) => unknown = this.#listener;
      const answer = listener({ atMs: this.#nowMs(), ...news });
      if (isPromise(answer)) answer.catch(() => undefined);
    } catch {
      // the listener's own affair: a run must not end because of one who watches it
    }
  }
}
