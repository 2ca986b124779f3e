import { isCoreError } from '@core/io';

import { CHECKS } from '../xz/xz-check.ts';
import { crcOf, EDGE_BYTES, FOOTER_MAGIC, paddingOf, streamHeader, type XzRecord } from '../xz/xz-format.ts';
import type { ArchiveFile } from './archive-file.ts';
import { readIndex, type XzIndexPlace } from './xz-index.ts';

/** One of the streams that follow each other in an xz file. */
export interface XzStream {
  readonly start: number;
  readonly index: XzIndexPlace;
  /** The number of the check that its blocks end in. */
  readonly check: number;
  /** Of the contents of all blocks. */
  readonly size: number;
}

/** More streams than anybody puts into one file. */
const MOST_STREAMS = 100_000;

/** How many places are looked at when the end of the file is not where it should be. */
const MOST_GUESSES = 16;

const STEP_BYTES = 1 << 16;

/**
 * The streams of an xz file, found from its end: an index tells where each block ends, which the blocks need not.
 * Everything but the blocks is checked.
 */
export async function xzStreams(file: ArchiveFile): Promise<XzStream[]> {
  const end = await beforePadding(file, file.size);
  if (end % 4 === 0 && (await endsHere(file, end))) return await streamsUntil(file, end);
  throw (await endsEarlier(file))
    ? file.refusal({ code: 'ERR_BUILD_ARCHIVE_TRAILING_DATA', reason: 'something else follows its end' })
    : file.truncated();
}

async function streamsUntil(file: ArchiveFile, end: number): Promise<XzStream[]> {
  const streams: XzStream[] = [];
  for (let at = end; at > 0; at = await beforePadding(file, streams.at(-1)?.start ?? 0)) {
    if (streams.length >= MOST_STREAMS) {
      const reason = `it is made of more than ${String(MOST_STREAMS)} streams`;
      throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason });
    }
    streams.push(await streamBefore(file, at));
  }
  return streams.reverse();
}

/** The stream that ends at `end`. */
async function streamBefore(file: ArchiveFile, end: number): Promise<XzStream> {
  const footer = await file.read(Math.max(0, end - EDGE_BYTES), end);
  if (!isFooter(footer)) throw file.corrupt('the end of a stream in it is damaged');
  const check = checkOf(file, footer);
  const indexEnd = end - EDGE_BYTES;
  const index = { start: indexEnd - (footer.readUInt32LE(4) + 1) * 4, end: indexEnd };
  if (index.start < EDGE_BYTES) throw file.corrupt('its index is longer than the file');
  const { bytes, size } = sumOf(await readIndex(file, index));
  const start = index.start - bytes - EDGE_BYTES;
  const header = start < 0 ? undefined : await file.read(start, start + EDGE_BYTES);
  if (header?.equals(streamHeader(check)) !== true) {
    throw file.corrupt('the beginning of a stream in it is damaged, or its index');
  }
  return { start, index, check, size };
}

function checkOf(file: ArchiveFile, footer: Buffer): number {
  const check = footer.readUInt16BE(8);
  if (CHECKS.has(check)) return check;
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason: 'its kind of check is not known' });
}

function sumOf(records: readonly XzRecord[]): { readonly bytes: number; readonly size: number } {
  let [bytes, size] = [0, 0];
  for (const record of records) {
    bytes += record.unpadded + paddingOf(record.unpadded);
    size += record.size;
  }
  return { bytes, size };
}

/** A footer is known by its last bytes or by its own digest; a stream of it may still be damaged. */
async function endsHere(file: ArchiveFile, end: number): Promise<boolean> {
  const footer = await file.read(Math.max(0, end - EDGE_BYTES), end);
  return footer.subarray(-2).equals(FOOTER_MAGIC) || (footer.length === EDGE_BYTES && isSigned(footer));
}

function isFooter(footer: Buffer): boolean {
  return footer.length === EDGE_BYTES && footer.subarray(-2).equals(FOOTER_MAGIC) && isSigned(footer);
}

function isSigned(footer: Buffer): boolean {
  return crcOf(footer.subarray(4, 10)).equals(footer.subarray(0, 4));
}

/** Where the zeros begin, in words of four, that end at `end`. */
async function beforePadding(file: ArchiveFile, end: number): Promise<number> {
  for (let at = end; at > 0;) {
    const bytes = await file.read(Math.max(0, at - STEP_BYTES), at);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    at -= bytes.length - 1 - last;
    if (last >= 0) return end - Math.floor((end - at) / 4) * 4;
  }
  return 0;
}

/** Whether the beginning of the file is an xz file of its own, which more follows. */
async function endsEarlier(file: ArchiveFile): Promise<boolean> {
  let guesses = 0;
  for (let top = file.size; top > 0 && guesses < MOST_GUESSES; top -= STEP_BYTES) {
    const bytes = await file.read(Math.max(0, top - STEP_BYTES - EDGE_BYTES), top);
    const base = top - bytes.length;
    for (const end of footersIn(bytes, base)) {
      guesses += 1;
      if (await isWhole(file, base + end)) return true;
    }
  }
  return false;
}

/** Where footers end in some bytes; the streams of a file begin and end at multiples of four. */
function* footersIn(bytes: Buffer, base: number): Generator<number> {
  for (let at = bytes.lastIndexOf(FOOTER_MAGIC); at >= EDGE_BYTES - 2; at = bytes.lastIndexOf(FOOTER_MAGIC, at - 1)) {
    const end = at + FOOTER_MAGIC.length;
    if ((base + end) % 4 === 0 && isFooter(bytes.subarray(end - EDGE_BYTES, end))) yield end;
  }
}

async function isWhole(file: ArchiveFile, end: number): Promise<boolean> {
  try {
    await streamsUntil(file, end);
    return true;
  } catch (error) {
    if (isCoreError(error) && error.code.startsWith('ERR_BUILD_ARCHIVE_')) return false;
    throw error;
  }
}
