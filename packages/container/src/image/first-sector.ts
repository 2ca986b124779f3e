import { constants, inflateRawSync, inflateSync } from 'node:zlib';

import { type ImageBytes, viewOf } from './image-bytes.ts';
import type { DiskImage } from './image.ts';

/** Of a disk. */
const SECTOR_BYTES = 512;
/** Where a cluster, table or grain is, in the entries of qcow2. */
const OFFSET_BITS = 0x00ff_ffff_ffff_fe00n;
const EXTERNAL_DATA = 1n << 2n;
const EXTENDED_L2 = 1n << 4n;
/** Bits of the second half of an extended entry. */
const FIRST_PART = 1n;
const FIRST_PART_ZERO = 1n << 32n;
const OTHER_COMPRESSION = 1n << 3n;
const COMPRESSED = 1n << 62n;
/** Of version 3, of which every file has more than that. */
const QCOW2_HEADER_BYTES = 104;
const NOTHING = new Uint8Array(SECTOR_BYTES);

/**
 * The first sector of a disk as its guest sees it; `undefined` where it cannot be seen without another file. What is
 * damaged is not seen, too: QEMU says it better.
 */
export async function firstSectorOf(format: DiskImage['format'], bytes: ImageBytes): Promise<Uint8Array | undefined> {
  if (format === 'qcow2') return filled(await qcow2Sector(bytes));
  if (format === 'vmdk') return filled(await vmdkSector(bytes));
  return filled(bytes.head.subarray(0, SECTOR_BYTES));
}

/** By way of the first entries of its two tables. */
async function qcow2Sector(bytes: ImageBytes): Promise<Uint8Array | undefined> {
  if (bytes.head.length < QCOW2_HEADER_BYTES) return undefined;
  const header = viewOf(bytes.head);
  const features = header.getUint32(4) === 3 ? header.getBigUint64(72) : 0n;
  const clusterBits = header.getUint32(20);
  if ((features & EXTERNAL_DATA) !== 0n) return undefined;
  const nothing = header.getBigUint64(8) === 0n ? NOTHING : undefined; // what it has not is in the file under it
  const level2 = (await entryAt(bytes, header.getBigUint64(40))) & OFFSET_BITS;
  if (level2 === 0n) return nothing;
  const entry = await entryAt(bytes, level2);
  if ((entry & COMPRESSED) !== 0n) {
    return (features & OTHER_COMPRESSION) === 0n ? await unpackedCluster(bytes, entry, clusterBits) : undefined;
  }
  const hasParts = (features & EXTENDED_L2) !== 0n;
  const parts = hasParts ? await entryAt(bytes, level2 + 8n) : 0n;
  if (hasParts ? (parts & FIRST_PART_ZERO) !== 0n : (entry & 1n) !== 0n) return NOTHING;
  const cluster = entry & OFFSET_BITS;
  if (cluster === 0n || (hasParts && (parts & FIRST_PART) === 0n)) return nothing;
  return await bytes.read(Number(cluster), SECTOR_BYTES);
}

async function entryAt(bytes: ImageBytes, position: bigint): Promise<bigint> {
  const entry = await bytes.read(Number(position), 8);
  return entry.length < 8 ? 0n : viewOf(entry).getBigUint64(0);
}

/** The entry of a compressed cluster has its place in as few bits as it takes, and its length above. */
async function unpackedCluster(bytes: ImageBytes, entry: bigint, clusterBits: number): Promise<Uint8Array | undefined> {
  const placeBits = BigInt(62 - (clusterBits - 8));
  const place = Number(entry & ((1n << placeBits) - 1n));
  const sectors = Number((entry & (COMPRESSED - 1n)) >> placeBits) + 1;
  const packed = await bytes.read(place, sectors * SECTOR_BYTES - (place % SECTOR_BYTES));
  return unpacked(inflateRawSync, packed, 2 ** clusterBits);
}

/** By way of the first entries of its grain directory and its first grain table, which count sectors. */
async function vmdkSector(bytes: ImageBytes): Promise<Uint8Array | undefined> {
  const header = await headerOf(bytes);
  if (header === undefined || header.getBigUint64(12, true) === 0n) return undefined;
  const flags = header.getUint32(8, true);
  const table = await numberAt(bytes, Number(header.getBigUint64(56, true)) * SECTOR_BYTES);
  const grain = table === 0 ? 0 : await numberAt(bytes, table * SECTOR_BYTES);
  const isZero = grain === 1 && (flags & 4) !== 0;
  if (grain === 0 || isZero) return NOTHING;
  const place = grain * SECTOR_BYTES;
  if ((flags & 0x1_0000) === 0) return await bytes.read(place, SECTOR_BYTES);
  const grainBytes = Number(header.getBigUint64(20, true)) * SECTOR_BYTES;
  return unpacked(inflateSync, await bytes.read(place + 12, await numberAt(bytes, place + 8)), grainBytes);
}

/** One that was written as a stream has its directory behind it, and says so in a second header there. */
async function headerOf(bytes: ImageBytes): Promise<DataView | undefined> {
  if (!bytes.has(0, 'KDMV') || bytes.head.length < SECTOR_BYTES) return undefined;
  const header = viewOf(bytes.head);
  if (header.getBigUint64(56, true) !== 0xffff_ffff_ffff_ffffn) return header;
  const footer = await bytes.read(bytes.size - 2 * SECTOR_BYTES, SECTOR_BYTES);
  return footer.length < SECTOR_BYTES ? undefined : viewOf(footer);
}

async function numberAt(bytes: ImageBytes, position: number): Promise<number> {
  const number = await bytes.read(position, 4);
  return number.length < 4 ? 0 : viewOf(number).getUint32(0, true);
}

function unpacked(unpack: typeof inflateSync, packed: Uint8Array, mostBytes: number): Uint8Array | undefined {
  try {
    return unpack(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: Math.max(1, mostBytes) });
  } catch {
    return undefined;
  }
}

/** What a file has not any more is zero. */
function filled(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes === undefined || bytes.length >= SECTOR_BYTES) return bytes?.subarray(0, SECTOR_BYTES);
  const sector = new Uint8Array(SECTOR_BYTES);
  sector.set(bytes);
  return sector;
}
