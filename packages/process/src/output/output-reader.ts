import { onAbort } from '@core/io';

import type { OutputChunk } from './output-chunk.ts';
import type { StreamName } from './stream-name.ts';
import type { Supply } from './supply.ts';
import { TimeSlice } from './time-slice.ts';

/** Someone who follows the output of a process. */
export interface OutputSink {
  /** It has as much as it should hold: the process is to be slowed down. */
  readonly isFull: boolean;
  /** Whether it takes this stream. */
  wants(stream: StreamName): boolean;
  write(chunk: OutputChunk): void;
  /** There is no more. */
  end(): void;
}

/** What an {@link OutputReader} is made from. */
export interface OutputReaderOptions<T> {
  readonly supply: Supply<T>;
  /** Ends the iteration with its reason, whatever was still to be read. */
  readonly signal?: AbortSignal | undefined;
  /** Called when it was full and has room again, and when it is closed. */
  readonly onRoom: (reader: OutputReader<T>) => void;
}

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (reason: unknown) => void;
}

const OVER: IteratorResult<never, undefined> = { done: true, value: undefined };

/**
 * The output of a process as an async iterator: what waits to be read is bounded, because the process has to wait.
 *
 * A loop over it whose body takes long does not keep other things from happening, although everything that it reads
 * may be there already: the event loop gets a turn every few milliseconds.
 */
export class OutputReader<T> implements OutputSink, AsyncIterableIterator<T, undefined> {
  readonly #supply: Supply<T>;
  readonly #onRoom: (reader: OutputReader<T>) => void;
  readonly #stopListening: () => void;
  readonly #waiting: Waiting<T>[] = [];
  readonly #slice = new TimeSlice();
  #wasFull = false;
  #isOver = false;
  #failure: { readonly reason: unknown } | undefined;

  constructor({ supply, signal, onRoom }: OutputReaderOptions<T>) {
    this.#supply = supply;
    this.#onRoom = onRoom;
    this.#stopListening = onAbort(signal, () => {
      this.#fail(signal?.reason);
    });
  }

  get isFull(): boolean {
    return this.#supply.isFull;
  }

  /** Nothing more is added: the output has ended, or nobody wants to read on. */
  get isOver(): boolean {
    return this.#isOver;
  }

  wants(stream: StreamName): boolean {
    return this.#supply.wants(stream);
  }

  write(chunk: OutputChunk): void {
    this.#supply.add(chunk);
    this.#answer();
    this.#wasFull = this.#supply.isFull;
  }

  end(): void {
    if (this.#isOver) return;
    this.#supply.end();
    this.#answer();
    this.#isOver = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(OVER);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.#supply.take();
    if (value === undefined) return this.#wait();
    if (this.#wasFull && !this.#supply.isFull) this.#makeRoom();
    const result: IteratorResult<T, undefined> = { done: false, value };
    return this.#slice.isOver() ? this.#slice.afterTurn(result) : Promise.resolve(result);
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#close();
    return Promise.resolve(OVER);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #wait(): Promise<IteratorResult<T, undefined>> {
    if (this.#failure !== undefined) {
      const { reason } = this.#failure;
      this.#failure = undefined;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
      return Promise.reject(reason);
    }
    if (this.#isOver) {
      this.#stopListening(); // everything was read: there is nothing left that could be aborted
      return Promise.resolve(OVER);
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Gives what there is to those who wait for it. */
  #answer(): void {
    if (this.#waiting.length > 0) this.#slice.begin();
    while (this.#waiting.length > 0) {
      const value = this.#supply.take();
      if (value === undefined) return;
      this.#waiting.shift()?.resolve({ done: false, value });
    }
  }

  #makeRoom(): void {
    this.#wasFull = false;
    this.#onRoom(this);
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
    this.#supply.clear();
    for (const { resolve } of this.#waiting.splice(0)) resolve(OVER);
    this.#onRoom(this);
  }
}
