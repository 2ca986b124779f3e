/**
 * Bytes of input that are compressed in one piece. A constant of the formats, as the level's meaning is: the bytes of an
 * archive follow from it, so it must not depend on the machine.
 */
export const BLOCK_BYTES: number = 1 << 20;

/**
 * Re-cuts chunks of any size into blocks of {@link BLOCK_BYTES}; only the last may be shorter, none is empty. Blocks
 * that are given back are filled again: a gigabyte takes no more than a few buffers, and no garbage is left.
 */
export class Blocks {
  readonly #free: Buffer[] = [];

  async *of(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    let block = this.#take();
    let length = 0;
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.length;) {
        const part = chunk.subarray(from, from + BLOCK_BYTES - length);
        block.set(part, length);
        from += part.length;
        length += part.length;
        if (length < BLOCK_BYTES) continue;
        yield block;
        block = this.#take();
        length = 0;
      }
    }
    if (length > 0) yield block.subarray(0, length);
  }

  /** Whoever gives a block back has no use for its bytes any more. */
  giveBack(block: Buffer): void {
    if (block.length === BLOCK_BYTES) this.#free.push(block);
  }

  #take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }
}
