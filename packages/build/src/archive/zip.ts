import { blockDeflate, Tally } from './block-deflate.ts';
import { crc32 } from './crc32.ts';
import type { ArchiveEncoder, DirectoryEntry, EncodedEntry, EncodeOptions, FileEntry, LinkEntry } from './encoder.ts';
import { EXECUTABLE_MODE, FILE_MODE } from './reproducible.ts';
import {
  centralHeader,
  dataDescriptor,
  dosTime,
  endRecords,
  localHeader,
  METHOD,
  type ZipRecord,
  type ZipSizes,
} from './zip-records.ts';

/** From here on an entry gets 64-bit sizes: its packed size, which is not known yet, may be a little larger. */
export const WIDE_FROM_BYTES: number = 0xf000_0000;

/** Type bits of `stat(2)`. */
const TYPE_BITS = { file: 0o100000, dir: 0o040000, symlink: 0o120000 } as const;

/**
 * A zip file: files are deflated and followed by their sizes, directories and links are stored.
 *
 * @example
 * ```ts
 * import { zipEncoder, unpackWithReader } from '@core/build/testing';
 *
 * const parts: Uint8Array[] = [];
 * const entries = [{ kind: 'dir', name: 'docs' }] as const;
 * for await (const part of zipEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
 * const [entry] = await unpackWithReader(Buffer.concat(parts));
 * assert.equal(entry?.name, 'docs');
 * ```
 */
export const zipEncoder: ArchiveEncoder = {
  format: 'zip',
  extension: '.zip',
  encode: zip,
};

async function* zip(entries: readonly EncodedEntry[], options: EncodeOptions): AsyncGenerator<Uint8Array> {
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const start = offset;
    const member: Member = { record: recordOf(entry, options.mtime), sizes: { crc: 0, size: 0, packed: 0 } };
    for await (const bytes of entry.kind === 'file' ? deflated(entry, member, options) : stored(entry, member)) {
      offset += bytes.length;
      yield bytes;
    }
    central.push(centralHeader(member.record, member.sizes, start));
  }
  const directory = Buffer.concat(central);
  yield directory;
  yield endRecords({ offset, length: directory.length, entries: entries.length });
}

interface Member {
  readonly record: ZipRecord;
  /** Filled in while the content is written: the directory at the end repeats it. */
  readonly sizes: { -readonly [K in keyof ZipSizes]: ZipSizes[K] };
}

async function* deflated(
  entry: FileEntry,
  { record, sizes }: Member,
  options: EncodeOptions,
): AsyncGenerator<Uint8Array> {
  const tally = new Tally();
  yield localHeader(record, sizes);
  for await (const bytes of blockDeflate(entry.content(), options, tally)) {
    sizes.packed += bytes.length;
    yield bytes;
  }
  sizes.crc = tally.crc;
  sizes.size = tally.size;
  yield dataDescriptor(record, sizes);
}

function* stored(entry: DirectoryEntry | LinkEntry, { record, sizes }: Member): Generator<Uint8Array> {
  const content = Buffer.from(entry.kind === 'symlink' ? entry.target : '');
  sizes.crc = crc32(content);
  sizes.size = sizes.packed = content.length;
  yield localHeader(record, sizes);
  if (content.length > 0) yield content;
}

function recordOf(entry: EncodedEntry, mtime: number): ZipRecord {
  const streamed = entry.kind === 'file';
  return {
    name: Buffer.from(entry.kind === 'dir' ? `${entry.name}/` : entry.name),
    method: streamed ? METHOD.deflated : METHOD.stored,
    dosTime: dosTime(mtime),
    unixMode: TYPE_BITS[entry.kind] | permissions(entry),
    streamed,
    wide: streamed && entry.size >= WIDE_FROM_BYTES,
  };
}

function permissions(entry: EncodedEntry): number {
  if (entry.kind === 'symlink') return 0o777;
  return entry.kind === 'dir' || entry.executable ? EXECUTABLE_MODE : FILE_MODE;
}
