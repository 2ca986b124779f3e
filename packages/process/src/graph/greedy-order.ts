import type { Edges } from './components.ts';
import { Heap } from './heap.ts';

/**
 * An order of the nodes in which few edges lead backwards (Eades, Lin and Smyth 1993): a node that waits for nothing
 * left goes to the front, one that nothing left waits for to the back, and where there is neither, the one that most
 * wait for beyond what it waits for itself goes to the front.
 */
export function greedyOrder(edges: Edges): number[] {
  return new Ordering(edges).run();
}

class Ordering {
  /** By node, without itself: what it waits for, and what waits for it. */
  readonly #targets: Edges;
  readonly #waiters: Edges;
  /** By node: how many of each are left; both are negative for a node that has been taken. */
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #loose: number[] = [];
  /** A node that has changed is in it once more, by its entry; only the entry that still tells the truth counts. */
  readonly #best: Heap;
  readonly #entries: { readonly node: number; readonly worth: number }[] = [];

  constructor(edges: Edges) {
    const waiters: number[][] = edges.map(() => []);
    this.#targets = edges.map((targets, node) => targets.filter((to) => to !== node));
    for (const [node, targets] of this.#targets.entries()) for (const to of targets) waiters[to]?.push(node);
    this.#waiters = waiters;
    this.#from = Int32Array.from(this.#targets, ({ length }) => length);
    this.#to = Int32Array.from(waiters, ({ length }) => length);
    this.#best = new Heap((a, b) => this.#isBetter(a, b));
    for (const node of edges.keys()) this.#enter(node);
  }

  run(): number[] {
    const front: number[] = [];
    const back: number[] = [];
    for (let node = this.#next(); node !== undefined; node = this.#next()) {
      const isLast = this.#to[node] === 0 && this.#from[node] !== 0;
      (isLast ? back : front).push(node);
      this.#take(node);
    }
    return [...front, ...back.reverse()];
  }

  #take(node: number): void {
    this.#from[node] = this.#to[node] = -1;
    for (const to of this.#targets[node] ?? []) this.#lessen(this.#to, to);
    for (const waiter of this.#waiters[node] ?? []) this.#lessen(this.#from, waiter);
  }

  #lessen(counts: Int32Array, node: number): void {
    const count = counts[node] ?? -1;
    if (count < 0) return;
    counts[node] = count - 1;
    this.#enter(node);
  }

  #enter(node: number): void {
    if (this.#from[node] === 0 || this.#to[node] === 0) this.#loose.push(node);
    else this.#best.push(this.#entries.push({ node, worth: this.#worth(node) }) - 1);
  }

  #next(): number | undefined {
    for (let node = this.#loose.pop(); node !== undefined; node = this.#loose.pop())
      if (this.#isLeft(node)) return node;
    for (let entry = this.#best.pop(); entry !== undefined; entry = this.#best.pop()) {
      const { node = -1, worth } = this.#entries[entry] ?? {};
      if (this.#isLeft(node) && this.#worth(node) === worth) return node;
    }
    return undefined;
  }

  #isLeft(node: number): boolean {
    return (this.#from[node] ?? -1) >= 0;
  }

  #worth(node: number): number {
    return (this.#to[node] ?? 0) - (this.#from[node] ?? 0);
  }

  #isBetter(a: number, b: number): boolean {
    const [first, second] = [this.#entries[a], this.#entries[b]];
    if (first === undefined || second === undefined) return false;
    return first.worth === second.worth ? first.node < second.node : first.worth > second.worth;
  }
}
