import { crc32 } from '../crc32.ts';
import { encodeVli } from './vli.ts';

// The .xz File Format, version 1.2.1: https://tukaani.org/xz/xz-file-format.txt

const HEADER_MAGIC: Buffer = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);
export const FOOTER_MAGIC: Buffer = Buffer.from('YZ');

/** Of the header and of the footer of a stream. */
export const EDGE_BYTES: number = 12;

/** What a block ends in, by the number that says it. */
export const CHECK: Readonly<Record<'crc32' | 'crc64' | 'none' | 'sha256', number>> = {
  none: 0,
  crc32: 1,
  crc64: 4,
  sha256: 10,
};

export const LZMA2: number = 0x21;

/** Bits of the flags of a block. */
export const BLOCK_FLAG: Readonly<Record<'filters' | 'packedSize' | 'reserved' | 'size', number>> = {
  filters: 0x03,
  reserved: 0x3c,
  packedSize: 0x40,
  size: 0x80,
};

/** What the index says of a block. */
export interface XzRecord {
  /** Of its header, its packed content and its check, without the padding before the check. */
  readonly unpadded: number;
  /** Of its content. */
  readonly size: number;
}

/** How many zeros follow so many bytes, up to a multiple of four. */
export function paddingOf(bytes: number): number {
  return -bytes & 3;
}

/** The beginning of a stream. */
export function streamHeader(check: number): Buffer {
  const flags = Buffer.from([0, check]);
  return Buffer.concat([HEADER_MAGIC, flags, crcOf(flags)]);
}

/** What a block's header says. */
export interface XzBlockHeader {
  /** The size of the dictionary as the format has it: one byte. */
  readonly dictionary: number;
  /** The sizes of the packed content and of the content, where they are said. */
  readonly sizes?: readonly [packed: number, size: number];
  /** Zeros fill it up to this length. */
  readonly length: number;
}

/** The header of a block that LZMA2 alone has packed. */
export function blockHeader({ dictionary, sizes, length }: XzBlockHeader): Buffer {
  const flags = sizes === undefined ? 0 : BLOCK_FLAG.packedSize | BLOCK_FLAG.size;
  const fields = [length / 4 - 1, flags, ...(sizes ?? []).flatMap(encodeVli), LZMA2, 1, dictionary];
  const header = Buffer.alloc(length - 4);
  header.set(fields);
  return Buffer.concat([header, crcOf(header)]);
}

/** The index and the footer: the end of a stream. */
export function streamEnd(check: number, records: readonly XzRecord[]): Buffer {
  const numbers = [records.length, ...records.flatMap(({ unpadded, size }) => [unpadded, size])];
  const list = Buffer.from([0, ...numbers.flatMap(encodeVli)]);
  const index = Buffer.concat([list, Buffer.alloc(paddingOf(list.length))]);
  const flags = Buffer.alloc(6);
  flags.writeUInt32LE((index.length + 4) / 4 - 1, 0);
  flags[5] = check;
  return Buffer.concat([index, crcOf(index), crcOf(flags), flags, FOOTER_MAGIC]);
}

/** The CRC-32 of bytes, as it is written. */
export function crcOf(bytes: Uint8Array): Buffer {
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(bytes));
  return crc;
}
