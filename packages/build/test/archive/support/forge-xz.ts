import { createHash } from 'node:crypto';

import { crc32 } from '../../../src/archive/crc32.ts';
import { Crc64 } from '../../../src/archive/crc64.ts';
import {
  blockHeader,
  crcOf,
  paddingOf,
  streamEnd,
  streamHeader,
  type XzRecord,
} from '../../../src/archive/xz/xz-format.ts';

/** A block of an xz stream as an attacker may want it. */
interface ForgedXzBlock {
  readonly content?: Uint8Array;
  /** LZMA2 data; that of the content, which it stores, by default. */
  readonly packed?: Uint8Array;
  /** What the index says. */
  readonly unpadded?: number;
  readonly size?: number;
  readonly header?: Buffer;
  readonly check?: Buffer;
  readonly padding?: Buffer;
}

export interface ForgedXz {
  readonly blocks: readonly ForgedXzBlock[];
  /** The number of the check; 4 by default. */
  readonly check?: number;
  readonly end?: (records: readonly XzRecord[]) => Buffer;
}

/** The content as LZMA2 that is not compressed. */
export function storedLzma2(content: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; at += 1 << 16) {
    const chunk = content.subarray(at, at + (1 << 16));
    parts.push(Buffer.from([at === 0 ? 1 : 2, (chunk.length - 1) >> 8, (chunk.length - 1) & 0xff]), Buffer.from(chunk));
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** One xz stream. */
export function xzStream({ blocks, check = 4, end = (records) => streamEnd(check, records) }: ForgedXz): Buffer {
  const parts: Buffer[] = [];
  const records: XzRecord[] = [];
  for (const block of blocks) {
    const content = block.content ?? Buffer.alloc(0);
    const packed = block.packed ?? storedLzma2(content);
    const header = block.header ?? blockHeader({ dictionary: 0, length: 12 });
    const sum = block.check ?? checkOf(check, content);
    const unpadded = header.length + packed.length + sum.length;
    parts.push(header, Buffer.from(packed), block.padding ?? Buffer.alloc(paddingOf(unpadded)), sum);
    records.push({ unpadded: block.unpadded ?? unpadded, size: block.size ?? content.length });
  }
  return Buffer.concat([streamHeader(check), ...parts, end(records)]);
}

/** The header of a block with other filters: their flags as the format has them. */
export function headerWith(flags: number, filters: readonly number[]): Buffer {
  const length = Math.ceil((2 + filters.length) / 4) * 4;
  const fields = Buffer.alloc(length);
  fields.set([length / 4, flags, ...filters]);
  return Buffer.concat([fields, crcOf(fields)]);
}

function checkOf(check: number, content: Uint8Array): Buffer {
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(content));
  const crc64 = new Crc64();
  crc64.update(content);
  const sums = new Map([
    [0, Buffer.alloc(0)],
    [1, crc],
    [4, crc64.digest()],
    [10, createHash('sha256').update(content).digest()],
  ]);
  return sums.get(check) ?? crc;
}
