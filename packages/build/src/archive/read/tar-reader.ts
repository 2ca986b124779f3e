import { padding, TAR_BLOCK_BYTES } from '../tar-records.ts';
import type { ArchiveFile } from './archive-file.ts';
import { ByteReader } from './byte-reader.ts';
import { nothing, type RawEntry } from './raw-entry.ts';
import { isExtension, readExtension, type TarExtension } from './tar-extension.ts';
import { parseTarHeader, type TarHeader } from './tar-header.ts';

const KINDS: Readonly<Record<string, RawEntry['kind']>> = {
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'dir',
};

/** Devices and pipes. */
const SPECIAL: ReadonlySet<string> = new Set(['3', '4', '6']);

/** The entries of a tar file. Its end must be marked, and nothing but zeros may follow. */
export async function* readTar(file: ArchiveFile, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RawEntry> {
  const bytes = new ByteReader(chunks);
  let extension: TarExtension = {};
  try {
    for (let block = await header(file, bytes); block !== undefined; block = await header(file, bytes)) {
      const fields = parseTarHeader(file, block);
      if (isExtension(fields)) {
        extension = { ...extension, ...(await readExtension(file, bytes, fields)) };
        continue;
      }
      const entry = entryOf(file, bytes, { ...fields, ...extension });
      extension = {};
      yield entry;
      await bytes.take(padding(entry.size));
    }
    await expectZeros(file, bytes);
  } finally {
    await bytes.close();
  }
}

/** The next header, or `undefined` at the mark of the end: a block of zeros. */
async function header(file: ArchiveFile, bytes: ByteReader): Promise<Buffer | undefined> {
  const block = await bytes.take(TAR_BLOCK_BYTES);
  if (block.length < TAR_BLOCK_BYTES) throw file.truncated();
  return isZero(block) ? undefined : block;
}

/** The second block of the mark, and whatever fills the last record. */
async function expectZeros(file: ArchiveFile, bytes: ByteReader): Promise<void> {
  if ((await header(file, bytes)) !== undefined) throw trailing(file);
  let seen = 0;
  for await (const part of bytes.parts(Infinity)) {
    seen += part.length;
    if (!isZero(part) || seen > MOST_PADDING_BYTES) throw trailing(file);
  }
}

/** The largest records that tools write are a few megabytes: more zeros than this have another purpose. */
const MOST_PADDING_BYTES = 16 * 2 ** 20;

function trailing(file: ArchiveFile): Error {
  return file.refusal({ code: 'ERR_BUILD_ARCHIVE_TRAILING_DATA', reason: 'something follows the end of its tar file' });
}

function entryOf(file: ArchiveFile, bytes: ByteReader, header: TarHeader): RawEntry {
  const { name, type, mode, target } = header;
  // old tools have no type for directories
  const kind = type === '0' && name.endsWith('/') ? 'dir' : kindOf(file, header);
  const size = contentSize(file, kind, header);
  // refused before it is unpacked: what is held already has been counted
  const excess = file.budget.wouldExceed(Math.max(0, size - bytes.heldBytes));
  if (excess !== undefined) throw file.refusal(excess, name);
  const content = kind === 'file' ? exactly(file, bytes, { name, size }) : nothing();
  const link = kind === 'symlink' || kind === 'hardlink';
  return { name, kind, size, mode, mtime: dateOf(file, header), target: link ? target : '', content };
}

function dateOf(file: ArchiveFile, { name, mtime }: TarHeader): Date {
  const date = new Date(mtime * 1000);
  if (Number.isNaN(date.getTime())) throw file.corrupt('its time is none that a calendar has', name);
  return date;
}

function kindOf(file: ArchiveFile, { name, type }: TarHeader): RawEntry['kind'] {
  const kind = KINDS[type];
  if (kind !== undefined) return kind;
  if (SPECIAL.has(type)) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_SPECIAL_FILE', reason: 'it is a device or a pipe' }, name);
  }
  const reason = `entries of the type ${JSON.stringify(type)} are not supported`;
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_UNSUPPORTED', reason }, name);
}

/** Tools disagree about a content of what is no file: whoever writes one wants them to. */
function contentSize(file: ArchiveFile, kind: RawEntry['kind'], { name, size }: TarHeader): number {
  if (kind === 'file' || size === 0) return size;
  const reason = 'it says that it has a content, but it is no file';
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH', reason }, name);
}

async function* exactly(
  file: ArchiveFile,
  bytes: ByteReader,
  { name, size }: { readonly name: string; readonly size: number },
): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const part of bytes.parts(size)) {
    left -= part.length;
    yield part;
  }
  if (left > 0) throw file.truncated(name);
}

function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (ZEROS.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}

const ZEROS = Buffer.alloc(1 << 16);
