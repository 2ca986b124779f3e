import type { Medium } from '@core/io';

import { lineOf } from './entry-line.ts';
import type { Place } from './line-batch.ts';
import { rawLines } from './raw-lines.ts';

/** The longest line fits in, several times. */
const TAIL_BYTES = 1 << 16;

/** How a file ends. */
export interface Tail {
  /** Its last line has no end. */
  readonly isTorn: boolean;
  /** Of its last whole line, whoever wrote it; `''` where there is none. */
  readonly hash: string;
}

/** Looks at the end of a file of so many bytes; only at its last byte unless the hash is wanted. */
export async function findTail(
  medium: Medium,
  path: string,
  { size, wantsHash }: { readonly size: number; readonly wantsHash: boolean },
): Promise<Tail> {
  if (size === 0) return { isTorn: false, hash: '' };
  const length = wantsHash ? Math.min(size, TAIL_BYTES) : 1;
  const buffer = Buffer.alloc(length);
  await using file = await medium.open(path);
  const text = buffer.subarray(0, await file.read(buffer, 0, length, size - length)).toString('utf8');
  return { isTorn: !text.endsWith('\n'), hash: wantsHash ? lastHash(text) : '' };
}

function lastHash(text: string): string {
  const rows = text.split('\n').slice(0, -1).reverse();
  for (const row of rows) {
    const line = lineOf(row);
    if (line !== undefined) return line.hash;
  }
  return '';
}

/** Where the next line of a node belongs in a file that may have lines of it: reads all of it. `undefined`: it has none. */
export async function findPlace(medium: Medium, path: string, node: string): Promise<Place | undefined> {
  let place: Place | undefined;
  for await (const { line } of rawLines(medium.readStream(path))) {
    if (line?.node === node) place = { seq: line.seq + 1, prev: line.hash };
  }
  return place;
}
