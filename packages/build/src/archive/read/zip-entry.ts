import { FLAG, MADE_BY_DARWIN, MADE_BY_UNIX, MASK_32, METHOD, SIGNATURE, ZIP64_EXTRA } from '../zip-records.ts';
import type { ArchiveFile } from './archive-file.ts';
import { decodeText } from './decode-text.ts';
import { wideNumber } from './wide-number.ts';

/** One entry as the directory at the end of the archive says it. */
export interface ZipEntry {
  readonly name: string;
  readonly rawName: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Of its local header. */
  readonly offset: number;
  /** Type and permission bits as `stat(2)` has them; 0 where a system without them made the archive. */
  readonly unixMode: number;
  readonly mtime: Date;
}

const FIXED_BYTES = 46;

/** Reads the whole directory, which must hold exactly `count` entries. */
export function parseDirectory(file: ArchiveFile, bytes: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < bytes.length && entries.length < count) {
    if (bytes.length - at < FIXED_BYTES || bytes.readUInt32LE(at) !== SIGNATURE.central) throw damaged(file);
    const record = bytes.subarray(at);
    const end = FIXED_BYTES + record.readUInt16LE(28) + record.readUInt16LE(30) + record.readUInt16LE(32);
    if (end > record.length) throw damaged(file);
    entries.push(parseEntry(file, record.subarray(0, end)));
    at += end;
  }
  if (at < bytes.length || entries.length !== count) {
    throw file.corrupt('its directory has another number of entries than it says');
  }
  return entries;
}

function parseEntry(file: ArchiveFile, record: Buffer): ZipEntry {
  const nameEnd = FIXED_BYTES + record.readUInt16LE(28);
  const rawName = record.subarray(FIXED_BYTES, nameEnd);
  const name = decodeText(file, rawName);
  const extra = parseExtra(file, record.subarray(nameEnd, nameEnd + record.readUInt16LE(30)));
  const wide = new WideFields(file, extra.get(ZIP64_EXTRA));
  const maker = record.readUInt8(5);
  const unix = maker === MADE_BY_UNIX || maker === MADE_BY_DARWIN;
  const entry = {
    name,
    rawName,
    flags: record.readUInt16LE(8),
    method: record.readUInt16LE(10),
    mtime: dosDate(record.readUInt32LE(12)),
    crc: record.readUInt32LE(16),
    size: wide.orWide(record.readUInt32LE(24)),
    packed: wide.orWide(record.readUInt32LE(20)),
    offset: wide.orWide(record.readUInt32LE(42)),
    unixMode: unix ? record.readUInt16LE(40) : 0,
  };
  checkSupported(file, entry);
  return entry;
}

function checkSupported(file: ArchiveFile, { name, flags, method }: ZipEntry): void {
  if ((flags & (FLAG.encrypted | FLAG.strong | FLAG.masked)) !== 0) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason: 'it is encrypted' }, name);
  }
  if (method !== METHOD.stored && method !== METHOD.deflated) {
    const reason = `its compression (method ${String(method)}) is not supported`;
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason }, name);
  }
}

/** The extra fields by their ids. */
export function parseExtra(file: ArchiveFile, bytes: Buffer): ReadonlyMap<number, Buffer> {
  const extra = new Map<number, Buffer>();
  let at = 0;
  while (bytes.length - at >= 4) {
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length) throw file.corrupt('an extra field in it is damaged');
    extra.set(bytes.readUInt16LE(at), bytes.subarray(at + 4, end));
    at = end;
  }
  return extra; // fewer than four bytes are padding, which some tools leave
}

/** The 64-bit numbers of an entry: those that their own field has no room for, in a fixed order. */
export class WideFields {
  readonly #file: ArchiveFile;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(file: ArchiveFile, bytes: Buffer = Buffer.alloc(0)) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** The number itself, or the next wide one where it is masked. */
  orWide(value: number): number {
    if (value !== MASK_32) return value;
    if (this.#bytes.length - this.#at < 8) throw this.#file.corrupt('a zip64 field in it is missing');
    this.#at += 8;
    return wideNumber(this.#file, this.#bytes, this.#at - 8);
  }
}

/** The date and time of MS-DOS, taken for UTC. */
function dosDate(value: number): Date {
  const date = value >>> 16;
  const time = value & 0xffff;
  const day = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31] as const;
  return new Date(Date.UTC(...day, time >> 11, (time >> 5) & 63, (time & 31) * 2));
}

function damaged(file: ArchiveFile): Error {
  return file.corrupt('its directory is damaged');
}
