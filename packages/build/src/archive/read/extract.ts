import { randomBytes } from 'node:crypto';

import { isCoreError, type Medium, normalizePath, pump } from '@core/io';

import { BuildError } from '../../errors.ts';
import { folderOf, nameOf, pathBelow } from '../../paths.ts';
import type { ReadOptions } from './archive-file.ts';
import type { ReadEntry } from './checked-entries.ts';

/** How an archive is unpacked. */
export interface ExtractOptions extends ReadOptions {
  /** Called for every entry that is in its place. */
  readonly onEntry?: ((entry: ReadEntry) => void) | undefined;
}

/** What was unpacked. */
export interface Extraction {
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
}

export interface ExtractTarget extends ExtractOptions {
  readonly medium: Medium;
  readonly dir: string;
}

/** Files up to here are written in one piece. */
const SMALL_BYTES = 1 << 18;

/** Unpacks into a new directory beside the target, which becomes the target when all is well. */
export async function extractArchive(entries: AsyncIterable<ReadEntry>, target: ExtractTarget): Promise<Extraction> {
  const { medium, dir, signal } = target;
  await checkTarget(target);
  const temporary = pathBelow(folderOf(dir), `.${nameOf(dir)}.${randomBytes(6).toString('hex')}.unpacking`);
  try {
    await medium.ensureDir(temporary, { signal });
    const extraction = await unpack(entries, { ...target, dir: temporary });
    await medium.rename(temporary, dir, { signal });
    return extraction;
  } catch (error) {
    // the first error is the one to tell; what cannot be removed shows by its name what it is
    await medium.deleteAll(temporary).catch(() => undefined);
    throw error;
  }
}

async function checkTarget({ medium, dir, signal }: ExtractTarget): Promise<void> {
  if (normalizePath(dir) === '') throw new RangeError('An archive cannot be unpacked into the root of a medium');
  if (await isFree(medium, dir, signal)) return;
  throw new BuildError(`Cannot unpack into ${JSON.stringify(dir)}: something is there already`, {
    code: 'ERR_BUILD_ARCHIVE_TARGET_EXISTS',
    op: 'build.extract',
    path: dir,
    hint: 'Give the name of a directory that is not there yet.',
  });
}

/** Whether nothing is there, or an empty directory. A link is something, wherever it leads. */
async function isFree(medium: Medium, dir: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const { kind } = await medium.stat(dir, { follow: false, signal });
    return kind === 'dir' && (await medium.list(dir, { signal })).length === 0;
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return true;
    throw error;
  }
}

async function unpack(entries: AsyncIterable<ReadEntry>, target: ExtractTarget): Promise<Extraction> {
  const { medium, dir, signal, onEntry } = target;
  const links: ReadEntry[] = [];
  let files = 0;
  let bytes = 0;
  for await (const entry of entries) {
    if (entry.kind === 'symlink') {
      links.push(entry);
      continue;
    }
    await place(entry, target);
    if (entry.kind !== 'dir') files += 1;
    bytes += entry.size;
    onEntry?.(entry);
  }
  // only now is it known that none leads out, and nothing more will be written that could go through one
  for (const link of links) {
    await medium.symlink(link.target, pathBelow(dir, link.name), { signal });
    onEntry?.(link);
  }
  return { files, bytes };
}

async function place(entry: ReadEntry, { medium, dir, signal }: ExtractTarget): Promise<void> {
  const path = pathBelow(dir, entry.name);
  if (entry.kind === 'dir') {
    await medium.ensureDir(path, { signal });
    return;
  }
  const how = { mode: entry.mode & 0o777, signal };
  if (entry.kind === 'hardlink') {
    await pump(medium.readStream(pathBelow(dir, entry.target), { signal }), medium.writeStream(path, how));
  } else if (entry.size <= SMALL_BYTES) {
    await medium.write(path, await entry.bytes(), how);
  } else {
    await pump(entry.content(), medium.writeStream(path, how));
  }
  if (medium.capabilities.mtime) await medium.utimes(path, entry.mtime, entry.mtime, { signal });
}
