import { EXECUTABLE_MODE, FILE_MODE } from '../reproducible.ts';
import type { ArchiveFile } from './archive-file.ts';
import { nothing, type RawEntry } from './raw-entry.ts';
import { decodeText } from './decode-text.ts';
import { zipContent } from './zip-content.ts';
import { findDirectory } from './zip-directory.ts';
import { parseDirectory, type ZipEntry } from './zip-entry.ts';
import { contentStart } from './zip-local.ts';

/** Type bits of `stat(2)`. */
const TYPE_MASK = 0o170000;
const TYPES: ReadonlyMap<number, RawEntry['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'symlink'],
]);

/** The longest path of Linux. */
const LONGEST_TARGET_BYTES = 4096;

/** The entries of a zip file, in the order of its directory, which must agree with what stands before each content. */
export async function* readZip(file: ArchiveFile): AsyncGenerator<RawEntry> {
  const place = await findDirectory(file);
  const tooMany = file.budget.wouldHoldTooMany(place.entries);
  if (tooMany !== undefined) throw file.refusal(tooMany);
  const entries = parseDirectory(file, await file.read(place.start, place.end), place.entries);
  const limits = layOut(file, entries, place.start);
  const excess = file.budget.wouldExceed(entries.reduce((sum, { size }) => sum + size, 0));
  if (excess !== undefined) throw file.refusal(excess);
  for (const entry of entries) {
    const start = await contentStart(file, entry, limits.get(entry) ?? place.start);
    yield await rawEntry(file, entry, start);
  }
}

/** Where each entry must end: where the next one begins. None may reach into another, nor leave a gap before itself. */
function layOut(file: ArchiveFile, entries: readonly ZipEntry[], directory: number): ReadonlyMap<ZipEntry, number> {
  const limits = new Map<ZipEntry, number>();
  let limit = directory;
  for (const entry of entries.toSorted((a, b) => b.offset - a.offset)) {
    if (entry.offset + entry.rawName.length + entry.packed >= limit) {
      throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_OVERLAP', reason: 'it overlaps another entry' }, entry.name);
    }
    limits.set(entry, limit);
    limit = entry.offset;
  }
  if (limit === 0) return limits;
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_TRAILING_DATA', reason: 'it holds bytes that belong to no entry' });
}

async function rawEntry(file: ArchiveFile, entry: ZipEntry, start: number): Promise<RawEntry> {
  const { name, size, mtime, unixMode } = entry;
  const kind = kindOf(file, entry);
  const mode = unixMode === 0 ? (kind === 'dir' ? EXECUTABLE_MODE : FILE_MODE) : unixMode & 0o7777;
  const content = zipContent(file, entry, start);
  if (kind === 'file') return { name, kind, size, mode, mtime, target: '', content };
  const target = kind === 'symlink' ? await readTarget(file, entry, content) : '';
  return { name, kind, size: 0, mode, mtime, target, content: nothing() };
}

function kindOf(file: ArchiveFile, { name, size, unixMode }: ZipEntry): RawEntry['kind'] {
  const type = unixMode & TYPE_MASK;
  const kind = type === 0 ? 'file' : TYPES.get(type);
  if (kind === undefined) {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_SPECIAL_FILE', reason: 'it is a device or a pipe' }, name);
  }
  const directory = kind === 'dir' || (kind === 'file' && name.endsWith('/'));
  if (!directory) return kind;
  if (size === 0) return 'dir';
  const reason = 'it says that it has a content, but it is a directory';
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH', reason }, name);
}

async function readTarget(file: ArchiveFile, entry: ZipEntry, content: AsyncIterable<Uint8Array>): Promise<string> {
  if (entry.size > LONGEST_TARGET_BYTES) throw file.corrupt('the target of the link is too long', entry.name);
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return decodeText(file, Buffer.concat(parts));
}
