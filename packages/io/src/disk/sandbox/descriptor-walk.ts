import { closeSync, constants, fstatSync, openSync, readlinkSync, statfsSync, statSync } from 'node:fs';

import { ErrnoSignal } from '../../errno.ts';
import { below, type Directory, type Name } from './directory.ts';
import type { Pin, Place } from './sandbox.ts';
import { type Guard, isSameFile, WalkingSandbox } from './walking-sandbox.ts';

/**
 * `openat(2)` for Node, which has none: `/proc/self/fd/<n>` is the open directory itself, wherever it was moved and
 * whatever its name leads to now, so `/proc/self/fd/<n>/<name>` is `openat(n, name)`. `O_PATH` opens without permission
 * to read and without any effect on what is opened. Its number is that of every Linux that Node runs on.
 */
const O_PATH = 0x200000;
const { O_DIRECTORY, O_NOFOLLOW } = constants;
const PROC_SUPER_MAGIC = 0x9fa0;

/** A directory as an open descriptor. */
export class DescriptorDirectory implements Directory {
  readonly path: string;
  readonly #fd: number;
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
    this.path = pathOf(fd);
  }

  static open(path: Name, flags: number): DescriptorDirectory {
    return new DescriptorDirectory(openSync(path, O_PATH | O_DIRECTORY | flags));
  }

  enter(name: Name): DescriptorDirectory {
    return DescriptorDirectory.open(below(this.path, name), O_NOFOLLOW);
  }

  isGone(): boolean {
    return fstatSync(this.#fd).nlink === 0;
  }

  close(): void {
    if (!this.#closed) closeSync(this.#fd);
    this.#closed = true;
  }
}

const descriptorGuard: Guard = {
  strength: 'kernel',

  openRoot: (root) => DescriptorDirectory.open(root, 0),

  open: (place, flags, mode) => openSync(place.path, flags | O_NOFOLLOW, mode),

  pin(place: Place): Pin {
    const fd = openSync(place.path, O_PATH | O_NOFOLLOW);
    return {
      path: pathOf(fd),
      stats: fstatSync(fd),
      close: once(() => {
        closeSync(fd);
      }),
    };
  },

  realPath(directory: Directory): string {
    const path = readlinkSync(directory.path);
    // a deleted directory has a path too, which says so in words that a name could have
    const there = statSync(path, { throwIfNoEntry: false });
    if (there === undefined || !isSameFile(there, statSync(directory.path))) throw new ErrnoSignal('ENOENT');
    return path;
  },
};

/** A sandbox in which the kernel resolves every name from an open directory. Only where {@link hasDescriptorPaths}. */
export function descriptorSandbox(root: string): WalkingSandbox {
  return new WalkingSandbox(root, descriptorGuard);
}

let genuine: boolean | undefined;

/** Whether descriptors have paths here: on Linux with a `/proc` that is the kernel's own and that this process may use. */
export function hasDescriptorPaths(): boolean {
  genuine ??= process.platform === 'linux' && isGenuine();
  return genuine;
}

function isGenuine(): boolean {
  let probe: DescriptorDirectory | undefined;
  try {
    probe = DescriptorDirectory.open('/proc', O_NOFOLLOW);
    return statfsSync('/proc').type === PROC_SUPER_MAGIC && isSameFile(statSync('/proc'), statSync(`${probe.path}/.`));
  } catch {
    return false; // no /proc, or a permission model that denies it
  } finally {
    probe?.close();
  }
}

function pathOf(fd: number): string {
  return `/proc/self/fd/${String(fd)}`;
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
