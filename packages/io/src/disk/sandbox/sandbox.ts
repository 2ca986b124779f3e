import type { Stats } from 'node:fs';

import type { Walker } from '../../driver.ts';
import { ErrnoSignal } from '../../errno.ts';
import type { SandboxStrength } from '../../medium.ts';
import type { Directory } from './directory.ts';

/**
 * A name that was walked to. `path` can be given to those calls of `node:fs` that do not follow a link at the end, until
 * `close`; what stands under the name may have changed since, where it stands may not.
 */
export interface Place {
  /** The directory: an open descriptor under `/proc` where the kernel guards it, else its checked path. */
  readonly dir: string;
  /** One name, or `.` for the directory itself. */
  readonly leaf: string;
  /** `dir`, a slash and `leaf`. */
  readonly path: string;
  /** The directory, to step down from; closed with the place. */
  readonly directory: Directory;
  /** The second call does nothing. */
  close(): void;
}

/** A place and what was seen there; `undefined` where nothing is. */
export interface Found {
  readonly place: Place;
  readonly stats: Stats | undefined;
}

/** A file held by what it is, not by its name: `path` can be given to any call of `node:fs` until `close`. */
export interface Pin {
  readonly path: string;
  readonly stats: Stats;
  close(): void;
}

/** How names become places. Paths are normalized: `a/b`, the root is `''`. Everything is done before a call returns. */
export interface Sandbox {
  readonly strength: SandboxStrength;
  /** The absolute path of the root as it was given. */
  readonly root: string;

  /** Walks to the directory of `path`; the leaf is not looked at. The root has the leaf `.`. */
  locate(path: string): Place;
  /** As `locate`, and follows links at the leaf (also dangling ones), so that the place is what they lead to. */
  follow(path: string): Place;
  /** Walks into the directory `path` itself: the leaf is `.`. `ENOTDIR` for anything else. */
  enter(path: string): Place;
  /** As `enter`, in fewer steps, for one `walker` that goes through a tree. The place is for this moment only. */
  enterNext(path: string, walker: Walker): Place;

  /** Looks at what `path` leads to, or with `follow` false at a link itself. The place is the caller's to close. */
  find(path: string, follow: boolean): Found;
  /** Opens what `path` leads to, which `flags` may make. */
  open(path: string, flags: number, mode?: number): number;
  /** As `open` without making anything, in fewer steps, for one `walker` that goes through a tree. */
  openNext(path: string, flags: number, walker: Walker): number;
  /** Holds what stands at a place, a link itself where links are guarded; `ENOENT`. */
  pin(place: Place): Pin;
  /** The absolute path of a place on the disk. */
  realPath(place: Place): string;
  /** Refuses the target of a link that should stand at the normalized `path` where it leads outside. */
  refuseEscape(target: string, path: string): void;

  /**
   * For whoever met `ENOENT`: whether the root was the reason and is there now, made with its parents if `make` says so.
   * A root that was deleted is looked up anew.
   */
  renewRoot(make: boolean): boolean;
  /** Lets go of the root once the places under way are closed; from then on every call is `ERR_HANDLE_CLOSED`. */
  close(): void;
}

/** A link, or the target of one that should be made, that leads outside the root. */
export class EscapeSignal extends ErrnoSignal {
  /** Normalized path of the link. */
  readonly link: string;
  /** What it says. */
  readonly target: string;

  constructor(link: string, target: string) {
    super('ERR_PATH_ESCAPES_ROOT', { hint: `The link ${JSON.stringify(link)} says ${JSON.stringify(target)}.` });
    this.link = link;
    this.target = target;
  }
}
