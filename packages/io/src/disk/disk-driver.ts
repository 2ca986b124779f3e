import { lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';

import type { DriverSink, DriverWrite, MediumDriver, Walker } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import type { MediumCapabilities } from '../medium.ts';
import { parentPath } from '../path.ts';
import { Access, at, type EscapeListener } from './access.ts';
import { appendAndClose, openToAppend } from './append.ts';
import { openContent } from './atomic-write.ts';
import { setMode, setTimes } from './attributes.ts';
import { renameFile } from './calls.ts';
import { eraseAll } from './erase.ts';
import { driverStat } from './file-kind.ts';
import { FirstWrites } from './first-writes.ts';
import { Gate } from './gate.ts';
import { listDirectory } from './listing.ts';
import { lockAt } from './lock.ts';
import { MadeDirectories } from './made-directories.ts';
import { DiskHandle, type OpenFile, openToRead, readAndClose } from './read-file.ts';
import { removeAt } from './remove.ts';
import { unsettle } from './sandbox/footing.ts';
import type { Place, Sandbox } from './sandbox/sandbox.ts';
import { errorCode } from './system-error.ts';
import { inTurn } from './turns.ts';
import { watchAt } from './watch.ts';

type Primitives<K extends keyof MediumDriver> = { readonly [P in K]-?: NonNullable<MediumDriver[P]> };

/** What makes one disk unlike another. */
export interface DiskDriverOptions {
  readonly sandbox: Sandbox;
  readonly normalize: (path: string) => string;
  readonly present?: (path: string) => string;
  readonly onEscape?: EscapeListener;
}

/** Files that are read or written at a time: more than the thread pool has threads, and far from what may be open. */
const gate = new Gate(64);

/** The primitives of a disk: names are looked up at once and through the sandbox; only content takes its time. */
export function diskDriver({ sandbox, normalize, present, onEscape }: DiskDriverOptions): MediumDriver {
  const access = new Access(sandbox, onEscape);
  return {
    capabilities: capabilities(sandbox),
    normalize,
    ...(present === undefined ? {} : { present }),
    ...reading(access),
    ...writing(access),
    ...names(access),
    ...attributes(access),
    ...links(access),
    ...company(access),
  };
}

function capabilities({ strength }: Sandbox): Partial<MediumCapabilities> {
  const everywhere = { mtime: true, symlink: true, sharedLock: true, watch: true, realPath: true, durable: true };
  return { ...everywhere, mode: process.platform !== 'win32', sandbox: strength };
}

function reading(access: Access): Primitives<'read' | 'open' | 'list'> {
  const { sandbox } = access;
  const opened = (op: string, path: string, walker?: Walker): OpenFile =>
    access.look(op, path, () => openToRead(sandbox, path, walker));
  return {
    read: (path, signal) => gate.pass(() => readAndClose(opened('read', path), signal)),
    open: inTurn((path: string, walker?: Walker) => new DiskHandle(opened('open', path, walker))),
    list: inTurn((path: string, walker?: Walker) =>
      access.look('list', path, () =>
        at(walker === undefined ? sandbox.enter(path) : sandbox.enterNext(path, walker), listDirectory),
      ),
    ),
  };
}

function writing(access: Access): Primitives<'write' | 'create' | 'append' | 'mkdir'> {
  const { sandbox } = access;
  const firstWrites = new FirstWrites();
  const made = new MadeDirectories(sandbox);
  const create = (op: string, path: string, options: DriverWrite): DriverSink =>
    access.change(op, path, () => {
      const found = sandbox.find(path, !options.exclusive);
      firstWrites.at(parentPath(path), found.place.dir);
      const sink = openContent(sandbox, found, options);
      return options.durable ? made.durable(sink, path) : sink;
    });
  return {
    write: (path, bytes, options) => gate.pass(() => writeWhole(create('write', path, options), bytes)),
    create: inTurn((path: string, options: DriverWrite) => create('writeStream', path, options)),
    append: (path, bytes, { durable, signal }) =>
      gate.pass(async () => {
        signal?.throwIfAborted();
        const fd = access.change('append', path, () => openToAppend(sandbox, path));
        const isNew = await appendAndClose(fd, bytes, durable);
        if (durable && isNew) await made.syncName(path);
      }),
    mkdir: inTurn((path: string) => {
      access.change('ensureDir', path, () => {
        at(sandbox.locate(path), (place) => {
          mkdirSync(place.path);
        });
      });
      made.add(path);
    }),
  };
}

async function writeWhole(sink: DriverSink, bytes: Uint8Array): Promise<void> {
  try {
    await sink.write(bytes);
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await sink.commit();
}

function names(access: Access): Primitives<'remove' | 'removeAll' | 'rename'> {
  const { sandbox } = access;
  const located = (op: string, path: string): Place => access.look(op, path, () => sandbox.locate(path));
  return {
    remove: inTurn((path: string) => moveAt(located('delete', path), (place) => removeAt(sandbox, path, place))),
    async removeAll(path, signal) {
      const place = locatedIfAny(() => located('deleteAll', path));
      if (place !== undefined) await moveAt(place, () => eraseAll(place, signal));
    },
    rename: inTurn((from: string, to: string) =>
      moveAt(located('rename', from), (source) =>
        moveAt(located('rename', to), (target) =>
          renameFile(source.path, target.path, Math.max(sizeAt(source), sizeAt(target))),
        ),
      ),
    ),
  };
}

/** Moves or removes what stands at a place, and closes it. */
async function moveAt(place: Place, work: (place: Place) => Promise<void> | void): Promise<void> {
  try {
    await work(place);
  } finally {
    unsettle();
    place.close();
  }
}

/** A place that cannot be because its directory is missing is as good as empty. */
function locatedIfAny(locate: () => Place): Place | undefined {
  try {
    return locate();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function sizeAt(place: Place): number {
  const stats = lstatSync(place.path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : 0;
}

function attributes(access: Access): Primitives<'stat' | 'chmod' | 'utimes'> {
  const { sandbox } = access;
  return {
    stat: inTurn((path: string, follow: boolean) =>
      access.look('stat', path, () => {
        const { place, stats } = sandbox.find(path, follow);
        place.close();
        if (stats === undefined) throw ErrnoSignal.of('ENOENT');
        return driverStat(stats);
      }),
    ),
    chmod: inTurn((path: string, mode: number) => {
      access.look('chmod', path, () => {
        setMode(sandbox, path, mode);
      });
    }),
    utimes: inTurn((path: string, atime: Date, mtime: Date) => {
      access.look('utimes', path, () => {
        setTimes(sandbox, path, atime, mtime);
      });
    }),
  };
}

function links(access: Access): Primitives<'readLink' | 'symlink' | 'realPath'> {
  const { sandbox } = access;
  return {
    readLink: inTurn((path: string) =>
      access.look('readLink', path, () => at(sandbox.locate(path), (place) => readlinkSync(place.path))),
    ),
    symlink: inTurn((target: string, path: string) => {
      access.change('symlink', path, () => {
        sandbox.refuseEscape(target, path);
        at(sandbox.locate(path), (place) => {
          symlinkSync(target, place.path);
        });
      });
    }),
    realPath: inTurn((path: string) =>
      access.look('realPath', path, () => at(sandbox.follow(path), (place) => sandbox.realPath(place))),
    ),
  };
}

/** What waits for others: what is refused at once is found out first. */
function company(access: Access): Primitives<'lock' | 'watch'> {
  const { sandbox } = access;
  return {
    lock(path, options) {
      access.change('lock', path, () => {
        sandbox.locate(path).close();
      });
      return lockAt(sandbox, path, options);
    },
    watch(path, signal) {
      access.look('watch', path, () => {
        sandbox.follow(path).close();
      });
      return watchAt(sandbox, path, signal);
    },
  };
}
