/** How many files are read side by side: more than there are processors, as they may wait for the disk. */
export const LANES: number = 8;

/** Large reads: with small ones the hash waits more than it works, and still larger ones are out of the cache again. */
const LARGE = (1 << 18) + 1;
/** The medium reads so much without a turn of the thread pool. */
const SMALL = 1 << 16;

/** Buffers for reading files one after the other, several at a time: whoever has read a file gives its buffers back. */
export class ReadBuffers {
  readonly #small: Buffer<ArrayBuffer>[] = [];
  readonly #large: Buffer<ArrayBuffer>[] = [];

  /** One that holds a file of `size` bytes and a byte more, so that its end is seen at once; or the usual part of it. */
  take(size: number): Buffer<ArrayBuffer> {
    return size < SMALL ? (this.#small.pop() ?? Buffer.alloc(SMALL)) : (this.#large.pop() ?? Buffer.alloc(LARGE));
  }

  giveBack(buffer: Buffer<ArrayBuffer>): void {
    (buffer.length === SMALL ? this.#small : this.#large).push(buffer);
  }
}
