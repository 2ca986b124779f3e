import { posix, relative, sep } from 'node:path';

/** Where the project is, and where its files would be if it were not a copy. */
export interface ProjectPlace {
  /** Absolute folder on the disk, links resolved. */
  readonly path: string;
  /** Absolute folder of the project itself. */
  readonly origin: string;
  /** Absolute path of the program's entry. */
  readonly entry: string;
}

/** Paths of modules as they are from the project: the same on every machine, and for a copy. */
export class ProjectPaths {
  readonly entry: string;
  /** The project's folder. */
  readonly folder: string;
  readonly #place: ProjectPlace;
  readonly #entryFolder: string;

  constructor(place: ProjectPlace) {
    this.#place = place;
    this.entry = place.entry;
    this.folder = place.path;
    this.#entryFolder = posix.dirname(this.fromProject(place.entry));
  }

  /** A module from the project's folder: `src/cli.js`, `../../node_modules/dep/index.js`. */
  fromProject(path: string): string {
    const inside = slashes(relative(this.#place.path, path));
    return inside.startsWith('../') ? slashes(relative(this.#place.origin, path)) : inside;
  }

  /** A module from the folder of the entry: where it is from the script. */
  fromEntry(path: string): string {
    return posix.relative(this.#entryFolder, this.fromProject(path));
  }

  /** Whether a folder holds the entry. */
  isAround(path: string): boolean {
    return slashes(this.entry).startsWith(path.endsWith('/') ? path : `${path}/`);
  }

  /** A path as a medium of the whole disk takes it. */
  onDisk(path: string): string {
    return slashes(path);
  }
}

function slashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}
