import type { Readable } from 'node:stream';

import { LINE_START, lineOf } from './entry-line.ts';
import type { JournalLine } from './journal-entry.ts';

/** A line of a file as it was found. */
export interface RawLine {
  /** The first is 1. */
  readonly number: number;
  readonly text: string;
  /** What it says; `undefined` for what is no line of a journal. */
  readonly line: JournalLine | undefined;
  /** The end of a line that a crash has cut off stands before it, or is all there is. */
  readonly torn: string;
}

/** Longer than any line that was written here: what is longer is no line. */
const MOST_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/**
 * The lines of a file, whatever is in it. A line that was written behind one that a crash cut off, and stands in the same
 * row, is found; empty ones are passed over. What has no line end yet may still be coming, and is given as torn.
 */
export async function* rawLines(stream: Readable): AsyncGenerator<RawLine> {
  let number = 0;
  for await (const text of rows(stream)) {
    number += 1;
    if (text.trim() === '') continue;
    yield { number, ...found(text) };
  }
}

function found(text: string): Omit<RawLine, 'number'> {
  const line = lineOf(text);
  if (line !== undefined) return { text, line, torn: '' };
  const start = text.lastIndexOf(LINE_START);
  const behind = start > 0 ? lineOf(text.slice(start)) : undefined;
  if (behind !== undefined) return { text: text.slice(start), line: behind, torn: text.slice(0, start) };
  return { text, line: undefined, torn: text };
}

async function* rows(stream: Readable): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      yield bytes.toString('utf8', from, end);
      from = end + 1;
    }
    rest = Buffer.from(bytes.subarray(from));
    if (rest.length > MOST_BYTES) rest = rest.subarray(-MOST_BYTES);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}
