import type { BullmqSettings } from './options.ts';
import type { Store, StoredDirectory } from './store.ts';

/**
 * The repositories of a queue: whoever puts a first job in enters its repository, so that processes learn of it that
 * only work. It is a queue of BullMQ as well, whose jobs nobody takes out: one for each repository, with its name as id.
 */
export class Directory {
  readonly #queue: StoredDirectory;
  readonly #entered = new Map<string, Promise<unknown>>();
  readonly #told = new Set<string>();
  /** How many there were when they were read; nothing is read where there are still as many. */
  #count = 0;

  private constructor(queue: StoredDirectory) {
    this.#queue = queue;
  }

  static async open(store: Store, { name, logger }: Pick<BullmqSettings, 'name' | 'logger'>): Promise<Directory> {
    const queue = await store.directory(name);
    queue.on('error', (error) => logger?.warn('queue', { error: error.message }));
    return new Directory(queue);
  }

  /** Resolves when every process can know of the repository; the second time at once. */
  async enter(repo: string): Promise<void> {
    const known = this.#entered.get(repo);
    const entering = known ?? this.#queue.add('repository', { repo }, { jobId: repo });
    this.#entered.set(repo, entering);
    try {
      await entering;
    } catch (error) {
      this.#entered.delete(repo);
      throw error;
    }
  }

  /** The repositories that were entered since the last time, by whomever. */
  async newcomers(): Promise<readonly string[]> {
    const count = await this.#queue.getWaitingCount();
    if (count === this.#count) return [];
    const repos = await this.#queue.getRanges(['waiting'], 0, -1);
    const fresh = repos.filter((repo) => !this.#told.has(repo));
    for (const repo of fresh) this.#told.add(repo);
    this.#count = repos.length;
    return fresh;
  }

  /** Tells of the repository once more. */
  tellAgain(repo: string): void {
    this.#told.delete(repo);
    this.#count = -1;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }
}
