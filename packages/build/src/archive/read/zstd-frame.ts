import type { ArchiveFile } from './archive-file.ts';
import type { ByteReader } from './byte-reader.ts';

// Zstandard Compression and the 'application/zstd' Media Type: https://www.rfc-editor.org/rfc/rfc8878

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** As `zstd` itself has it, unless it is told otherwise (`--long`): memory for the decoder. */
const LARGEST_WINDOW_BYTES = 2 ** 27;

const MOST_BLOCK_BYTES = 1 << 17;

/** The bits of a frame's first byte. */
const SINGLE_SEGMENT = 0x20;
const RESERVED = 0x08;
const CHECKSUM = 0x04;
const DICTIONARY = 0x03;

/** What the header of a frame says. */
export interface ZstdFrame {
  /** The header, with its magic number. */
  readonly header: Buffer;
  /** Of the content, where it is said. */
  readonly size: number | undefined;
  /** Whether a checksum follows the last block. */
  readonly isSummed: boolean;
}

/** A frame that holds content, one that holds none, or the end of the file. */
export type ZstdStep = ZstdFrame | { readonly skip: number } | undefined;

/** Reads what begins here: nothing but frames may. */
export async function readFrameHeader(file: ArchiveFile, bytes: ByteReader): Promise<ZstdStep> {
  const start = await bytes.take(4);
  if (start.length === 0) return undefined;
  const magic = start.length < 4 ? undefined : start.readUInt32LE();
  if (magic !== undefined && (magic & 0xfffffff0) === SKIPPABLE_MAGIC) {
    return { skip: (await take(file, bytes, 4)).readUInt32LE() };
  }
  if (magic === FRAME_MAGIC) return await contentFrame(file, bytes, start);
  if (isBeginning(start)) throw file.truncated();
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_TRAILING_DATA', reason: 'something else follows its end' });
}

/** Exactly so many bytes. */
export async function take(file: ArchiveFile, bytes: ByteReader, count: number): Promise<Buffer> {
  const taken = await bytes.take(count);
  if (taken.length < count) throw file.truncated();
  return taken;
}

/** Whether this could become a magic number, were it not cut off. */
function isBeginning(start: Buffer): boolean {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(FRAME_MAGIC);
  if (magic.subarray(0, start.length).equals(start)) return start.length < 4;
  magic.writeUInt32LE(SKIPPABLE_MAGIC);
  const nibble = Buffer.from([(start[0] ?? 0) & 0xf0, ...start.subarray(1)]);
  return start.length < 4 && magic.subarray(0, start.length).equals(nibble);
}

async function contentFrame(file: ArchiveFile, bytes: ByteReader, magic: Buffer): Promise<ZstdFrame> {
  const first = await take(file, bytes, 1);
  const flags = first.readUInt8();
  if ((flags & RESERVED) !== 0) throw file.corrupt('the header of a frame in it is damaged');
  if ((flags & DICTIONARY) !== 0) throw unsupported(file, 'it was packed with a dictionary, which is not there');
  const single = (flags & SINGLE_SEGMENT) !== 0;
  const window = single ? Buffer.alloc(0) : await take(file, bytes, 1);
  const sizeField = await take(file, bytes, sizeBytes(flags >> 6, single));
  const size = contentSize(sizeField);
  const windowBytes = windowSize(window, size);
  if (windowBytes > LARGEST_WINDOW_BYTES) {
    throw unsupported(file, `it takes a window of ${String(windowBytes)} bytes; 128 MiB is the most`);
  }
  return { header: Buffer.concat([magic, first, window, sizeField]), size, isSummed: (flags & CHECKSUM) !== 0 };
}

function sizeBytes(code: number, single: boolean): number {
  if (code > 0) return 2 ** code;
  return single ? 1 : 0;
}

function contentSize(field: Buffer): number | undefined {
  switch (field.length) {
    case 0:
      return undefined;
    case 1:
      return field.readUInt8();
    case 2:
      return field.readUInt16LE() + 256;
    case 4:
      return field.readUInt32LE();
    default:
      return Number(field.readBigUInt64LE());
  }
}

/** Where there is no window, it is the content. */
function windowSize(field: Buffer, size: number | undefined): number {
  const [descriptor] = field;
  if (descriptor === undefined) return size ?? 0;
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A block: its three bytes and its packed content, and whether it is the last of its frame. */
export interface ZstdBlock {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

const RUN_LENGTH = 1;
const UNKNOWN = 3;

/** Reads the block that begins here. */
export async function readBlock(file: ArchiveFile, bytes: ByteReader): Promise<ZstdBlock> {
  const header = await take(file, bytes, 3);
  const value = header.readUIntLE(0, 3);
  const type = (value >> 1) & 3;
  const size = value >> 3;
  if (type === UNKNOWN || size > MOST_BLOCK_BYTES) throw file.corrupt('the header of a block in it is damaged');
  const packed = await take(file, bytes, type === RUN_LENGTH ? 1 : size);
  return { bytes: Buffer.concat([header, packed]), isLast: (value & 1) === 1 };
}

function unsupported(file: ArchiveFile, reason: string): Error {
  return file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason });
}
