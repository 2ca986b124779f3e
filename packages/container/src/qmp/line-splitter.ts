const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines of text, wherever its chunks begin and end. */
export class LineSplitter {
  readonly #longest: number;
  #parts: Uint8Array[] = [];
  #length = 0;

  /** A line may have `longest` bytes at most. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /**
   * The lines that this chunk completes, without line ends; empty ones are left out.
   *
   * @throws `RangeError` for a line that is too long, also one that has no end yet.
   */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      const line = this.#take();
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    // a copy: the memory of a chunk may be used again
    if (start < chunk.length) this.#keep(Uint8Array.from(chunk.subarray(start)));
    return lines;
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#longest) {
      throw new RangeError(`a line is longer than ${String(this.#longest)} bytes`);
    }
    this.#parts.push(part);
  }

  #take(): string {
    const line = Buffer.concat(this.#parts).toString('utf8').trim();
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}
