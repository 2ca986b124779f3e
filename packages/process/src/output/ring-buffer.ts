import { constants } from 'node:buffer';
import { types } from 'node:util';

import { firstWhole, wholeLength } from './utf8.ts';

const FIRST_BYTES = 4096;
const NOTHING = Buffer.alloc(0);

/**
 * The last `capacity` bytes of all that was written.
 *
 * Chunks are copied whole, in at most two pieces, however small or large they are. Memory is taken as it is needed, by
 * doubling, up to the capacity; a buffer into which nothing was written holds none.
 *
 * @throws `RangeError` for a capacity that is no whole number of bytes from 1 up.
 *
 * @example
 * ```ts
 * import { RingBuffer } from '@core/process';
 *
 * const ring = new RingBuffer(8);
 * ring.write(Buffer.from('first, '));
 * ring.write(Buffer.from('second'));
 * assert.equal(ring.toString(), ', second');
 * assert.equal(ring.truncated, true);
 * assert.equal(ring.totalWritten, 13);
 * ```
 */
export class RingBuffer {
  readonly #capacity: number;
  /** Linear from 0 while it is shorter than the capacity; a ring from `#start` once it is not. */
  #memory: Buffer = NOTHING;
  #start = 0;
  #length = 0;
  #totalWritten = 0;

  constructor(capacityBytes: number) {
    if (!Number.isSafeInteger(capacityBytes) || capacityBytes < 1 || capacityBytes > constants.MAX_LENGTH) {
      const limit = String(constants.MAX_LENGTH);
      throw new RangeError(
        `capacityBytes must be a whole number of bytes from 1 to ${limit}, not ${String(capacityBytes)}`,
      );
    }
    this.#capacity = capacityBytes;
  }

  /** How many bytes are kept at most. */
  get capacity(): number {
    return this.#capacity;
  }

  /** How many bytes are kept now. */
  get length(): number {
    return this.#length;
  }

  /** How many bytes were written since the buffer was made or last cleared. */
  get totalWritten(): number {
    return this.#totalWritten;
  }

  /** Whether the oldest bytes had to make room for newer ones. */
  get truncated(): boolean {
    return this.#totalWritten > this.#length;
  }

  /** Appends a copy of `bytes`, which the caller may change afterwards. */
  write(bytes: Uint8Array): void {
    if (!types.isUint8Array(bytes)) throw new TypeError(`bytes must be a Uint8Array, not ${typeof bytes}`);
    this.#totalWritten += bytes.length;
    const kept = bytes.length > this.#capacity ? bytes.subarray(bytes.length - this.#capacity) : bytes;
    this.#makeRoom(kept.length);

    const memory = this.#memory;
    const end = this.#start + this.#length;
    const from = end < memory.length ? end : end - memory.length;
    const fitting = Math.min(kept.length, memory.length - from);
    memory.set(fitting === kept.length ? kept : kept.subarray(0, fitting), from);
    if (fitting < kept.length) memory.set(kept.subarray(fitting), 0);
    this.#length += kept.length;
  }

  /** A copy of the bytes that are kept, oldest first. */
  bytes(): Uint8Array {
    const copy = Buffer.allocUnsafeSlow(this.#length);
    const fitting = Math.min(this.#length, this.#memory.length - this.#start);
    this.#memory.copy(copy, 0, this.#start, this.#start + fitting);
    this.#memory.copy(copy, fitting, 0, this.#length - fitting);
    return copy;
  }

  /** The bytes that are kept as UTF-8; it never begins or ends inside a character. */
  toString(): string {
    const bytes = this.bytes();
    const whole = bytes.subarray(this.truncated ? firstWhole(bytes) : 0, wholeLength(bytes));
    return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString('utf8');
  }

  /** Forgets everything, also what was counted, and gives the memory back. */
  clear(): void {
    this.#memory = NOTHING;
    this.#start = 0;
    this.#length = 0;
    this.#totalWritten = 0;
  }

  /** Makes the memory large enough for `count` more bytes, or the oldest bytes free where it may not grow. */
  #makeRoom(count: number): void {
    const wanted = this.#length + count;
    if (wanted > this.#memory.length && this.#memory.length < this.#capacity) {
      const grown = Buffer.allocUnsafeSlow(
        Math.min(this.#capacity, Math.max(wanted, this.#memory.length * 2, FIRST_BYTES)),
      );
      this.#memory.copy(grown, 0, 0, this.#length);
      this.#memory = grown;
    }
    const surplus = wanted - this.#capacity;
    if (surplus <= 0) return;
    this.#start = (this.#start + surplus) % this.#capacity;
    this.#length -= surplus;
  }
}
