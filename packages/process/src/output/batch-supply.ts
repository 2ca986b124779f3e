import { BatchCutter } from './batch-cutter.ts';
import type { LineBatch } from './lines.ts';
import type { OutputChunk } from './output-chunk.ts';
import { PassageQueue } from './passage-queue.ts';
import type { LineFormat } from './splitter.ts';
import type { StreamName } from './stream-name.ts';
import type { Supply } from './supply.ts';

/** So many characters are enough for one batch: its lines die before it is worth while to move them. */
const ENOUGH = 16_384;

/** The lines that one chunk completes, together; where they are many, some at a time. */
export class BatchSupply implements Supply<LineBatch> {
  readonly #queue: PassageQueue;
  readonly #cutter = new BatchCutter(ENOUGH);

  constructor(streams: readonly StreamName[], format: LineFormat) {
    this.#queue = new PassageQueue(streams, format);
  }

  get isFull(): boolean {
    return this.#queue.isFull;
  }

  wants(stream: StreamName): boolean {
    return this.#queue.wants(stream);
  }

  add(chunk: OutputChunk): void {
    this.#queue.add(chunk);
  }

  end(): void {
    this.#queue.end();
  }

  take(): LineBatch | undefined {
    for (;;) {
      const batch = this.#cutter.next();
      if (batch !== undefined) return batch;
      const passages = this.#queue.take();
      this.#cutter.enter(passages);
      if (passages === undefined) return undefined;
    }
  }

  clear(): void {
    this.#queue.clear();
    this.#cutter.enter();
  }
}
