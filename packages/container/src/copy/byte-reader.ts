/** Takes exact numbers of bytes from pieces of any size. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** So many bytes; fewer where the stream ends before. */
  async take(length: number): Promise<Buffer> {
    const taken: Uint8Array[] = [];
    for await (const piece of this.stream(length)) taken.push(piece);
    return Buffer.concat(taken);
  }

  /** So many bytes as they come; fewer where the stream ends before. */
  async *stream(length: number): AsyncGenerator<Uint8Array, undefined> {
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0) {
        const next = (await this.#pieces.next()) as IteratorResult<Uint8Array, undefined>;
        if (next.done === true) return undefined;
        this.#rest = next.value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
    return undefined;
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
