import type { OutputLine } from './lines.ts';
import type { OutputChunk } from './output-chunk.ts';
import { LineCursor } from './line-cursor.ts';
import type { Passage } from './passage.ts';
import { PassageQueue } from './passage-queue.ts';
import type { LineFormat } from './splitter.ts';
import type { StreamName } from './stream-name.ts';
import type { Supply } from './supply.ts';

/** One line after the other, each cut when it is asked for: those of a chunk are never in memory together. */
export class LineSupply implements Supply<OutputLine> {
  readonly #queue: PassageQueue;
  readonly #cursor = new LineCursor();
  #passages: readonly Passage[] = [];
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

  take(): OutputLine | undefined {
    const line = this.#cursor.next() ?? this.#begin();
    if (line === undefined) return undefined;
    const { stream, partial } = this.#cursor.passage;
    return partial === true ? { stream, line, partial } : { stream, line };
  }

  clear(): void {
    this.#queue.clear();
    this.#passages = [];
    this.#next = 0;
    this.#cursor.enter();
  }

  /** The first line of the next passage; `undefined` where there is none yet. */
  #begin(): string | undefined {
    while (this.#next === this.#passages.length) {
      this.#cursor.enter(); // it lets go of the text
      const passages = this.#queue.take();
      if (passages === undefined) return undefined;
      this.#passages = passages;
      this.#next = 0;
    }
    this.#cursor.enter(this.#passages[this.#next]);
    this.#next += 1;
    return this.#cursor.next();
  }
}
