/** How many files are read side by side: more than there are processors, as small ones wait for the disk. */
export const LANES: number = 8;

/** Large reads: with small ones the hash waits more than it works. */
const READ_BYTES = 1 << 20;

/** Buffers for reading files one after the other, several at a time: whoever has read a file gives its buffers back. */
export class ReadBuffers {
  readonly #free: Buffer[] = [];

  /** One that holds a file of `size` bytes and a byte more, so that its end is seen at once; or the usual part of it. */
  take(size: number): Buffer {
    if (size < READ_BYTES / 16) return Buffer.allocUnsafe(size + 1); // to fill it again would gain nothing
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES + 1);
    return buffer.subarray(0, size + 1);
  }

  giveBack(buffer: Buffer): void {
    if (buffer.buffer.byteLength === READ_BYTES + 1) this.#free.push(Buffer.from(buffer.buffer));
  }
}
