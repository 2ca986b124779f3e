/** How a {@link Caution} judges and how long it lasts. */
export interface CautionTerms {
  /** What takes longer has waited for something. */
  readonly waitedMs: number;
  /** How many are done with caution after one that waited; after each try that waits again, twice as many. */
  readonly first: number;
  readonly most: number;
}

/**
 * What is mostly quick may be done the quick way, until one has to be waited for: then the next ones are done with
 * caution, and after those one is tried again.
 */
export class Caution {
  readonly #terms: CautionTerms;
  #left = 0;
  #again: number;

  constructor(terms: CautionTerms) {
    this.#terms = terms;
    this.#again = terms.first;
  }

  /** Whether the next one is to be done with caution. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  /** Tells how long one took that was done the quick way. */
  took(ms: number): void {
    const { waitedMs, first, most } = this.#terms;
    if (ms <= waitedMs) {
      this.#again = first;
      return;
    }
    this.#left = this.#again;
    this.#again = Math.min(this.#again * 2, most);
  }
}
