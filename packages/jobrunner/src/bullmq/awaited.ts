/** What this process has put into the queue, and has not heard the end of. */
export class Awaited {
  readonly #repos = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#repos.size === 0;
  }

  /** Ids with their repositories. */
  get all(): readonly (readonly [id: string, repo: string])[] {
    return [...this.#repos];
  }

  /** Whether anything is awaited in the repository. */
  isIn(repo: string): boolean {
    return this.#counts.has(repo);
  }

  add(id: string, repo: string): void {
    if (this.#repos.has(id)) return;
    this.#repos.set(id, repo);
    this.#counts.set(repo, (this.#counts.get(repo) ?? 0) + 1);
  }

  /** Whether it was awaited. */
  delete(id: string): boolean {
    const repo = this.#repos.get(id);
    if (repo === undefined) return false;
    this.#repos.delete(id);
    const left = (this.#counts.get(repo) ?? 1) - 1;
    if (left === 0) this.#counts.delete(repo);
    else this.#counts.set(repo, left);
    return true;
  }

  clear(): void {
    this.#repos.clear();
    this.#counts.clear();
  }
}
