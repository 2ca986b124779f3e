import { type CancelOptions, type DirEntry, type FileKind, isCoreError, type Medium } from '@core/io';

import { ContentMismatch, copyExactly, hashFile } from './content.ts';
import type { OutputEntry } from './record.ts';
import { restful } from './restful.ts';
import type { ResultStore } from './result-store.ts';
import { find, foldersOf } from './scan.ts';
import type { Place } from './workspace.ts';

/** What is to be as it was. */
export interface Restoration extends CancelOptions {
  readonly place: Place;
  readonly store: ResultStore;
  /** What the task had left when it ran. */
  readonly outputs: readonly OutputEntry[];
  /** What it left the last time, whatever that was: of this, what does not belong to `outputs` is removed. */
  readonly left: readonly string[];
  /** The globs of the task. */
  readonly globs: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
}

/** Something stands where an output belongs, and it is not the task's own. */
class InTheWay extends Error {
  constructor(path: string) {
    super(`Cannot put ${JSON.stringify(path)} back: what stands there was not made by the task`);
  }
}

/**
 * Makes the outputs of a task what they were: content, permission bits, links, empty directories. What is right already
 * is not touched. What the task left the last time and does not belong to it any more is removed, at the end, and with it
 * directories that are empty then; inputs never are.
 *
 * @throws `InTheWay`; `ContentMismatch` where a blob is damaged, which is then removed; whatever the media refuse
 * with. Each file is the old one or the new one.
 */
export async function restoreOutputs(restoration: Restoration): Promise<void> {
  const { place, outputs, left, globs, signal } = restoration;
  const found = await find(place, globs.outputs, { signal });
  const wrong: OutputEntry[] = [];
  const rest = restful();
  for (const entry of outputs) {
    if (!(await isRight(place.files, entry, found.get(entry.path)?.kind))) wrong.push(entry);
    await rest();
  }
  const wanted = new Set(outputs.map(({ path }) => path));
  const folders = new Set([...wanted].flatMap(foldersOf)); // a file that stands for one of these makes room for it
  const stale = left.filter((path) => found.has(path) && !wanted.has(path) && !folders.has(path));
  if (wrong.length === 0 && stale.length === 0) return;
  const removable = await withoutInputs(restoration, left, found);
  for (const entry of wrong) {
    await makeRoom(place.files, entry, removable);
    await put(restoration, entry);
    await rest();
  }
  for (const path of stale.reverse()) {
    if (removable.has(path)) await removeWithFolders(place.files, path, { found, wanted });
  }
}

async function isRight(files: Medium, entry: OutputEntry, kind: FileKind | undefined): Promise<boolean> {
  const { path } = entry;
  if (kind !== entry.kind) return false;
  if (entry.kind === 'symlink') return (await files.readLink(path)) === entry.target;
  if (entry.kind === 'dir') return true;
  const info = await files.stat(path, { follow: false });
  if (info.size !== entry.size || (files.capabilities.mode && info.mode !== entry.mode)) return false;
  return (await hashFile({ medium: files, path }, info)).sha256 === entry.sha256;
}

async function put({ place, store, signal }: Restoration, entry: OutputEntry): Promise<void> {
  const { files } = place;
  if (entry.kind === 'dir') return files.ensureDir(entry.path, { signal });
  if (entry.kind === 'symlink') return files.symlink(entry.target, entry.path, { signal });
  const mode = files.capabilities.mode ? entry.mode : undefined;
  try {
    await copyExactly(store.blob(entry.sha256), { medium: files, path: entry.path }, { ...entry, mode, signal });
  } catch (error) {
    if (error instanceof ContentMismatch) await store.forgetBlob(entry.sha256);
    throw error;
  }
}

/** Removes what stands where the entry belongs, or where a directory above it does, as far as it is the task's own. */
async function makeRoom(files: Medium, { path, kind }: OutputEntry, removable: ReadonlySet<string>): Promise<void> {
  for (const folder of foldersOf(path)) {
    const standing = await kindOf(files, folder);
    if (standing === undefined) return;
    if (standing !== 'dir' && !(await files.isDir(folder))) await removeOwn(files, folder, removable);
  }
  const standing = await kindOf(files, path);
  if (standing === undefined || (standing === kind && kind !== 'symlink')) return;
  if (standing === 'dir') await removeTree(files, path, removable);
  else if (standing === 'symlink' && kind === 'symlink') await files.delete(path);
  else await removeOwn(files, path, removable);
}

async function removeOwn(files: Medium, path: string, removable: ReadonlySet<string>): Promise<void> {
  if (!removable.has(path)) throw new InTheWay(path);
  await files.delete(path);
}

/** Removes a directory that holds nothing but what the task left. */
async function removeTree(files: Medium, path: string, removable: ReadonlySet<string>): Promise<void> {
  const inside: DirEntry[] = [];
  for await (const entry of files.walk(path)) inside.push(entry);
  const foreign = inside.find((entry) => entry.kind !== 'dir' && !removable.has(entry.path));
  if (foreign !== undefined) throw new InTheWay(foreign.path);
  await files.deleteAll(path);
}

/** What the task left the last time, still matches its outputs, and is no input. */
async function withoutInputs(
  { place, globs, signal }: Restoration,
  left: readonly string[],
  found: ReadonlyMap<string, DirEntry>,
): Promise<Set<string>> {
  const inputs = await find(place, globs.inputs, { signal });
  return new Set(left.filter((path) => found.has(path) && !inputs.has(path)));
}

interface Removal {
  readonly found: ReadonlyMap<string, DirEntry>;
  readonly wanted: ReadonlySet<string>;
}

/** Removes one, and the directories above it that matched the outputs and have nothing in them any more. */
async function removeWithFolders(files: Medium, path: string, { found, wanted }: Removal): Promise<void> {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
    const isFolder = at !== path || found.get(at)?.kind === 'dir';
    if (isFolder && (found.get(at)?.kind !== 'dir' || wanted.has(at))) return;
    try {
      await files.delete(at);
    } catch (error) {
      if (isGone(error)) continue;
      if (isFolder) return; // something is in it
      throw error;
    }
  }
}

async function kindOf(files: Medium, path: string): Promise<FileKind | undefined> {
  try {
    return (await files.stat(path, { follow: false })).kind;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Nothing is there, or a file is where a directory above it would be. */
function isGone(error: unknown): boolean {
  return isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
