import type { TextStream } from './encoding.ts';
import { type Passage, PassageMaker } from './passage.ts';
import type { StreamName } from './stream-name.ts';

/**
 * Cuts a stream of any encoding into lines that end with `\n` or `\r\n`: it is decoded first, because a line end may
 * be more than one byte. A line of more than `maxLength` UTF-16 units comes in pieces; time is linear in the bytes,
 * memory in `maxLength`.
 */
export class TextSplitter {
  readonly #made: PassageMaker;
  readonly #text: TextStream;
  readonly #maxLength: number;
  /** The line that has no end yet. */
  #pending = '';

  constructor(stream: StreamName, text: TextStream, maxLength: number) {
    this.#made = new PassageMaker(stream);
    this.#text = text;
    this.#maxLength = maxLength;
  }

  /** The lines that `chunk` completes, in order; the chunk is not kept. */
  push(chunk: Uint8Array): readonly Passage[] {
    this.#add(this.#text.write(chunk));
    return this.#made.take();
  }

  /** The last line, where the stream did not end with a line end. */
  end(): readonly Passage[] {
    this.#add(this.#text.end());
    if (this.#pending !== '') this.#pieces(this.#pending);
    this.#pending = '';
    return this.#made.take();
  }

  #add(text: string): void {
    for (let from = 0; from < text.length;) {
      const newline = text.indexOf('\n', from);
      const end = newline < 0 ? text.length : newline;
      this.#keep(text, from, end);
      if (newline >= 0) {
        const line = this.#pending;
        this.#pending = '';
        this.#pieces(line.endsWith('\r') ? line.slice(0, -1) : line);
      }
      from = end + 1;
    }
  }

  /** Adds text without a line end to the pending line, and lets go of the pieces that it surely has. */
  #keep(text: string, start: number, end: number): void {
    // one unit more than a piece may be the `\r` of a line end
    const limit = this.#maxLength + 1;
    for (let from = start; from < end;) {
      const taken = Math.min(end - from, limit + 1 - this.#pending.length);
      this.#pending += text.slice(from, from + taken);
      from += taken;
      if (this.#pending.length > limit) this.#pending = this.#pending.slice(this.#piece(this.#pending, 0));
    }
  }

  /** A whole line in as many pieces as it needs. */
  #pieces(line: string): void {
    let from = 0;
    while (line.length - from > this.#maxLength) from = this.#piece(line, from);
    this.#made.line(line.slice(from));
  }

  /** One piece from `from`; returns where the next begins. No character is torn. */
  #piece(line: string, from: number): number {
    const limit = from + this.#maxLength;
    const end = isLowSurrogate(line.charCodeAt(limit)) ? limit - 1 : limit;
    this.#made.piece(line.slice(from, end));
    return end;
  }
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
