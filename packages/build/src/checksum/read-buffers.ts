/** How many files are read side by side: more than there are processors, as they may wait for the disk. */
export const LANES: number = 8;

/** Large reads: with small ones the hash waits more than it works. */
const LARGE = (1 << 20) + 1;
const SMALL = LARGE >> 4;

/** Buffers for reading files one after the other, several at a time: whoever has read a file gives its buffers back. */
export class ReadBuffers {
  readonly #small: ArrayBuffer[] = [];
  readonly #large: ArrayBuffer[] = [];

  /** One that holds a file of `size` bytes and a byte more, so that its end is seen at once; or the usual part of it. */
  take(size: number): Buffer<ArrayBuffer> {
    const [free, room] = size < SMALL ? [this.#small, SMALL] : [this.#large, LARGE];
    return Buffer.from(free.pop() ?? new ArrayBuffer(room), 0, Math.min(size + 1, room));
  }

  giveBack({ buffer }: Buffer<ArrayBuffer>): void {
    (buffer.byteLength === SMALL ? this.#small : this.#large).push(buffer);
  }
}
