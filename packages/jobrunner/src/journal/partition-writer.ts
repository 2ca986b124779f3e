import { isCoreError, type Medium } from '@core/io';

import { JobrunnerError } from '../errors.ts';
import type { BatchPool } from './batch-pool.ts';
import type { Entry } from './entry-line.ts';
import type { Place } from './line-batch.ts';
import { findPlace, findTail } from './tail.ts';

/** So many lines go out in one write at most: one row of them is short of what the kernel writes in one piece. */
const MOST_LINES = 256;

/** A file that this writer wrote to a moment ago is not looked at again: looking costs as much as ten lines. */
const FRESH_MS = 20;

interface Waiting {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Whose lines a {@link PartitionWriter} writes, and how. */
export interface WriterOptions {
  readonly durable: boolean;
  readonly node: string;
  readonly pool: BatchPool;
  /** Whether the file may have lines of the node, so that it is read for the last of them. */
  readonly mayHaveLines: boolean;
}

/**
 * Writes the lines of one node into one file. What is appended while a write runs goes out together with the next one;
 * a line gets its place in the chain when it goes out, so that the order in the file is that of the chain.
 */
export class PartitionWriter {
  readonly #medium: Medium;
  readonly #path: string;
  readonly #options: WriterOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** The place of the next line; unknown before the file has been looked at, and after a write that failed. */
  #place: Place | undefined;
  /** Whether the file may have lines of this node that nobody knows of. */
  #isUnsure: boolean;
  /** How long the file was when this writer was done with it, and when that was, by the monotonic clock. */
  #size = -1;
  #seenAtMs = -Infinity;

  constructor(medium: Medium, path: string, options: WriterOptions) {
    this.#medium = medium;
    this.#path = path;
    this.#options = options;
    this.#isUnsure = options.mayHaveLines;
  }

  /** Whether nothing waits. */
  get isIdle(): boolean {
    return this.#running === undefined;
  }

  /** Resolves when the line is in the file (with `durable`: on the disk). */
  append(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /**
   * Has what was written reach the disk.
   *
   * @throws `ERR_JOURNAL_UNWRITABLE` where it may not have.
   */
  async sync(): Promise<void> {
    await this.idle();
    try {
      await this.#medium.append(this.#path, '', { durable: true });
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // whoever appends in the same turn comes along
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MOST_LINES));
    this.#running = undefined;
  }

  async #commit(waiting: readonly Waiting[]): Promise<void> {
    const { durable, pool } = this.#options;
    const batch = pool.take();
    try {
      if (await this.#isTornNow()) batch.addLineEnd();
      let place = this.#place ?? { seq: 1, prev: '' };
      for (const { entry } of waiting) place = batch.add(entry, place);
      const { bytes } = batch;
      await this.#medium.append(this.#path, bytes, { durable });
      this.#place = place;
      this.#size += bytes.length;
      this.#seenAtMs = performance.now();
      for (const { resolve } of waiting) resolve();
    } catch (cause) {
      this.#forget();
      const error = unwritable(this.#path, cause);
      for (const { reject } of waiting) reject(error);
    } finally {
      pool.giveBack(batch);
    }
  }

  /** A part of what could not be written, or all of it, may be in the file: the next write looks. */
  #forget(): void {
    this.#place = undefined;
    this.#isUnsure = true;
    this.#size = -1;
    this.#seenAtMs = -Infinity;
  }

  /** Whether the file ends in the middle of a line: of a writer that was killed, or had no room. */
  async #isTornNow(): Promise<boolean> {
    if (performance.now() - this.#seenAtMs < FRESH_MS) return false;
    const size = await this.#sizeNow();
    if (size === this.#size) return false;
    const tail = await findTail(this.#medium, this.#path, { size, wantsHash: this.#place === undefined });
    if (this.#isUnsure && size > 0) this.#place = await findPlace(this.#medium, this.#path, this.#options.node);
    this.#isUnsure = false;
    this.#place ??= { seq: 1, prev: tail.hash };
    this.#size = size;
    return tail.isTorn;
  }

  async #sizeNow(): Promise<number> {
    try {
      return (await this.#medium.stat(this.#path)).size;
    } catch (error) {
      if (isCoreError(error) && error.code === 'ENOENT') return 0;
      throw error;
    }
  }
}

function unwritable(path: string, cause: unknown): JobrunnerError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new JobrunnerError(`Cannot write to the journal: ${why}`, {
    code: 'ERR_JOURNAL_UNWRITABLE',
    op: 'journal.append',
    id: path,
    hint: 'Make room or set the permissions right, and append it again.',
    cause,
  });
}
