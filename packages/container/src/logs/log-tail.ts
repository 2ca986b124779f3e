import type { ReadHandle } from '@core/io';

import type { LogChain } from './log-chain.ts';

/** A place in a chain. */
export interface LogPlace {
  /** Of the piece. */
  readonly number: number;
  /** Bytes from its beginning. */
  readonly position: number;
}

const BLOCK_BYTES = 65_536;
const NEWLINE = 0x0a;

/** The last lines of a log that somebody may write to. */
export interface LogTail {
  readonly from: LogPlace;
  /** Where the log ended when they were looked for. */
  readonly end: LogPlace;
}

/** Where the last lines of a log are; a last line without an end counts. */
export async function tailOf(chain: LogChain, lines: number): Promise<LogTail> {
  const aside = await chain.numbers();
  const last = (aside.at(-1) ?? 0) + 1;
  let left = lines;
  let isEnd = true;
  let end: LogPlace = { number: last, position: 0 };
  for (const number of [last, ...aside.toReversed()]) {
    const handle = await chain.open(number);
    if (handle === undefined) continue;
    try {
      const { size } = await handle.stat();
      if (number === last) end = { number, position: size };
      if (lines === 0) return { from: { number, position: size }, end };
      const found = await lineStart(handle, size, { left, isEnd });
      if (found.position !== undefined) return { from: { number, position: found.position }, end };
      ({ left } = found);
      if (size > 0) isEnd = false;
    } finally {
      await handle.close();
    }
  }
  return { from: { number: aside[0] ?? last, position: 0 }, end };
}

/** Looks backwards for the end of the line before the last `left` ones. */
async function lineStart(
  handle: ReadHandle,
  size: number,
  { left, isEnd }: { left: number; isEnd: boolean },
): Promise<{ position?: number; left: number }> {
  const buffer = new Uint8Array(Math.min(BLOCK_BYTES, size));
  let missing = left;
  for (let end = size; end > 0; end -= buffer.length) {
    const start = Math.max(0, end - buffer.length);
    const length = await handle.read(buffer, 0, end - start, start);
    for (let index = length - 1; index >= 0; index -= 1) {
      if (buffer[index] !== NEWLINE) continue;
      const position = start + index + 1;
      if (isEnd && position === size) continue; // the end of the last line
      missing -= 1;
      if (missing === 0) return { position, left: 0 };
    }
  }
  return { left: missing };
}
