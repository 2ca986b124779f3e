import { crc32 } from '../crc32.ts';
import type { ArchiveFile } from './archive-file.ts';
import { type DeflateRange, inflate } from './inflate.ts';

const FIXED_BYTES = 10;
const TRAILER_BYTES = 8;
/** The longest name or comment that is looked for: more than this is no archive that anybody made. */
const MOST_TEXT_BYTES = 4096;

/** Bits of the flag byte. */
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;

/**
 * What a gzip file holds, in all its members. Digest and length of each member are checked, and nothing may follow the
 * last one. The bytes are taken out of the budget.
 */
export async function* gunzip(file: ArchiveFile): AsyncGenerator<Buffer> {
  let position = 0;
  do {
    const range: DeflateRange = { start: await contentStart(file, position), end: file.size };
    let crc = 0;
    let size = 0;
    for await (const chunk of inflate(file, range)) {
      file.spend(chunk.length);
      crc = crc32(chunk, crc);
      size += chunk.length;
      yield chunk;
    }
    position = range.endedAt ?? file.size;
    await checkTrailer(file, position, { crc, size });
    position += TRAILER_BYTES;
  } while (position < file.size);
}

async function checkTrailer(
  file: ArchiveFile,
  position: number,
  { crc, size }: { readonly crc: number; readonly size: number },
): Promise<void> {
  const trailer = await file.read(position, position + TRAILER_BYTES);
  if (trailer.readUInt32LE(0) !== crc) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_CHECKSUM', reason: 'its content does not match its CRC-32' });
  }
  if (trailer.readUInt32LE(4) !== size % 2 ** 32) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH', reason: 'its content is not as long as it says' });
  }
}

/** Where the compressed content of the member at `position` begins. */
async function contentStart(file: ArchiveFile, position: number): Promise<number> {
  const magic = await file.read(position, Math.min(position + 2, file.size));
  if (magic.readUIntBE(0, magic.length) !== 0x1f8b) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_TRAILING_DATA', reason: 'something else follows its end' });
  }
  const flags = await flagsOf(file, position);
  let at = position + FIXED_BYTES;
  if ((flags & EXTRA) !== 0) at += 2 + (await file.read(at, at + 2)).readUInt16LE();
  if ((flags & NAME) !== 0) at = await textEnd(file, at);
  if ((flags & COMMENT) !== 0) at = await textEnd(file, at);
  if ((flags & HEADER_CRC) !== 0) at += 2;
  return at;
}

async function flagsOf(file: ArchiveFile, position: number): Promise<number> {
  const header = await file.read(position, position + FIXED_BYTES);
  const flags = header.readUInt8(3);
  if (header.readUInt8(2) !== 8 || (flags & RESERVED) !== 0) throw file.corrupt('its gzip header is not known');
  return flags;
}

async function textEnd(file: ArchiveFile, start: number): Promise<number> {
  const text = await file.read(start, Math.min(start + MOST_TEXT_BYTES, file.size));
  const end = text.indexOf(0);
  if (end >= 0) return start + end + 1;
  throw text.length < MOST_TEXT_BYTES ? file.truncated() : file.corrupt('its gzip header does not end');
}
