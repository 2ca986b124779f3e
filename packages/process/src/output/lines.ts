import { isAscii } from 'node:buffer';

import type { StreamName } from './stream-name.ts';
import { isContinuation } from './utf8.ts';

/** A line of output without its line end. */
export interface OutputLine {
  readonly stream: StreamName;
  readonly line: string;
  /** This is a piece of a line over `maxLineBytes`, and the next of this stream goes on with it. */
  readonly partial?: true;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const FIRST_BYTES = 256;

/**
 * Cuts the bytes of one stream into lines that end with `\n` or `\r\n`, and decodes them as UTF-8.
 *
 * What comes out depends on the bytes alone, not on where chunks begin. A line over `maxLineBytes` comes in pieces of
 * that length (less where a character would be torn); time is linear in the bytes, memory in `maxLineBytes`.
 */
export class LineSplitter {
  readonly #stream: StreamName;
  readonly #maxLineBytes: number;
  /** The line that has no end yet, in the first `#length` bytes. */
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;

  constructor(stream: StreamName, maxLineBytes: number) {
    this.#stream = stream;
    this.#maxLineBytes = maxLineBytes;
  }

  /** The lines that `chunk` completes, in order; the chunk is not kept. */
  push(chunk: Uint8Array): OutputLine[] {
    const lines: OutputLine[] = [];
    const last = chunk.lastIndexOf(NEWLINE);
    let from = 0;
    if (last >= 0) {
      if (this.#length > 0) from = this.#finish(chunk, lines);
      if (from <= last) this.#whole(chunk.subarray(from, last), lines);
      from = last + 1;
    }
    this.#keep(chunk.subarray(from), lines);
    return lines;
  }

  /** The last line, where the stream did not end with a line end. */
  end(): OutputLine[] {
    const lines: OutputLine[] = [];
    if (this.#length > 0) this.#pieces(this.#pending.subarray(0, this.#length), lines);
    this.#pending = Buffer.alloc(0);
    this.#length = 0;
    return lines;
  }

  /** Completes the pending line with the first of `chunk`; returns where the second begins. */
  #finish(chunk: Uint8Array, lines: OutputLine[]): number {
    const end = chunk.indexOf(NEWLINE);
    this.#keep(chunk.subarray(0, end), lines);
    this.#pieces(withoutReturn(this.#pending.subarray(0, this.#length)), lines);
    this.#length = 0;
    return end + 1;
  }

  /** Whole lines, of which the last has lost its `\n`. */
  #whole(bytes: Uint8Array, lines: OutputLine[]): void {
    if (bytes.length <= this.#maxLineBytes) {
      const stream = this.#stream;
      for (const line of decode(bytes).split('\n')) {
        lines.push({ stream, line: line.endsWith('\r') ? line.slice(0, -1) : line });
      }
      return;
    }
    for (let from = 0; from <= bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline < 0 ? bytes.length : newline;
      this.#pieces(withoutReturn(bytes.subarray(from, end)), lines);
      from = end + 1;
    }
  }

  /** A whole line in as many pieces as it needs. */
  #pieces(line: Uint8Array, lines: OutputLine[]): void {
    let from = 0;
    while (line.length - from > this.#maxLineBytes) from = this.#piece(line, from, lines);
    lines.push({ stream: this.#stream, line: decode(line.subarray(from)) });
  }

  /** One piece from `from`; returns where the next begins. */
  #piece(line: Uint8Array, from: number, lines: OutputLine[]): number {
    const limit = from + this.#maxLineBytes;
    let end = limit;
    while (end > from && limit - end < 4 && isContinuation(line, end)) end -= 1;
    if (end === from || limit - end === 4) end = limit; // no UTF-8, or no room for one character
    lines.push({ stream: this.#stream, line: decode(line.subarray(from, end)), partial: true });
    return end;
  }

  /** Adds bytes without a line end to the pending line, and lets go of the pieces that it surely has. */
  #keep(bytes: Uint8Array, lines: OutputLine[]): void {
    // one byte more than a piece may be the `\r` of a line end
    const limit = this.#maxLineBytes + 1;
    for (let from = 0; from < bytes.length;) {
      const taken = Math.min(bytes.length - from, limit + 1 - this.#length);
      this.#append(bytes.subarray(from, from + taken));
      from += taken;
      if (this.#length > limit) {
        const rest = this.#piece(this.#pending, 0, lines);
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
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8');
}
