import { setImmediate as nextTurn } from 'node:timers/promises';

/** Spaces starts: each blocks the event loop while the system copies this program, so each has a turn of its own. */
export class StartQueue {
  #last: Promise<void> | undefined;

  /** Resolves when it is the caller's turn to start something; in order of the calls. */
  turn(): Promise<void> {
    const mine = this.#last ?? Promise.resolve();
    const next = mine.then(() => nextTurn());
    this.#last = next;
    void next.then(() => {
      if (this.#last === next) this.#last = undefined;
    });
    return mine;
  }
}
