/** Where a field of four bytes says "look into the zip64 record". */
export const MASK_32: number = 0xffff_ffff;
/** The same for two bytes. */
export const MASK_16: number = 0xffff;

/** The four bytes that each record begins with. */
export const SIGNATURE: Readonly<Record<'local' | 'descriptor' | 'central' | 'end' | 'end64' | 'locator64', number>> = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
};

/** Bits of the general purpose flag. */
export const FLAG: Readonly<Record<'encrypted' | 'descriptor' | 'strong' | 'utf8' | 'masked', number>> = {
  encrypted: 1 << 0,
  descriptor: 1 << 3,
  strong: 1 << 6,
  utf8: 1 << 11,
  masked: 1 << 13,
};

export const METHOD: Readonly<Record<'stored' | 'deflated', number>> = { stored: 0, deflated: 8 };

/** The upper half of the external attributes is a Unix mode where the maker says 3. */
export const MADE_BY_UNIX: number = 3;
export const MADE_BY_DARWIN: number = 19;

/** The header id of the extra field that holds 64-bit sizes. */
export const ZIP64_EXTRA: number = 1;

/** Versions that a reader needs: deflate and directories, zip64. */
const NEEDS_DEFLATE = 20;
const NEEDS_ZIP64 = 45;

/** Number of bytes (little-endian) and value of one field. */
type Field = readonly [bytes: 2 | 4 | 8, value: number];

/** One entry as its records need it. */
export interface ZipRecord {
  readonly name: Uint8Array;
  readonly method: number;
  /** MS-DOS date in the upper, time in the lower sixteen bits. */
  readonly dosTime: number;
  /** Type and permission bits as `stat(2)` has them. */
  readonly unixMode: number;
  /** The sizes follow the content, in a descriptor, and may need 64 bits. */
  readonly streamed: boolean;
  /** Whether the sizes are written with 64 bits. */
  readonly wide: boolean;
}

/** What is known of a content once it has been written. */
export interface ZipSizes {
  readonly crc: number;
  readonly size: number;
  readonly packed: number;
}

/** Before the content. */
export function localHeader(record: ZipRecord, sizes: ZipSizes): Buffer {
  const { name, streamed, wide } = record;
  const known = streamed ? { crc: 0, size: 0, packed: 0 } : sizes;
  const extra = wide ? fields([2, ZIP64_EXTRA], [2, 16], [8, known.size], [8, known.packed]) : EMPTY;
  const header = fields(
    [4, SIGNATURE.local],
    [2, wide ? NEEDS_ZIP64 : NEEDS_DEFLATE],
    [2, flagsOf(record)],
    [2, record.method],
    [4, record.dosTime],
    [4, known.crc],
    [4, wide ? MASK_32 : known.packed],
    [4, wide ? MASK_32 : known.size],
    [2, name.length],
    [2, extra.length],
  );
  return Buffer.concat([header, name, extra]);
}

/** After a content that was streamed. */
export function dataDescriptor({ wide }: ZipRecord, { crc, size, packed }: ZipSizes): Buffer {
  const bytes = wide ? 8 : 4;
  return fields([4, SIGNATURE.descriptor], [4, crc], [bytes, packed], [bytes, size]);
}

/** In the directory at the end; `offset` is that of the local header. */
export function centralHeader(record: ZipRecord, { crc, size, packed }: ZipSizes, offset: number): Buffer {
  const { name } = record;
  const far = offset >= MASK_32;
  const wide: Field[] = record.wide ? [[8, size], [8, packed]] : []; // prettier-ignore
  if (far) wide.push([8, offset]);
  const extra = wide.length > 0 ? fields([2, ZIP64_EXTRA], [2, wide.length * 8], ...wide) : EMPTY;
  const version = extra.length > 0 ? NEEDS_ZIP64 : NEEDS_DEFLATE;
  const header = fields(
    [4, SIGNATURE.central],
    [2, (MADE_BY_UNIX << 8) | version],
    [2, version],
    [2, flagsOf(record)],
    [2, record.method],
    [4, record.dosTime],
    [4, crc],
    [4, record.wide ? MASK_32 : packed],
    [4, record.wide ? MASK_32 : size],
    [2, name.length],
    [2, extra.length],
    [2, 0], // comment
    [2, 0], // disk
    [2, 0], // internal attributes
    [4, record.unixMode * 0x1_0000],
    [4, far ? MASK_32 : offset],
  );
  return Buffer.concat([header, name, extra]);
}

/** The directory of an archive: where it begins, its length, how many entries it lists. */
export interface ZipDirectory {
  readonly offset: number;
  readonly length: number;
  readonly entries: number;
}

/** What ends an archive: with the zip64 records before it where a number is too large for the plain one. */
export function endRecords({ offset, length, entries }: ZipDirectory): Buffer {
  const wide = offset >= MASK_32 || length >= MASK_32 || entries >= MASK_16;
  const count = wide ? MASK_16 : entries;
  const plain = fields(
    [4, SIGNATURE.end],
    [4, 0], // this disk, disk of the directory
    [2, count],
    [2, count],
    [4, wide ? MASK_32 : length],
    [4, wide ? MASK_32 : offset],
    [2, 0], // comment
  );
  if (!wide) return plain;
  const end64 = fields(
    [4, SIGNATURE.end64],
    [8, 44], // what follows of this record
    [2, (MADE_BY_UNIX << 8) | NEEDS_ZIP64],
    [2, NEEDS_ZIP64],
    [8, 0], // this disk, disk of the directory
    [8, entries],
    [8, entries],
    [8, length],
    [8, offset],
  );
  const locator = fields([4, SIGNATURE.locator64], [4, 0], [8, offset + length], [4, 1]);
  return Buffer.concat([end64, locator, plain]);
}

/** The date and time of MS-DOS, which has no zone: that of UTC. Odd seconds are rounded down. */
export function dosTime(seconds: number): number {
  const at = new Date(seconds * 1000);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return date * 0x1_0000 + time;
}

const EMPTY = Buffer.alloc(0);

function flagsOf({ streamed }: ZipRecord): number {
  return FLAG.utf8 | (streamed ? FLAG.descriptor : 0);
}

function fields(...list: Field[]): Buffer {
  const record = Buffer.alloc(list.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of list) {
    if (bytes === 2) record.writeUInt16LE(value, at);
    else if (bytes === 4) record.writeUInt32LE(value, at);
    else record.writeBigUInt64LE(BigInt(value), at);
    at += bytes;
  }
  return record;
}
