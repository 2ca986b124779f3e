import { ChunkQueue } from './chunk-queue.ts';
import type { OutputChunk } from './output-chunk.ts';
import type { StreamName } from './stream-name.ts';

/** Makes what a reader reads out of the chunks of a process, when it is asked for and not before. */
export interface Supply<T> {
  /** It has as much as it should hold. */
  readonly isFull: boolean;
  wants(stream: StreamName): boolean;
  add(chunk: OutputChunk): void;
  /** No chunk will follow. */
  end(): void;
  /** The next; `undefined` where it needs more chunks. */
  take(): T | undefined;
  clear(): void;
}

/** The chunks themselves. */
export class ChunkSupply implements Supply<OutputChunk> {
  readonly #streams: readonly StreamName[];
  readonly #queue = new ChunkQueue();

  constructor(streams: readonly StreamName[]) {
    this.#streams = streams;
  }

  get isFull(): boolean {
    return this.#queue.isFull;
  }

  wants(stream: StreamName): boolean {
    return this.#streams.includes(stream);
  }

  add(chunk: OutputChunk): void {
    if (chunk.bytes.length > 0) this.#queue.push(chunk);
  }

  end(): void {
    // what is there can be taken as before
  }

  take(): OutputChunk | undefined {
    return this.#queue.shift();
  }

  clear(): void {
    this.#queue.clear();
  }
}
