import { LineBatch } from './line-batch.ts';

/** So many are kept: a journal rarely writes to more files at once. */
const MOST_KEPT = 8;

/** Batches that are used again by whichever file has lines to write: one for each file would cost 64 KiB for each. */
export class BatchPool {
  readonly #free: LineBatch[] = [];

  /** An empty one, until it is given back. */
  take(): LineBatch {
    return this.#free.pop() ?? new LineBatch();
  }

  giveBack(batch: LineBatch): void {
    batch.clear();
    if (this.#free.length < MOST_KEPT) this.#free.push(batch);
  }
}
