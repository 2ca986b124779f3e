/** Takes bytes out of a sequence of chunks, so many at a time. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** How many bytes are there already. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** Exactly so many bytes; fewer only where the sequence ends. */
  async take(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.parts(count)) parts.push(part);
    const [only] = parts;
    return parts.length === 1 && only !== undefined
      ? Buffer.from(only.buffer, only.byteOffset, only.length)
      : Buffer.concat(parts);
  }

  /** The same, in parts as they come. */
  async *parts(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#held.length === 0 && !(await this.#more())) return;
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Lets go of what is behind the chunks. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #more(): Promise<boolean> {
    while (!this.#ended && this.#held.length === 0) {
      const step = await this.#chunks.next();
      if (step.done === true) this.#ended = true;
      else this.#held = step.value;
    }
    return this.#held.length > 0;
  }
}
