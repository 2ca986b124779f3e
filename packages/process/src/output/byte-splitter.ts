import { isAscii } from 'node:buffer';

import { asBuffer } from './encoding.ts';
import { type Passage, PassageMaker } from './passage.ts';
import type { StreamName } from './stream-name.ts';
import { isContinuation } from './utf8.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const FIRST_BYTES = 256;

/**
 * Cuts the bytes of one stream into lines that end with `\n` or `\r\n`, and decodes them as UTF-8.
 *
 * What comes out depends on the bytes alone, not on where chunks begin. A line over `maxLineBytes` comes in pieces of
 * that length (less where a character would be torn); time is linear in the bytes, memory in `maxLineBytes`.
 */
export class ByteSplitter {
  readonly #made: PassageMaker;
  readonly #maxLineBytes: number;
  /** The line that has no end yet, in the first `#length` bytes. */
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;

  constructor(stream: StreamName, maxLineBytes: number) {
    this.#made = new PassageMaker(stream);
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that `chunk` completes, in order; the chunk is not kept. */
  push(chunk: Uint8Array): readonly Passage[] {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last >= 0) {
      if (this.#length + last <= this.#maxLineBytes) this.#quick(chunk, last);
      else this.#careful(chunk, last);
    }
    this.#keep(last < 0 ? chunk : chunk.subarray(last + 1));
    return this.#made.take();
  }

  /** The last line, where the stream did not end with a line end. */
  end(): readonly Passage[] {
    if (this.#length > 0) this.#pieces(this.#pending.subarray(0, this.#length));
    this.#pending = Buffer.alloc(0);
    this.#length = 0;
    return this.#made.take();
  }

  /** No line up to the last line end is over the limit. */
  #quick(chunk: Uint8Array, last: number): void {
    let from = 0;
    if (this.#length > 0) {
      from = chunk.indexOf(NEWLINE) + 1;
      this.#append(chunk.subarray(0, from - 1));
      this.#made.lines(decode(this.#pending.subarray(0, this.#length)), true);
      this.#length = 0;
    }
    if (from > last) return;
    const rest = chunk.subarray(from, last);
    this.#made.lines(decode(rest), rest.includes(RETURN)); // most output has none
  }

  /** Line by line up to the last line end, because one may be over the limit. */
  #careful(chunk: Uint8Array, last: number): void {
    for (let from = 0; from <= last;) {
      const end = chunk.indexOf(NEWLINE, from);
      if (this.#length === 0) this.#pieces(withoutReturn(chunk.subarray(from, end)));
      else this.#finish(chunk.subarray(from, end));
      from = end + 1;
    }
  }

  /** Completes the pending line. */
  #finish(rest: Uint8Array): void {
    this.#keep(rest);
    this.#pieces(withoutReturn(this.#pending.subarray(0, this.#length)));
    this.#length = 0;
  }

  /** A whole line in as many pieces as it needs. */
  #pieces(line: Uint8Array): void {
    let from = 0;
    while (line.length - from > this.#maxLineBytes) from = this.#piece(line, from);
    this.#made.line(decode(line.subarray(from)));
  }

  /** One piece from `from`; returns where the next begins. */
  #piece(line: Uint8Array, from: number): number {
    const limit = from + this.#maxLineBytes;
    let end = limit;
    while (end > from && limit - end < 4 && isContinuation(line, end)) end -= 1;
    if (end === from || limit - end === 4) end = limit; // no UTF-8, or no room for one character
    this.#made.piece(decode(line.subarray(from, end)));
    return end;
  }

  /** Adds bytes without a line end to the pending line, and lets go of the pieces that it surely has. */
  #keep(bytes: Uint8Array): void {
    // one byte more than a piece may be the `\r` of a line end
    const limit = this.#maxLineBytes + 1;
    for (let from = 0; from < bytes.length;) {
      const taken = Math.min(bytes.length - from, limit + 1 - this.#length);
      this.#append(bytes.subarray(from, from + taken));
      from += taken;
      if (this.#length > limit) {
        const rest = this.#piece(this.#pending, 0);
        this.#pending.copyWithin(0, rest, this.#length);
        this.#length -= rest;
      }
    }
  }

  #append(bytes: Uint8Array): void {
    const wanted = this.#length + bytes.length;
    if (wanted > this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(wanted, this.#pending.length * 2, FIRST_BYTES));
      this.#pending.copy(grown, 0, 0, this.#length);
      this.#pending = grown;
    }
    this.#pending.set(bytes, this.#length);
    this.#length = wanted;
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}

function decode(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8');
}
