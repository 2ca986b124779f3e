import type { LineBatch } from './lines.ts';
import type { OutputChunk } from './output-chunk.ts';
import { BatchCutter } from './passage.ts';
import { PassageQueue } from './passage-queue.ts';
import type { LineFormat } from './splitter.ts';
import type { StreamName } from './stream-name.ts';
import type { Supply } from './supply.ts';

/** The lines that one chunk completes, together. */
export class BatchSupply implements Supply<LineBatch> {
  readonly #queue: PassageQueue;
  readonly #cutter = new BatchCutter();
  #batches: readonly LineBatch[] = [];
  #next = 0;

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
    while (this.#next === this.#batches.length) {
      const passages = this.#queue.take();
      if (passages === undefined) return undefined;
      this.#batches = this.#cutter.batches(passages);
      this.#next = 0;
    }
    this.#next += 1;
    return this.#batches[this.#next - 1];
  }

  clear(): void {
    this.#queue.clear();
    this.#batches = [];
    this.#next = 0;
  }
}
