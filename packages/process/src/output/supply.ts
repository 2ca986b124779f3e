import { ChunkQueue } from './chunk-queue.ts';
import { type LineBatch, lineOf, type OutputLine } from './lines.ts';
import type { OutputChunk } from './output-chunk.ts';
import { type LineFormat, type Splitter, splitterOf } from './splitter.ts';
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

/** The lines that one chunk completes, together. */
export class BatchSupply implements Supply<LineBatch> {
  readonly #queue = new ChunkQueue();
  readonly #splitters: ReadonlyMap<StreamName, Splitter>;
  #batches: readonly LineBatch[] = [];
  #next = 0;
  /** Those that have still to give their last line, once there are no more chunks. */
  #unended: Splitter[] = [];

  constructor(streams: readonly StreamName[], format: LineFormat) {
    this.#splitters = new Map(streams.map((stream) => [stream, splitterOf(stream, format)]));
  }

  get isFull(): boolean {
    return this.#queue.isFull;
  }

  wants(stream: StreamName): boolean {
    return this.#splitters.has(stream);
  }

  add(chunk: OutputChunk): void {
    this.#queue.push(chunk);
  }

  end(): void {
    this.#unended = [...this.#splitters.values()];
  }

  take(): LineBatch | undefined {
    while (this.#next === this.#batches.length) {
      const batches = this.#cut();
      if (batches === undefined) return undefined;
      this.#batches = batches;
      this.#next = 0;
    }
    this.#next += 1;
    return this.#batches[this.#next - 1];
  }

  clear(): void {
    this.#queue.clear();
    this.#unended = [];
    this.#batches = [];
    this.#next = 0;
  }

  /** What the next chunk completes, which may be nothing. */
  #cut(): readonly LineBatch[] | undefined {
    const chunk = this.#queue.shift();
    if (chunk === undefined) return this.#unended.shift()?.end();
    return this.#splitters.get(chunk.stream)?.push(chunk.bytes) ?? [];
  }
}

/** One line after the other. */
export class LineSupply implements Supply<OutputLine> {
  readonly #batches: BatchSupply;
  #batch: LineBatch | undefined;
  #stream: StreamName = 'stdout';
  #lines: readonly string[] = [];
  #next = 0;

  constructor(streams: readonly StreamName[], format: LineFormat) {
    this.#batches = new BatchSupply(streams, format);
  }

  get isFull(): boolean {
    return this.#batches.isFull;
  }

  wants(stream: StreamName): boolean {
    return this.#batches.wants(stream);
  }

  add(chunk: OutputChunk): void {
    this.#batches.add(chunk);
  }

  end(): void {
    this.#batches.end();
  }

  take(): OutputLine | undefined {
    const line = this.#lines[this.#next];
    if (line === undefined) return this.#begin() ? this.take() : undefined;
    this.#next += 1;
    if (this.#batch?.partial === true && this.#next === this.#lines.length) return lineOf(this.#batch, this.#next - 1);
    return { stream: this.#stream, line };
  }

  clear(): void {
    this.#batches.clear();
    this.#lines = [];
    this.#next = 0;
  }

  /** Goes on with the next batch; `false` where there is none yet. */
  #begin(): boolean {
    const batch = this.#batches.take();
    this.#batch = batch;
    this.#stream = batch?.stream ?? this.#stream;
    this.#lines = batch?.lines ?? [];
    this.#next = 0;
    return batch !== undefined;
  }
}
