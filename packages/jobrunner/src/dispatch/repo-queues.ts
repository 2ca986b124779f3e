/** What waits, in a queue for each repository: one of each at a time is given out, and repositories take turns. */
export class RepoQueues<T extends { readonly repo: string }> {
  /** In the order of their turns. */
  readonly #queues = new Map<string, T[]>();
  readonly #busy = new Set<string>();

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  add(item: T): void {
    const queue = this.#queues.get(item.repo);
    if (queue === undefined) this.#queues.set(item.repo, [item]);
    else queue.push(item);
  }

  /** The next one of the first repository in which nothing runs; it runs until `done`. */
  next(): T | undefined {
    for (const [repo, queue] of this.#queues) {
      if (this.#busy.has(repo)) continue;
      const item = queue.shift();
      this.#queues.delete(repo);
      if (queue.length > 0) this.#queues.set(repo, queue); // behind all others
      if (item !== undefined) this.#busy.add(repo);
      return item;
    }
    return undefined;
  }

  /** What ran in the repository is over. */
  done(repo: string): void {
    this.#busy.delete(repo);
  }

  /** Forgets what waits, and gives it back. */
  clear(): readonly T[] {
    const waiting = [...this.#queues.values()].flat();
    this.#queues.clear();
    return waiting;
  }
}
