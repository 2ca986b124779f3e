import type { Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import type { ArchiveFormat } from '../encoder.ts';
import { ArchiveFile, type ReadOptions } from './archive-file.ts';
import { checkedEntries, type ReadEntry } from './checked-entries.ts';
import { extractArchive, type ExtractOptions, type Extraction } from './extract.ts';
import { gunzip } from './gunzip.ts';
import type { RawEntry } from './raw-entry.ts';
import { readTar } from './tar-reader.ts';
import { unxz } from './unxz.ts';
import { unzstd } from './unzstd.ts';
import { readZip } from './zip-reader.ts';

/** An archive that can be listed and unpacked; see {@link readArchive}. */
export interface ArchiveReader {
  readonly format: ArchiveFormat;
  readonly path: string;
  /**
   * The entries in their order; each call reads the archive anew. When the last one has been given, every digest,
   * length and name of the archive has been checked. Breaking out of the loop closes the file.
   */
  entries(options?: ReadOptions): AsyncIterable<ReadEntry>;
  /**
   * Unpacks everything into the directory `dir` of a medium, which must not be there yet, or be empty. It appears when
   * all is unpacked and checked; where anything is refused, nothing is left.
   */
  extract(medium: Medium, dir: string, options?: ExtractOptions): Promise<Extraction>;
}

/** What a file begins with. */
const MAGIC: readonly (readonly [format: ArchiveFormat, bytes: Buffer])[] = [
  ['gz', Buffer.from([0x1f, 0x8b])],
  ['zip', Buffer.from('PK\x03\x04', 'latin1')],
  ['zip', Buffer.from('PK\x05\x06', 'latin1')], // an empty one
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
  ['zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  // frames without content, by which some tools begin
  ...Array.from({ length: 16 }, (_, i) => ['zst', Buffer.from([0x50 + i, 0x2a, 0x4d, 0x18])] as const),
];

const READERS: Readonly<Record<ArchiveFormat, (file: ArchiveFile) => AsyncIterable<RawEntry>>> = {
  gz: (file) => readTar(file, gunzip(file)),
  xz: (file) => readTar(file, unxz(file)),
  zip: readZip,
  zst: (file) => readTar(file, unzstd(file)),
};

/**
 * Opens an archive for reading, whatever it is called: its first bytes tell the format. Safe on archives of strangers:
 * what could do harm is refused, everywhere in the same way.
 *
 * Refused are names that climb out, are absolute or mean different things on different systems; names that are there
 * twice, also by case; links that lead out; devices and pipes; more content than the limits allow; damage of any kind;
 * data that no entry accounts for; places where two readers could disagree.
 *
 * @throws `ERR_BUILD_ARCHIVE_UNKNOWN_FORMAT`; the methods throw the other codes that
 * begin with `ERR_BUILD_ARCHIVE_`.
 *
 * @example
 * ```ts
 * import { archive, readArchive } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/linux_amd64/app': 'the program' });
 * const { path } = await archive(medium, { path: 'dist/linux_amd64/app', os: 'linux', arch: 'amd64' });
 * const reader = await readArchive(medium, path);
 * for await (const entry of reader.entries()) {
 *   assert.equal(entry.name, 'app');
 *   assert.equal(new TextDecoder().decode(await entry.bytes()), 'the program');
 * }
 * await reader.extract(medium, 'unpacked');
 * assert.equal(await medium.read('unpacked/app'), 'the program');
 * ```
 */
export async function readArchive(medium: Medium, path: string, options: ReadOptions = {}): Promise<ArchiveReader> {
  const { format, read } = await detect(medium, path, options);
  const entries = async function* (own: ReadOptions = {}): AsyncGenerator<ReadEntry> {
    await using file = await ArchiveFile.open(medium, path, { ...options, ...own });
    yield* checkedEntries(file, read(file));
  };
  return {
    format,
    path,
    entries,
    extract: (target, dir, own = {}) =>
      extractArchive(entries({ ...options, ...own }), { medium: target, dir, ...options, ...own }),
  };
}

interface Detected {
  readonly format: ArchiveFormat;
  readonly read: (file: ArchiveFile) => AsyncIterable<RawEntry>;
}

async function detect(medium: Medium, path: string, options: ReadOptions): Promise<Detected> {
  await using file = await ArchiveFile.open(medium, path, options);
  const start = await file.read(0, Math.min(file.size, 6));
  const format = MAGIC.find(([, bytes]) => start.subarray(0, bytes.length).equals(bytes))?.[0];
  const op = 'build.readArchive';
  if (format === undefined) {
    const message = `Cannot read ${JSON.stringify(path)}: it is no archive of a known format`;
    throw new BuildError(message, { code: 'ERR_BUILD_ARCHIVE_UNKNOWN_FORMAT', op, path });
  }
  return { format, read: READERS[format] };
}
