import { FLAG, SIGNATURE, ZIP64_EXTRA } from '../zip-records.ts';
import type { ArchiveFile } from './archive-file.ts';
import { parseExtra, WideFields, type ZipEntry } from './zip-entry.ts';

const FIXED_BYTES = 30;

/** Flags that must be the same in both places. */
const TELLING_FLAGS: number = FLAG.encrypted | FLAG.descriptor | FLAG.strong | FLAG.utf8 | FLAG.masked;

/** Lengths of a descriptor: without or with signature, with sizes of four or eight bytes. */
const DESCRIPTOR_BYTES: readonly number[] = [12, 16, 20, 24];

/** More than the extra fields of most local headers: so these are read at once. */
const USUAL_EXTRA_BYTES = 64;

/**
 * Where the content of an entry begins. What stands before and after it must say the same as the directory, and the
 * entry must reach to `limit`, where the next one begins.
 */
export async function contentStart(file: ArchiveFile, entry: ZipEntry, limit: number): Promise<number> {
  const { offset, packed } = entry;
  const header = await localHeader(file, entry, limit);
  const start = offset + header.length;
  const end = start + packed;
  if (end > limit) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_OVERLAP', reason: 'it overlaps another entry' }, entry.name);
  }
  if (!headerAgrees(file, entry, header)) {
    throw file.corrupt('its local header and the directory disagree', entry.name);
  }
  await checkGap(file, entry, { start: end, end: limit });
  return start;
}

/** The local header with its name and its extra fields. */
async function localHeader(file: ArchiveFile, { name, rawName, offset }: ZipEntry, limit: number): Promise<Buffer> {
  const usual = offset + FIXED_BYTES + rawName.length + USUAL_EXTRA_BYTES;
  const read = await file.read(offset, Math.min(limit, usual));
  if (read.length < FIXED_BYTES || read.readUInt32LE(0) !== SIGNATURE.local) {
    throw file.corrupt('its local header is missing', name);
  }
  const length = FIXED_BYTES + read.readUInt16LE(26) + read.readUInt16LE(28);
  return length <= read.length ? read.subarray(0, length) : await file.read(offset, offset + length);
}

function headerAgrees(file: ArchiveFile, entry: ZipEntry, header: Buffer): boolean {
  const nameEnd = FIXED_BYTES + header.readUInt16LE(26);
  if (!header.subarray(FIXED_BYTES, nameEnd).equals(entry.rawName)) return false;
  const flags = header.readUInt16LE(6) & TELLING_FLAGS;
  if (flags !== (entry.flags & TELLING_FLAGS) || header.readUInt16LE(8) !== entry.method) return false;
  const wide = new WideFields(file, parseExtra(file, header.subarray(nameEnd)).get(ZIP64_EXTRA));
  const sizes = [header.readUInt32LE(14), wide.orWide(header.readUInt32LE(22)), wide.orWide(header.readUInt32LE(18))];
  const known = [entry.crc, entry.size, entry.packed];
  const streamed = (flags & FLAG.descriptor) !== 0;
  return sizes.every((value, at) => value === known[at] || (streamed && value === 0));
}

/** Between a content and the next entry there is a descriptor, if one is announced, and nothing else. */
async function checkGap(file: ArchiveFile, entry: ZipEntry, gap: { start: number; end: number }): Promise<void> {
  const length = gap.end - gap.start;
  const announced = (entry.flags & FLAG.descriptor) !== 0;
  if (!announced && length === 0) return;
  if (!announced || !DESCRIPTOR_BYTES.includes(length)) {
    const reason = 'it is followed by bytes that belong to no entry';
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_TRAILING_DATA', reason }, entry.name);
  }
  const descriptor = await file.read(gap.start, gap.end);
  if (!descriptorAgrees(entry, descriptor)) throw file.corrupt('its descriptor and the directory disagree', entry.name);
}

function descriptorAgrees({ crc, packed, size }: ZipEntry, descriptor: Buffer): boolean {
  const signed = descriptor.length % 8 === 0; // 16 or 24 bytes
  if (signed && descriptor.readUInt32LE(0) !== SIGNATURE.descriptor) return false;
  const fields = descriptor.subarray(signed ? 4 : 0);
  const [a, b] =
    fields.length === 12
      ? [fields.readUInt32LE(4), fields.readUInt32LE(8)]
      : [Number(fields.readBigUInt64LE(4)), Number(fields.readBigUInt64LE(12))];
  return fields.readUInt32LE(0) === crc && a === packed && b === size;
}
