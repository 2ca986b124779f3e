import { type FSWatcher, lstatSync, readdirSync, type Stats, statSync, watch } from 'node:fs';

import type { WatchEvent } from '../medium.ts';
import { compareNames, joinPath } from '../path.ts';
import { isReserved } from './reserved.ts';
import type { Place, Sandbox } from './sandbox/sandbox.ts';

/** What the directories of one watch have in common. */
export interface WatchScope {
  readonly sandbox: Sandbox;
  /** The one name that matters in a directory on the way to what is watched; `undefined` where all do. */
  only(directory: string): string | undefined;
  /** A directory is watched from now on. */
  armed(directory: string): void;
  tell(type: WatchEvent['type'], path: string): void;
  /** Whether there is time to look at every event; if not, everything is looked at once they are over. */
  hasTime(): boolean;
  /** A directory cannot be watched. */
  bear(error: unknown, directory: string): void;
}

/** What stood under a name: less than `Stats`, as there may be a hundred thousand. */
type Seen = Readonly<Pick<Stats, 'dev' | 'ino' | 'birthtimeMs' | 'mtimeMs' | 'size'> & { isDirectory: boolean }>;

/**
 * One watched directory and those below it. It remembers what stood in it, so that what the system tells ("something
 * about this name") becomes what happened. Nothing stays open but the system's own watch: for every look the directory
 * is walked to anew, and looked at only if it is still the same.
 */
export class WatchedDirectory {
  readonly #scope: WatchScope;
  readonly #path: string;
  /** Lets the directory above look at this one. */
  readonly #lookAtMe: () => void;
  readonly #known = new Map<string, Seen>();
  readonly #below = new Map<string, WatchedDirectory>();
  #watcher: FSWatcher | undefined;
  /** Only this one is meant; `undefined` before the first look. */
  #self: Seen | undefined;
  #isMoved = false;

  constructor(scope: WatchScope, path: string, lookAtMe: () => void) {
    this.#scope = scope;
    this.#path = path;
    this.#lookAtMe = lookAtMe;
  }

  /** Whether its name was taken away from it: what stands there is another one, even if it looks the same. */
  get isMoved(): boolean {
    return this.#isMoved;
  }

  /** Begins to watch and then looks what is there, so that nothing falls between. */
  arm(self: Seen | undefined, isNew: boolean): void {
    this.#self = self;
    try {
      this.#visit((place) => {
        this.#listen(place);
        const only = this.#scope.only(this.#path);
        const names = only === undefined ? readdirSync(place.dir).sort(compareNames) : [only];
        for (const name of names) this.#look(place, name, { isNew, isChanged: false });
      });
    } catch (error) {
      this.#scope.bear(error, this.#path);
    }
  }

  /** Looks at everything again. */
  rescan(): void {
    this.#tryVisit((place) => {
      const names = new Set([...this.#known.keys(), ...readdirSync(place.dir)]);
      for (const name of names) this.#look(place, name);
    });
    for (const directory of this.#below.values()) directory.rescan();
  }

  /** Stops; what was known to be in it is told to be gone, if `tell` says so. */
  close(tell: boolean): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    for (const name of [...this.#known.keys()].reverse()) this.#gone(name, tell);
  }

  #listen(place: Place): void {
    try {
      this.#watcher = watch(place.path, (type, name) => {
        this.#heard(type, name);
      });
      this.#watcher.on('error', this.#lookAtMe);
      this.#scope.armed(this.#path);
    } catch (error) {
      this.#scope.bear(error, this.#path);
    }
  }

  #heard(type: string, name: string | null): void {
    if (this.#watcher === undefined || !this.#scope.hasTime()) return;
    if (name === null) this.rescan();
    else if (name === '.') this.#heardOfSelf(type);
    else
      this.#tryVisit((place) => {
        this.#look(place, name, { isNew: true, isChanged: type === 'change' });
      });
  }

  /** The path that is watched ends in "/.", so that is what the directory itself is called. */
  #heardOfSelf(type: string): void {
    this.#isMoved ||= type === 'rename';
    this.#lookAtMe();
  }

  /** Does `work` in the directory, if it is there and the same; else the one above is asked to look. */
  #tryVisit(work: (place: Place) => void): void {
    try {
      if (this.#visit(work)) return;
    } catch {
      // gone, or closed to this process: the one above sees
    }
    this.#lookAtMe();
  }

  #visit(work: (place: Place) => void): boolean {
    const place = this.#scope.sandbox.enter(this.#path);
    try {
      const now = seen(statSync(place.path));
      this.#self ??= now;
      if (!isSame(this.#self, now)) return false;
      work(place);
      return true;
    } finally {
      place.close();
    }
  }

  /** Compares what stands under a name with what stood there. */
  #look(place: Place, name: string, { isNew, isChanged } = { isNew: true, isChanged: false }): void {
    const only = this.#scope.only(this.#path);
    if (isReserved(name) || (only !== undefined && name !== only)) return;
    const before = this.#known.get(name);
    const now = lookUp(place, name);
    if (now === undefined) {
      if (before !== undefined) this.#gone(name, true);
    } else if (before === undefined) {
      this.#appeared(name, now, isNew);
    } else if (before.isDirectory || now.isDirectory) {
      this.#lookAtDirectory(name, { before, now, isChanged });
    } else {
      this.#known.set(name, now);
      if (isChanged || !isUntouched(before, now)) this.#tell('change', name);
    }
  }

  #lookAtDirectory(name: string, { before, now, isChanged }: { before: Seen; now: Seen; isChanged: boolean }): void {
    const isMoved = this.#below.get(name)?.isMoved ?? false;
    if (!isMoved && isSame(before, now) && before.birthtimeMs === now.birthtimeMs) {
      if (isChanged) this.#tell('change', name);
    } else {
      this.#gone(name, true);
      this.#appeared(name, now, true);
    }
  }

  #appeared(name: string, now: Seen, isNew: boolean): void {
    this.#known.set(name, now);
    if (isNew) this.#tell('create', name);
    if (!now.isDirectory) return;
    const directory = new WatchedDirectory(this.#scope, joinPath(this.#path, name), () => {
      this.#tryVisit((place) => {
        this.#look(place, name);
      });
    });
    this.#below.set(name, directory);
    directory.arm(now, isNew);
  }

  #gone(name: string, tell: boolean): void {
    this.#below.get(name)?.close(tell);
    this.#below.delete(name);
    this.#known.delete(name);
    if (tell) this.#tell('delete', name);
  }

  #tell(type: WatchEvent['type'], name: string): void {
    this.#scope.tell(type, joinPath(this.#path, name));
  }
}

function lookUp(place: Place, name: string): Seen | undefined {
  try {
    const stats = lstatSync(`${place.dir}/${name}`, { throwIfNoEntry: false });
    return stats === undefined ? undefined : seen(stats);
  } catch {
    return undefined;
  }
}

function seen(stats: Stats): Seen {
  const { dev, ino, birthtimeMs, mtimeMs, size } = stats;
  return { dev, ino, birthtimeMs, mtimeMs, size, isDirectory: stats.isDirectory() };
}

function isSame(a: Seen, b: Seen): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.isDirectory === b.isDirectory;
}

/** A number is given again once a file is gone, so the times count too. */
function isUntouched(a: Seen, b: Seen): boolean {
  return isSame(a, b) && a.birthtimeMs === b.birthtimeMs && a.mtimeMs === b.mtimeMs && a.size === b.size;
}
