import { isAbsolute, relative, resolve, sep } from 'node:path';

import { DiskMedium, type Medium, normalizePath, sub } from '@core/io';

/** The directory of a task. */
export interface Place {
  /** What is in it, and nothing outside. */
  readonly files: Medium;
  /** What it is called in fingerprints: its path in the workspace; that of the host where it is outside. */
  readonly label: string;
  /** The folder of the cache, where that is inside; it is neither input nor output of any task. */
  readonly reserved: string | undefined;
}

/** A folder of a medium. */
export interface Folder {
  readonly medium: Medium;
  readonly dir: string;
}

/**
 * Where the runner keeps what it remembers, and where the directories of tasks begin, unless a medium is given: the
 * directory that this program runs in.
 */
export function defaultMedium(): DiskMedium {
  return new DiskMedium({ root: process.cwd() });
}

/** Finds the directories of tasks: inside a medium, or, without one, where a process would be started. */
export class Workspace {
  readonly #medium: Medium | undefined;
  readonly #cache: Folder;
  readonly #places = new Map<string, Promise<Place>>();
  readonly #own: DiskMedium[] = [];

  constructor(medium: Medium | undefined, cache: Folder) {
    this.#medium = medium;
    this.#cache = cache;
  }

  /** The place of a `dir` as a spec has it. */
  placeOf(dir: string = ''): Promise<Place> {
    const known = this.#places.get(dir);
    if (known !== undefined) return known;
    const place = this.#medium === undefined ? this.#onHost(dir) : this.#inside(this.#medium, dir);
    this.#places.set(dir, place);
    return place;
  }

  /** Lets go of the directories of the host that it opened. */
  async close(): Promise<void> {
    this.#places.clear();
    await Promise.all(this.#own.splice(0).map((medium) => medium.close()));
  }

  async #inside(medium: Medium, dir: string): Promise<Place> {
    const label = normalizePath(dir);
    const files = label === '' ? medium : sub(medium, label);
    const reserved =
      medium === this.#cache.medium ? below(`/${label}`, `/${this.#cache.dir}`) : await this.#reservedIn(files);
    return { files, label, reserved };
  }

  async #onHost(dir: string): Promise<Place> {
    const path = resolve(dir);
    const files = new DiskMedium({ root: path });
    this.#own.push(files);
    const label = below(process.cwd(), path) ?? path;
    return { files, label, reserved: await this.#reservedIn(files) };
  }

  /** The cache's folder as a path in another medium, where both are on one disk. */
  async #reservedIn(files: Medium): Promise<string | undefined> {
    const [place, root] = await Promise.all([realRoot(files), realRoot(this.#cache.medium)]);
    return place === undefined || root === undefined ? undefined : below(place, resolve(root, this.#cache.dir));
  }
}

/** The path from one directory to what is inside it, with slashes; `''` is itself, `undefined` outside. */
function below(directory: string, path: string): string | undefined {
  const way = relative(directory, path);
  if (isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)) return undefined;
  return way.split(sep).join('/');
}

/** Where a medium is on the disk; `undefined` where it is not, or not yet. */
async function realRoot(medium: Medium): Promise<string | undefined> {
  try {
    return await medium.realPath('');
  } catch {
    return undefined;
  }
}
