/** Deliveries that were taken: a replayed one is known by its number, and by its signature where it has a new number. */
export class Deliveries {
  readonly #most: number;
  readonly #seen = new Set<string>();

  /** @param most - How many are remembered; the oldest are forgotten. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether neither was seen before; both are from now on. */
  isNew(id: string, signature: string): boolean {
    const marks = [`id ${id.toLowerCase()}`, `signature ${signature}`];
    const isNew = !marks.some((mark) => this.#seen.has(mark));
    for (const mark of marks) this.#seen.add(mark);
    for (const mark of this.#seen) {
      if (this.#seen.size <= this.#most * 2) break;
      this.#seen.delete(mark);
    }
    return isNew;
  }
}
