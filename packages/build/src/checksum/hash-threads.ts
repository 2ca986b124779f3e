import { availableParallelism } from 'node:os';

import type { CancelOptions, ReadHandle } from '@core/io';

import type { FileDigest } from './digest.ts';
import { HashThread } from './hash-thread.ts';

/** Who reads has a processor too; more threads would wait for the disk. */
const MOST_THREADS = Math.min(availableParallelism() - 1, 3);
/** Hashing less is over before a thread has started. */
const WORTH_A_START = 32 << 20;
/** Hashing less takes hardly longer than sending it to one that has. */
export const WORTH_SENDING: number = 1 << 20;
/** How long a thread that has nothing to do is kept for the next files. */
const IDLE_MS = 5000;

/** What {@link HashThreads} needs of a thread. */
export type Hasher = Pick<HashThread, 'close' | 'digest' | 'hasFailed'>;

/** Threads that hash large files. They are started when there is something for them, and do not keep a process alive. */
export class HashThreads {
  readonly #start: () => Hasher;
  readonly #most: number;
  readonly #idle: Hasher[] = [];
  #started = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(start: () => Hasher = () => new HashThread(), most: number = MOST_THREADS) {
    this.#start = start;
    this.#most = most;
  }

  /**
   * The digest of an open file of about `size` bytes; undefined where no thread is free, it is not worth while, or the
   * thread has failed: then whoever asks does it without.
   */
  async digest(handle: ReadHandle, size: number, options: CancelOptions): Promise<FileDigest | undefined> {
    const thread = this.#take(size);
    if (thread === undefined) return undefined;
    try {
      return await thread.digest(handle, size, options);
    } catch (error) {
      if (!thread.hasFailed) throw error;
      return undefined;
    } finally {
      await this.#giveBack(thread);
    }
  }

  #take(size: number): Hasher | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined || size < WORTH_A_START || this.#started >= this.#most) return idle;
    try {
      const thread = this.#start();
      this.#started += 1;
      return thread;
    } catch {
      return undefined; // a process need not be allowed any
    }
  }

  async #giveBack(thread: Hasher): Promise<void> {
    if (thread.hasFailed) {
      this.#started -= 1;
      await thread.close();
      return;
    }
    this.#idle.push(thread);
    this.#timer ??= setTimeout(() => {
      this.#dismiss();
    }, IDLE_MS).unref();
    this.#timer.refresh();
  }

  #dismiss(): void {
    this.#timer = undefined;
    for (const thread of this.#idle.splice(0)) {
      this.#started -= 1;
      void thread.close();
    }
  }
}

/** Those of this process. */
export const hashThreads: HashThreads = new HashThreads();
