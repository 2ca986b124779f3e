import { ChunkQueue } from './chunk-queue.ts';
import type { OutputChunk } from './output-chunk.ts';
import type { Passage } from './passage.ts';
import { type LineFormat, type Splitter, splitterOf } from './splitter.ts';
import type { StreamName } from './stream-name.ts';

/** Chunks that wait to become text, each when it is its turn. */
export class PassageQueue {
  readonly #queue = new ChunkQueue();
  readonly #splitters: ReadonlyMap<StreamName, Splitter>;
  /** Those that have still to give their last line, once there are no more chunks. */
  #unended: Splitter[] = [];

  constructor(streams: readonly StreamName[], format: LineFormat) {
    this.#splitters = new Map(streams.map((stream) => [stream, splitterOf(stream, format)]));
  }

  /** It has as much as it should hold. */
  get isFull(): boolean {
    return this.#queue.isFull;
  }

  wants(stream: StreamName): boolean {
    return this.#splitters.has(stream);
  }

  add(chunk: OutputChunk): void {
    this.#queue.push(chunk);
  }

  /** No chunk will follow. */
  end(): void {
    this.#unended = [...this.#splitters.values()];
  }

  /** What the next chunk completes, which may be nothing; `undefined` where there is none. */
  take(): readonly Passage[] | undefined {
    const chunk = this.#queue.shift();
    if (chunk === undefined) return this.#unended.shift()?.end();
    return this.#splitters.get(chunk.stream)?.push(chunk.bytes) ?? [];
  }

  clear(): void {
    this.#queue.clear();
    this.#unended = [];
  }
}
