/** Someone who has something to tell to a listener. */
export interface Teller {
  /** What it has now is all: nothing will be added. */
  readonly hasEnded: boolean;
  /** Tells so many lines at most, in one call of its listener; returns how many, 0 where it has no more. */
  tell(most: number): number;
}

/** How long listeners may keep the event loop in one of its turns. */
const SLICE_MS = 4;
/** So few that a listener who takes a millisecond for each keeps to the slice from the first time on. */
const FIRST_LINES = 4;
const MOST_LINES = 65_536;

/**
 * Hands lines to listeners in slices of time, between which the event loop has its turns: a listener that is slow
 * delays neither timers nor other processes, and only what it was not yet told waits.
 *
 * How many lines a listener gets at once follows from how long it took for those before.
 */
export class Courier {
  /** In the order in which it is their turn. */
  readonly #tellers = new Set<Teller>();
  #lines = FIRST_LINES;
  #isComing = false;
  #waiting: (() => void)[] = [];

  /** It has something to tell. */
  add(teller: Teller): void {
    this.#tellers.add(teller);
    this.#come();
  }

  /** Lets it tell at once what it can within a slice; the rest waits as ever. */
  hurry(teller: Teller): void {
    const until = performance.now() + SLICE_MS;
    while (this.#oneCall(teller)) {
      if (performance.now() < until) continue;
      this.add(teller);
      return;
    }
    this.#tellers.delete(teller);
  }

  /** Resolves when all who have ended have told everything, and after so long at the latest. */
  async settled(patienceMs: number): Promise<void> {
    if (!this.#owes()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #come(): void {
    if (this.#isComing) return;
    this.#isComing = true;
    setImmediate(() => {
      this.#isComing = false;
      this.#round();
    });
  }

  #round(): void {
    const until = performance.now() + SLICE_MS;
    for (const teller of this.#tellers) {
      this.#tellers.delete(teller);
      if (this.#oneCall(teller)) this.#tellers.add(teller); // behind the others, and the loop comes to it again
      if (performance.now() >= until) break;
    }
    if (this.#tellers.size > 0) this.#come();
    if (!this.#owes()) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Whether there may be more. */
  #oneCall(teller: Teller): boolean {
    const began = performance.now();
    const told = teller.tell(this.#lines);
    const took = performance.now() - began;
    if (took > SLICE_MS) this.#lines = Math.max(1, Math.floor((told * SLICE_MS) / took));
    else if (took < SLICE_MS / 2 && told === this.#lines) this.#lines = Math.min(this.#lines * 2, MOST_LINES);
    return told > 0;
  }

  #owes(): boolean {
    return [...this.#tellers].some(({ hasEnded }) => hasEnded);
  }
}
