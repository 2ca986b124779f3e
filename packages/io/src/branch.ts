import { ErrnoSignal } from './errno.ts';
import { IoError } from './errors.ts';
import { MediumLinks } from './links.ts';
import type { DirEntry, Medium } from './medium.ts';
import { joinPath, normalizePath } from './path.ts';

const GONE = new Set<unknown>(['ENOENT', 'ENOTDIR']);
/** Why a link is not gone through: it dangles, leads in a circle or outside, or to no directory. */
const NO_WAY = new Set<unknown>([...GONE, 'ELOOP', 'ERR_PATH_ESCAPES_ROOT']);

/** Whether an error says that what was a directory is one no more. */
export function isGone(error: unknown): boolean {
  return GONE.has((error as { code?: unknown }).code);
}

/** Whether an error says that a link leads to no directory inside the root. */
export function isNoWay(error: unknown): boolean {
  return NO_WAY.has((error as { code?: unknown }).code);
}

/**
 * The directories from the start of a walk to where it is, each by where it really stands: so that a walk through links
 * enters none of them twice, on every medium, whether it knows inodes or not.
 */
export class Branch {
  readonly #medium: Medium;
  readonly #links: MediumLinks;
  readonly #places: string[] = [];

  constructor(medium: Medium) {
    this.#medium = medium;
    this.#links = new MediumLinks(medium);
  }

  /** Where the walk starts. */
  async begin(path: string): Promise<void> {
    const { path: presented } = await this.#medium.stat(path);
    try {
      this.#places.push((await this.#links.resolve(normalizePath(presented))).path);
    } catch (error) {
      // what stands there was changed since it was looked at
      if (!(error instanceof ErrnoSignal)) throw error;
      throw new IoError({ code: error.code, op: 'walk', path, hint: error.hint });
    }
  }

  /** Whether an entry of the last directory is a new one, or a link to such; then it is the last one from here on. */
  async enter(entry: DirEntry): Promise<boolean> {
    const place = await this.#placeOf(entry);
    if (place === undefined || this.#places.includes(place)) return false;
    this.#places.push(place);
    return true;
  }

  leave(): void {
    this.#places.pop();
  }

  async #placeOf(entry: DirEntry): Promise<string | undefined> {
    const path = joinPath(this.#places.at(-1) ?? '', entry.name);
    if (entry.kind === 'dir') return path;
    try {
      const spot = await this.#links.resolve(path);
      return spot.entry?.kind === 'dir' ? spot.path : undefined;
    } catch (error) {
      if (isNoWay(error)) return undefined;
      throw error;
    }
  }
}
