import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

import { type CancelOptions, copy, localMedium, type Medium, normalizePath } from '@core/io';

import { nameOf, pathBelow } from '../paths.ts';
import { below } from './below.ts';
import { linkSurroundings } from './surroundings.ts';
import { copyChanges, recordTree, type TreeRecord } from './tree-changes.ts';
import type { OpenWorkspaceOptions, Workspace } from './types.ts';

/** What commands put there is restored from elsewhere: it is no part of the project. */
const NOT_SAVED: ReadonlySet<string> = new Set(['node_modules']);

/** Copies the project in `dir` to a folder that only this user can enter. */
export async function openCopy(
  medium: Medium,
  dir: string,
  { origin, signal }: OpenWorkspaceOptions,
): Promise<Workspace> {
  const disk = localMedium();
  const temporary = (await disk.realPath(tmpdir(), { signal })) ?? tmpdir();
  const root = pathBelow(temporary, `core-build-${randomUUID()}`);
  await disk.ensureDir(root);
  try {
    await disk.chmod(root, 0o700);
    const real = await origin?.realPath(dir, { signal });
    const path = await placeFor(disk, { root, origin: real, dir, signal });
    await copy(medium, dir, disk, path, { signal });
    const record = await recordTree({ medium: disk, dir: path }, { skip: NOT_SAVED, signal });
    return new PrivateCopy({ disk, medium, dir, root, path, origin: real ?? path, record });
  } catch (error) {
    await disk.deleteAll(root);
    throw error;
  }
}

interface Placing extends CancelOptions {
  readonly root: string;
  readonly origin: string | undefined;
  readonly dir: string;
}

function placeFor(disk: Medium, { root, origin, dir, signal }: Placing): Promise<string> {
  const tree = pathBelow(root, 'tree');
  if (origin !== undefined) return linkSurroundings(disk, { root: tree, origin, signal });
  return Promise.resolve(pathBelow(tree, nameOf(normalizePath(dir)) || 'project'));
}

interface CopyParts {
  readonly disk: Medium;
  readonly medium: Medium;
  readonly dir: string;
  /** Removed when the copy is closed. */
  readonly root: string;
  readonly path: string;
  readonly origin: string;
  readonly record: TreeRecord;
}

/** A copy in a folder that only this user can enter. */
class PrivateCopy implements Workspace {
  readonly path: string;
  readonly origin: string;
  readonly inPlace = false;
  readonly #parts: CopyParts;
  #record: Map<string, string>;
  /** Folders beside the project that were loaded. */
  readonly #outside = new Map<string, TreeRecord>();

  constructor(parts: CopyParts) {
    this.path = parts.path;
    this.origin = parts.origin;
    this.#parts = parts;
    this.#record = new Map(parts.record);
  }

  locate(path: string): string {
    const relative = below(this.#parts.dir, path);
    if (!relative.startsWith('..')) return resolve(this.path, relative);
    return resolve(this.#parts.root, 'outside', normalizePath(path));
  }

  async load(path: string, { signal }: CancelOptions = {}): Promise<void> {
    const { medium, disk } = this.#parts;
    if (!(await medium.isDir(path, { signal }))) return;
    const place = this.locate(path);
    await disk.deleteAll(place, { signal });
    await copy(medium, path, disk, place, { signal });
    const record = await recordTree({ medium: disk, dir: place }, { skip: NOT_SAVED, signal });
    const inside = below(this.#parts.dir, path);
    if (inside.startsWith('..')) this.#outside.set(path, record);
    else for (const [name, stamp] of record) this.#record.set(pathBelow(inside, name), stamp);
  }

  async save({ signal }: CancelOptions = {}): Promise<void> {
    const { dir } = this.#parts;
    this.#record = new Map(await this.#saveTree(this.path, dir, { before: this.#record, signal }));
    for (const [path, before] of this.#outside) {
      this.#outside.set(path, await this.#saveTree(this.locate(path), path, { before, signal }));
    }
  }

  #saveTree(place: string, dir: string, options: CancelOptions & { before: TreeRecord }): Promise<TreeRecord> {
    const { disk, medium } = this.#parts;
    return copyChanges({ medium: disk, dir: place }, { medium, dir }, { skip: NOT_SAVED, ...options });
  }

  async close(): Promise<void> {
    await this.#parts.disk.deleteAll(this.#parts.root);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
