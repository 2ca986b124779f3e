import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { isAbsolute } from 'node:path';
import { setImmediate } from 'node:timers';

import type { Walker } from '../../driver.ts';
import { ErrnoSignal } from '../../errno.ts';
import type { SandboxStrength } from '../../medium.ts';
import { baseName, parentPath, splitPath } from '../../path.ts';
import { errorCode, unsteady } from '../system-error.ts';
import { below, type Directory } from './directory.ts';
import { Footing } from './footing.ts';
import { EscapeSignal, type Found, type Pin, type Place, type Sandbox } from './sandbox.ts';
import { SharedDirectory } from './shared-directory.ts';
import { namesInside, targetNames } from './targets.ts';
import { Walk, type WalkEnd } from './walk.ts';

/** How often a name may turn into a link between two looks at it before it is refused. */
const MOST_CHANGES = 100;

/** What a way of guarding has to know: the rest is derived by {@link WalkingSandbox}. */
export interface Guard {
  readonly strength: SandboxStrength;
  /** The root as a directory, links on the way to it followed. */
  openRoot(root: string): Directory;
  /** Opens what stands at a place; `ELOOP` for a link. */
  open(place: Place, flags: number, mode: number): number;
  pin(place: Place): Pin;
  /** The path of a directory on the disk; `ENOENT` where it was deleted. */
  realPath(directory: Directory): string;
}

/** Roots that nobody can reach any more are closed with the sandbox that opened them. */
const abandoned = new FinalizationRegistry<SharedDirectory>((root) => {
  root.close();
});

/** A {@link Sandbox} that walks to every path, name by name, and lets a {@link Guard} do the opening. */
export class WalkingSandbox implements Sandbox {
  readonly strength: SandboxStrength;
  readonly root: string;
  readonly #guard: Guard;
  #opened: SharedDirectory | undefined;
  #closed = false;
  #near: { readonly walker: Walker; readonly footing: Footing } | undefined;

  constructor(root: string, guard: Guard) {
    this.root = root;
    this.strength = guard.strength;
    this.#guard = guard;
  }

  locate(path: string): Place {
    return this.#walk(path, (walk) => walk.toLeaf(false));
  }

  follow(path: string): Place {
    return this.#walk(path, (walk) => walk.toLeaf(true));
  }

  enter(path: string): Place {
    return this.#walk(path, (walk) => walk.into());
  }

  enterNext(path: string, walker: Walker): Place {
    return this.#stepFrom(walker, path, (directory) => new WalkedPlace(directory, '.', false)) ?? this.enter(path);
  }

  find(path: string, follow: boolean): Found {
    let place = this.locate(path);
    for (let changes = 0; ; changes += 1) {
      const stats = lookAt(place);
      if (!follow || stats?.isSymbolicLink() !== true) return { place, stats };
      place.close();
      if (changes === MOST_CHANGES) throw unsteady(undefined);
      place = this.follow(path);
    }
  }

  open(path: string, flags: number, mode = 0o666): number {
    let place = this.locate(path);
    for (let changes = 0; ; changes += 1) {
      try {
        return this.#guard.open(place, flags, mode);
      } catch (error) {
        // an exclusive open refuses a link with EEXIST
        if (errorCode(error) !== 'ELOOP') throw error;
        if (changes === MOST_CHANGES) throw unsteady(error);
      } finally {
        place.close();
      }
      place = this.follow(path);
    }
  }

  openNext(path: string, flags: number, walker: Walker): number {
    const leaf = baseName(path);
    const near = this.#stepFrom(walker, parentPath(path), (directory) =>
      this.#guard.open(new WalkedPlace(directory, leaf, false), flags, 0),
    );
    return near ?? this.open(path, flags);
  }

  pin(place: Place): Pin {
    return this.#guard.pin(place);
  }

  realPath(place: Place): string {
    const directory = this.#guard.realPath(place.directory);
    return place.leaf === '.' ? directory : String(below(directory === '/' ? '' : directory, place.leaf));
  }

  refuseEscape(target: string, path: string): void {
    const climbs = isAbsolute(target) ? this.#inside(target) : [...splitPath(parentPath(path)), ...targetNames(target)];
    if (climbs === undefined || climbsOver(climbs)) throw new EscapeSignal(path, target);
  }

  renewRoot(make: boolean): boolean {
    if (this.#opened !== undefined) {
      if (!this.#opened.isGone()) return false;
      this.#forget();
    }
    if (make) mkdirSync(this.root, { recursive: true });
    try {
      this.#directory();
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#forget();
  }

  #walk(path: string, how: (walk: Walk) => WalkEnd): Place {
    const root = this.#directory();
    const { directory, leaf } = how(new Walk({ directory: root, inside: (target) => this.#inside(target) }, path));
    return new WalkedPlace(directory ?? root.share(), leaf);
  }

  #inside(target: string): string[] | undefined {
    return namesInside(target, this.#guard.realPath(this.#directory()), this.root);
  }

  #directory(): SharedDirectory {
    if (this.#closed) throw new ErrnoSignal('ERR_HANDLE_CLOSED', { hint: 'The medium was closed.' });
    if (this.#opened === undefined) {
      this.#opened = new SharedDirectory(this.#guard.openRoot(this.root));
      abandoned.register(this, this.#opened, this);
    }
    return this.#opened;
  }

  /** Does `work` in the directory `path`, one step from where the walker was last; where that fails, nothing. */
  #stepFrom<T>(walker: Walker, path: string, work: (directory: Directory) => T): T | undefined {
    if (this.#near?.walker !== walker || !this.#near.footing.isFirm) this.#setOut(walker);
    try {
      return this.#near === undefined ? undefined : work(this.#near.footing.stepTo(path));
    } catch {
      this.#stop(); // the long way knows links, and what to say
      return undefined;
    }
  }

  /** A walker keeps its footing for this turn of the event loop at most: it may have been left in the middle. */
  #setOut(walker: Walker): void {
    this.#stop();
    this.#near = { walker, footing: new Footing(this.#directory()) };
    walker.release = () => {
      if (this.#near?.walker === walker) this.#stop();
    };
    setImmediate(walker.release);
  }

  #stop(): void {
    this.#near?.footing.close();
    this.#near = undefined;
  }

  #forget(): void {
    this.#stop();
    abandoned.unregister(this);
    this.#opened?.close();
    this.#opened = undefined;
  }
}

class WalkedPlace implements Place {
  readonly directory: Directory;
  readonly leaf: string;
  readonly path: string;
  #isOpen: boolean;

  constructor(directory: Directory, leaf: string, isOwn = true) {
    this.directory = directory;
    this.leaf = leaf;
    this.#isOpen = isOwn;
    this.path = `${directory.path}/${leaf}`;
  }

  get dir(): string {
    return this.directory.path;
  }

  close(): void {
    if (this.#isOpen) this.directory.close();
    this.#isOpen = false;
  }
}

function lookAt(place: Place): Stats | undefined {
  try {
    // a deleted directory that is still open can be looked at
    if (place.leaf === '.' && place.directory.isGone()) return undefined;
    return lstatSync(place.path, { throwIfNoEntry: false });
  } catch (error) {
    place.close();
    throw error;
  }
}

/** Whether names lead above where they began. */
function climbsOver(names: readonly string[]): boolean {
  let depth = 0;
  return names.some((name) => {
    if (name !== '.') depth += name === '..' ? -1 : 1;
    return depth < 0;
  });
}

/** Whether two looks saw one file. */
export function isSameFile(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}
