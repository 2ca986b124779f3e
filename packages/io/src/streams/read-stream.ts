import { Readable } from 'node:stream';

import type { ReadHandle, ReadStreamOptions } from '../medium.ts';
import { CHUNK_BYTES, construct, type Done, obey, settle } from './bridge.ts';

/** The bytes of a handle from `start` to `end`, which is included. */
export class ReadStream extends Readable {
  readonly #open: () => Promise<ReadHandle>;
  readonly #end: number;
  readonly #chunkBytes: number;
  #position: number;
  #handle: ReadHandle | undefined;

  constructor(open: () => Promise<ReadHandle>, options: ReadStreamOptions = {}) {
    const { start = 0, end = Infinity, highWaterMark = CHUNK_BYTES, signal } = options;
    checkPosition('start', start);
    if (end !== Infinity) checkPosition('end', end);
    if (end < start) throw new RangeError(`end (${String(end)}) must not be before start (${String(start)})`);
    if (!Number.isSafeInteger(highWaterMark) || highWaterMark < 1) {
      throw new RangeError(`highWaterMark must be a whole number of bytes from 1 up, not ${String(highWaterMark)}`);
    }
    super({ highWaterMark });
    this.#open = open;
    this.#position = start;
    this.#end = end;
    this.#chunkBytes = highWaterMark;
    obey(this, signal);
  }

  override _construct(done: Done): void {
    construct(this, () => this.#begin(), done);
  }

  override _read(): void {
    const length = Math.min(this.#chunkBytes, this.#end - this.#position + 1);
    if (length <= 0 || this.#handle === undefined) {
      this.push(null);
      return;
    }
    const buffer = Buffer.allocUnsafeSlow(length);
    this.#handle.read(buffer, 0, length, this.#position).then(
      (read) => {
        this.#position += read;
        this.push(read === 0 ? null : trim(buffer, read));
      },
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: Done): void {
    const closing = this.#handle?.close() ?? Promise.resolve();
    settle(closing, (failure) => {
      done(error ?? failure);
    });
  }

  async #begin(): Promise<void> {
    this.#handle = await this.#open();
  }
}

/** A chunk that keeps no more memory than twice what it says. */
function trim(buffer: Buffer, length: number): Buffer {
  const part = buffer.subarray(0, length);
  return length * 2 < buffer.length ? Buffer.from(part) : part;
}

function checkPosition(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${name} must be a whole number of bytes from 0 up, not ${String(value)}`);
}
