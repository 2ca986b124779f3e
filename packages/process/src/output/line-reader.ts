import { onAbort } from '@core/io';

import type { StreamName } from './stream-name.ts';
import { type OutputLine, LineSplitter } from './lines.ts';

/** Someone who follows the output of a process. */
export interface OutputSink {
  /** Whether it takes this stream. */
  wants(stream: StreamName): boolean;
  write(stream: StreamName, bytes: Uint8Array): void;
  /** There is no more. */
  end(): void;
  /** It has as much as it should hold: the process is to be slowed down. */
  readonly isFull: boolean;
}

/** What a {@link LineReader} is made from. */
export interface LineReaderOptions {
  readonly streams: readonly StreamName[];
  readonly maxLineBytes: number;
  /** Ends the iteration with its reason, whatever was still to be read. */
  readonly signal?: AbortSignal | undefined;
  /** Called when it was full and has room again, and when it is closed. */
  readonly onRoom: (reader: LineReader) => void;
}

interface Waiting {
  readonly resolve: (result: IteratorResult<OutputLine, undefined>) => void;
  readonly reject: (reason: unknown) => void;
}

/** Lines that were cut out of one chunk. */
interface Batch {
  readonly lines: readonly OutputLine[];
  readonly bytes: number;
}

/** So much may wait to be read before the process is slowed down. */
const ENOUGH_BYTES = 262_144;
const OVER: IteratorResult<OutputLine, undefined> = { done: true, value: undefined };

/** The lines of a process as an async iterator: what waits to be read is bounded, because the process has to wait. */
export class LineReader implements OutputSink, AsyncIterableIterator<OutputLine, undefined> {
  readonly #splitters: ReadonlyMap<StreamName, LineSplitter>;
  readonly #onRoom: (reader: LineReader) => void;
  readonly #waiting: Waiting[] = [];
  #batches: Batch[] = [];
  #line = 0;
  #bytes = 0;
  #isOver = false;
  #failure: { readonly reason: unknown } | undefined;

  readonly #stopListening: () => void;

  constructor({ streams, maxLineBytes, signal, onRoom }: LineReaderOptions) {
    this.#splitters = new Map(streams.map((stream) => [stream, new LineSplitter(stream, maxLineBytes)]));
    this.#onRoom = onRoom;
    this.#stopListening = onAbort(signal, () => {
      this.#fail(signal?.reason);
    });
  }

  get isFull(): boolean {
    return this.#bytes >= ENOUGH_BYTES;
  }

  /** Nothing more is added: the output has ended, or nobody wants to read on. */
  get isOver(): boolean {
    return this.#isOver;
  }

  wants(stream: StreamName): boolean {
    return this.#splitters.has(stream);
  }

  write(stream: StreamName, bytes: Uint8Array): void {
    const lines = this.#splitters.get(stream)?.push(bytes) ?? [];
    this.#add(lines, bytes.length);
  }

  end(): void {
    if (this.#isOver) return;
    for (const splitter of this.#splitters.values()) this.#add(splitter.end(), 0);
    this.#isOver = true;
    this.#restIfRead();
    for (const { resolve } of this.#waiting.splice(0)) resolve(OVER);
  }

  next(): Promise<IteratorResult<OutputLine, undefined>> {
    const value = this.#take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#failure !== undefined) {
      const { reason } = this.#failure;
      this.#failure = undefined;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
      return Promise.reject(reason);
    }
    if (this.#isOver) return Promise.resolve(OVER);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<OutputLine, undefined>> {
    this.#close();
    return Promise.resolve(OVER);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #fail(reason: unknown): void {
    const waiting = this.#waiting.splice(0);
    for (const { reject } of waiting) reject(reason);
    if (waiting.length === 0) this.#failure = { reason };
    this.#close();
  }

  #close(): void {
    this.#isOver = true;
    this.#stopListening();
    this.#batches = [];
    this.#line = 0;
    this.#bytes = 0;
    for (const { resolve } of this.#waiting.splice(0)) resolve(OVER);
    this.#onRoom(this);
  }

  #add(lines: readonly OutputLine[], bytes: number): void {
    let from = 0;
    for (; from < lines.length && this.#waiting.length > 0; from += 1) {
      const value = lines[from];
      if (value !== undefined) this.#waiting.shift()?.resolve({ done: false, value });
    }
    if (from === lines.length) return;
    this.#batches.push({ lines: from === 0 ? lines : lines.slice(from), bytes });
    this.#bytes += bytes;
  }

  #take(): OutputLine | undefined {
    const batch = this.#batches[0];
    const line = batch?.lines[this.#line];
    if (batch === undefined || line === undefined) return undefined;
    this.#line += 1;
    if (this.#line === batch.lines.length) {
      const before = this.#bytes;
      this.#batches.shift();
      this.#line = 0;
      this.#bytes -= batch.bytes;
      if (before >= ENOUGH_BYTES && this.#bytes < ENOUGH_BYTES) this.#onRoom(this);
      this.#restIfRead();
    }
    return line;
  }

  /** Everything was read: there is nothing left that could be aborted. */
  #restIfRead(): void {
    if (this.#isOver && this.#batches.length === 0) this.#stopListening();
  }
}
