import { MASK_16, MASK_32, SIGNATURE } from '../zip-records.ts';
import type { ArchiveFile } from './archive-file.ts';
import { wideNumber } from './wide-number.ts';

/** Where the list of entries is, and how many it has. */
export interface ZipDirectoryPlace {
  readonly start: number;
  readonly end: number;
  readonly entries: number;
}

const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
/** A list of a hundred thousand entries with long names; it is read in one piece. */
const MOST_DIRECTORY_BYTES = 64 * 2 ** 20;

/** Finds the directory from the end of the file, which must be the end of the archive. */
export async function findDirectory(file: ArchiveFile): Promise<ZipDirectoryPlace> {
  const { at, record } = await findEnd(file);
  const place = (await findEnd64(file, at, record)) ?? plainPlace(record, at);
  if (place.start + place.length !== place.end) throw file.corrupt('its directory is not where it says');
  if (place.length > MOST_DIRECTORY_BYTES) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_TOO_MANY', reason: 'its directory is larger than 64 MiB' });
  }
  return place;
}

interface EndRecord {
  readonly at: number;
  readonly record: Buffer;
}

async function findEnd(file: ArchiveFile): Promise<EndRecord> {
  const tailStart = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT);
  const tail = await file.read(tailStart, file.size);
  const found: EndRecord[] = [];
  let seen = false;
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== SIGNATURE.end) continue;
    seen = true;
    const record = tail.subarray(at);
    if (record.readUInt16LE(20) === record.length - END_BYTES) found.push({ at: tailStart + at, record });
  }
  const [only, another] = found;
  if (another !== undefined) throw file.corrupt('it has two ends'); // readers would disagree which one counts
  if (only !== undefined) return only;
  if (!seen) throw file.truncated();
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_TRAILING_DATA', reason: 'something follows its end' });
}

type Place = ZipDirectoryPlace & { readonly length: number };

function plainPlace(record: Buffer, end: number): Place {
  const start = record.readUInt32LE(16);
  return { start, end, length: record.readUInt32LE(12), entries: record.readUInt16LE(10) };
}

/** The zip64 records before the end, where there are any; then they count. */
async function findEnd64(file: ArchiveFile, at: number, record: Buffer): Promise<Place | undefined> {
  const plain = plainPlace(record, at);
  const masked = plain.entries === MASK_16 || plain.start === MASK_32 || plain.length === MASK_32;
  const locator = at < LOCATOR_BYTES ? undefined : await file.read(at - LOCATOR_BYTES, at);
  if (locator?.readUInt32LE(0) !== SIGNATURE.locator64) {
    checkDisks(file, [record.readUInt16LE(4), record.readUInt16LE(6), record.readUInt16LE(8) - plain.entries]);
    return undefined;
  }
  const start = wideNumber(file, locator, 8);
  const end64 = await file.read(start, start + END64_BYTES);
  const length = 12 + wideNumber(file, end64, 4);
  if (end64.readUInt32LE(0) !== SIGNATURE.end64 || start + length !== at - LOCATOR_BYTES) {
    throw file.corrupt('its zip64 records are damaged');
  }
  const place = {
    start: wideNumber(file, end64, 48),
    end: start,
    length: wideNumber(file, end64, 40),
    entries: wideNumber(file, end64, 32),
  };
  checkDisks(file, [end64.readUInt32LE(16), end64.readUInt32LE(20), wideNumber(file, end64, 24) - place.entries]);
  if (!masked && place.entries !== plain.entries) throw file.corrupt('its two ends disagree');
  return place;
}

/** All must be 0: this disk, that of the directory, entries on other disks. */
function checkDisks(file: ArchiveFile, numbers: readonly number[]): void {
  if (numbers.every((number) => number === 0)) return;
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason: 'it is spread over several files' });
}
