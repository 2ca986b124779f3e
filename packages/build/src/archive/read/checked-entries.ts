import { cleanName, nameProblem } from '../entry-name.ts';
import { type EntryKind, EntryTree } from '../entry-tree.ts';
import type { ArchiveFile } from './archive-file.ts';
import type { RawEntry } from './raw-entry.ts';

/** One entry of an archive that is read: safe to believe. */
export interface ReadEntry {
  /** `/` between names, none of them empty, `.` or `..`; unique, also without regard to case and Unicode form. */
  readonly name: string;
  readonly kind: EntryKind;
  /** Bytes of content; 0 unless it is a file. */
  readonly size: number;
  /** Permission bits as the archive says them. */
  readonly mode: number;
  readonly mtime: Date;
  /** What a symbolic link says, or the name of the earlier file that a hard link is; `''` for anything else. */
  readonly target: string;
  /** The content, checked while it is read: once, and before the next entry is asked for. */
  content(): AsyncIterable<Uint8Array>;
  /** The whole content in memory. */
  bytes(): Promise<Uint8Array>;
}

/**
 * The entries, with everything refused that could harm whoever believes it. A content that nobody asks for is read and
 * checked all the same: when the last entry has been given, the whole archive is known to be sound.
 */
export async function* checkedEntries(file: ArchiveFile, raw: AsyncIterable<RawEntry>): AsyncGenerator<ReadEntry> {
  const tree = new EntryTree();
  const sizes = new Map<string, number>();
  for await (const entry of raw) {
    file.checkCancelled();
    const excess = file.budget.addEntry(entry.name);
    if (excess !== undefined) throw file.refusal(excess);
    const name = checkedName(file, entry);
    if (name === '') continue; // the root itself
    const target = entry.kind === 'hardlink' ? checkedTarget(file, entry, tree) : entry.target;
    const problem = tree.add(name, entry.kind, target);
    if (problem !== undefined) throw file.refusal(problem, entry.name);
    if (entry.kind === 'file') sizes.set(name, entry.size);
    if (entry.kind === 'hardlink') file.spend(sizes.get(target) ?? 0); // unpacked, it is a file as large
    const content = new Content(entry.content);
    const { kind, size, mode, mtime } = entry;
    try {
      yield { name, kind, size, mode, mtime, target, content: () => content.take(), bytes: () => content.bytes() };
      await content.finish();
    } finally {
      await content.close();
    }
  }
  const link = tree.escapingLink();
  if (link === undefined) return;
  const reason = 'it is a link that leads out of the archive through another link';
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_LINK_ESCAPES', reason }, link);
}

function checkedName(file: ArchiveFile, { name, kind }: RawEntry): string {
  const problem = nameProblem(name);
  if (problem !== undefined) throw file.refusal(problem, name);
  const clean = cleanName(name);
  if (clean !== '' && (kind === 'dir' || !name.endsWith('/'))) return clean;
  if (kind === 'dir') return '';
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_NAME_INVALID', reason: 'its name is that of a directory' }, name);
}

/** A hard link is another name of a file that came before; anything else leads out, or to nothing. */
function checkedTarget(file: ArchiveFile, { name, target }: RawEntry, tree: EntryTree): string {
  const clean = nameProblem(target) === undefined ? cleanName(target) : '';
  if (clean !== '' && tree.hasFile(clean)) return clean;
  const reason = `it is a hard link to ${JSON.stringify(target)}, which is no earlier file of the archive`;
  throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_LINK_ESCAPES', reason }, name);
}

/** A content that is read once, and read to its end in any case. */
class Content {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #state: 'fresh' | 'gone' | 'taken' = 'fresh';

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  take(): AsyncIterable<Uint8Array> {
    if (this.#state !== 'fresh') throw new TypeError('The content of an entry can be read once, while it is current');
    this.#state = 'taken';
    // breaking out of this loop must not end the reading: the rest is checked by finish()
    return { [Symbol.asyncIterator]: () => ({ next: () => this.#chunks.next() }) };
  }

  async bytes(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.take()) parts.push(part);
    return Buffer.concat(parts);
  }

  /** Reads what nobody has read, and so checks it. */
  async finish(): Promise<void> {
    this.#state = 'gone';
    while ((await this.#chunks.next()).done !== true);
  }

  /** Lets go of what is behind the chunks, wherever they are. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
