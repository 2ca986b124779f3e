/** Numbers of which the first, by an order that must not change meanwhile, is at hand. */
export class Heap {
  readonly #comesFirst: (a: number, b: number) => boolean;
  readonly #items: number[] = [];

  constructor(comesFirst: (a: number, b: number) => boolean) {
    this.#comesFirst = comesFirst;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first; `undefined` where there is none. */
  peek(): number | undefined {
    return this.#items[0];
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = items[up] ?? item;
      if (!this.#comesFirst(item, above)) break;
      items[at] = above;
      at = up;
    }
    items[at] = item;
  }

  /** Takes the first out; `undefined` where there is none. */
  pop(): number | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    let at = 0;
    for (let down = this.#firstBelow(at); down < items.length; down = this.#firstBelow(at)) {
      const below = items[down] ?? last;
      if (!this.#comesFirst(below, last)) break;
      items[at] = below;
      at = down;
    }
    items[at] = last;
    return first;
  }

  /** The place of the one below `at` that comes first; beyond the end where there is none. */
  #firstBelow(at: number): number {
    const left = 2 * at + 1;
    const a = this.#items[left];
    const b = this.#items[left + 1];
    return a !== undefined && b !== undefined && this.#comesFirst(b, a) ? left + 1 : left;
  }
}
