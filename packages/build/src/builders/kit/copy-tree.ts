import { relative } from 'node:path';

import { type CancelOptions, copy, type DirEntry, isCoreError, localMedium, type Medium } from '@core/io';

import { folderOf, pathBelow } from '../../paths.ts';
import { sideBySide } from '../../side-by-side.ts';

/** How many files are copied at once. */
const FILES_AT_ONCE = 8;

/** A file up to this size is read whole: most are, and a copy of each by itself takes eight times as long. */
const SMALL_BYTES = 1 << 20;

/** Something below the folder that is copied: its path is from there. */
export type CopiedEntry = Pick<DirEntry, 'kind' | 'name' | 'path'>;

/** Whether something is not copied, and nothing below it. */
export type Skip = (entry: CopiedEntry) => boolean;

export interface CopyTreeOptions extends CancelOptions {
  readonly skip: Skip;
}

/**
 * Copies what is in the folder `from` of the disk into the new folder `to`; empty folders are left aside. Links inside the folder stay links, those to
 * other places of its repository become what they lead to. Returns the others, which are left out: what they lead to is
 * none of the project's.
 */
export async function copyTree(from: string, to: string, options: CopyTreeOptions): Promise<string[]> {
  const disk = localMedium();
  const top = (await disk.realPath(from, { signal: options.signal })) ?? from;
  const tree = new TreeCopy({ disk, top, to, repository: await repositoryOf(disk, top, options) }, options);
  await disk.ensureDir(to, { signal: options.signal });
  await tree.plan(top, '', [top]);
  await tree.copyFiles();
  return tree.leftOut.sort();
}

/** The folder of the repository that a folder is in; the folder itself where it is in none. */
async function repositoryOf(disk: Medium, folder: string, { signal }: CancelOptions): Promise<string> {
  for (let dir = folder; ; dir = folderOf(dir)) {
    if (await disk.exists(pathBelow(dir, '.git'), { signal })) return dir;
    if (folderOf(dir) === dir || folderOf(dir) === '') return folder;
  }
}

interface Places {
  readonly disk: Medium;
  /** The folder that is copied, without links. */
  readonly top: string;
  readonly to: string;
  readonly repository: string;
}

class TreeCopy {
  readonly leftOut: string[] = [];
  readonly #places: Places;
  readonly #options: CopyTreeOptions;
  readonly #files: { readonly from: string; readonly to: string }[] = [];

  constructor(places: Places, options: CopyTreeOptions) {
    this.#places = places;
    this.#options = options;
  }

  /** Makes the links and finds the files; `branch` has the folders that it came through, so that none is copied into itself. */
  async plan(folder: string, below: string, branch: readonly string[]): Promise<void> {
    const { disk, to } = this.#places;
    const { signal, skip } = this.#options;
    for (const { kind, name, path } of await disk.list(folder, { signal })) {
      const at = pathBelow(below, name);
      if (skip({ kind, name, path: at })) continue;
      if (kind === 'dir') await this.plan(path, at, [...branch, path]);
      else if (kind === 'file') this.#files.push({ from: path, to: pathBelow(to, at) });
      else if (kind === 'symlink') await this.#planLink(path, at, branch);
    }
  }

  async #planLink(path: string, at: string, branch: readonly string[]): Promise<void> {
    const { disk, repository, to, top } = this.#places;
    const { signal } = this.#options;
    const real = await realPathOf(disk, path, { signal });
    if (real !== undefined && isWithin(top, real)) {
      const said = relative(folderOf(pathBelow(top, at)), real).replaceAll('\\', '/');
      await disk.symlink(said === '' ? '.' : said, pathBelow(to, at), { signal });
    } else if (real === undefined || !isWithin(repository, real) || this.#isAbove(real, branch)) this.leftOut.push(at);
    else if (await disk.isDir(real, { signal })) await this.plan(real, at, [...branch, real]);
    else this.#files.push({ from: real, to: pathBelow(to, at) });
  }

  /** Whether a folder would be copied into itself. */
  #isAbove(folder: string, branch: readonly string[]): boolean {
    return branch.some((one) => isWithin(folder, one));
  }

  async copyFiles(): Promise<void> {
    const { failure } = await sideBySide(this.#files, FILES_AT_ONCE, ({ from, to }) => this.#copyFile(from, to));
    if (failure !== undefined) throw failure.error;
  }

  async #copyFile(from: string, to: string): Promise<void> {
    const { disk } = this.#places;
    const { signal } = this.#options;
    const { mode, size } = await disk.stat(from, { signal });
    if (size > SMALL_BYTES) await copy(disk, from, disk, to, { signal });
    else await disk.write(to, await disk.readBytes(from, { signal }), { mode, signal });
  }
}

/** Where a link leads in the end; `undefined` where that is nowhere. */
export async function realPathOf(disk: Medium, path: string, options: CancelOptions): Promise<string | undefined> {
  try {
    return await disk.realPath(path, options);
  } catch (error) {
    if (isCoreError(error) && ['ELOOP', 'ENOENT', 'ENOTDIR'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Whether a path is a folder, or in it. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
