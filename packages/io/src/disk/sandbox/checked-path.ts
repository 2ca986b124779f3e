import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync } from 'node:fs';

import { ErrnoSignal } from '../../errno.ts';
import { errorCode } from '../system-error.ts';
import { below, type Directory, type Name } from './directory.ts';
import { type Guard, isSameFile, WalkingSandbox } from './walking-sandbox.ts';
import type { Place } from './sandbox.ts';

const MACOS = process.platform === 'darwin';
/** Of macOS: refuses a link in any part of a path, which makes opening race-free. Not to be given with `O_NOFOLLOW`. */
const O_NOFOLLOW_ANY = 0x20000000;
/** Windows has neither. */
const NO_LINK = MACOS ? O_NOFOLLOW_ANY : ((constants.O_NOFOLLOW as number | undefined) ?? 0);

/** A directory by its path, in which every part has been looked at. */
export class CheckedDirectory implements Directory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  enter(name: Name): CheckedDirectory {
    const path = below(this.path === '/' ? '' : this.path, name);
    if (!lstatSync(path).isDirectory()) throw new ErrnoSignal('ENOTDIR');
    return new CheckedDirectory(String(path));
  }

  isGone(): boolean {
    return lstatSync(this.path, { throwIfNoEntry: false }) === undefined;
  }

  close(): void {
    // nothing is open
  }
}

const checkedGuard: Guard = {
  strength: MACOS ? 'partial' : 'checked',

  openRoot(root: string): Directory {
    const path = realpathSync(root);
    if (!lstatSync(path).isDirectory()) throw new ErrnoSignal('ENOTDIR');
    return new CheckedDirectory(path);
  },

  open: (place, flags, mode) => (NO_LINK === 0 ? openAndCompare(place, flags, mode) : openNoLink(place, flags, mode)),

  pin: (place) => ({
    path: place.path,
    stats: lstatSync(place.path),
    close() {
      // nothing is open
    },
  }),

  realPath: (directory) => directory.path,
};

function openNoLink(place: Place, flags: number, mode: number): number {
  try {
    return openSync(place.path, flags | NO_LINK, mode);
  } catch (error) {
    // BSD says EMLINK for a link
    throw errorCode(error) === 'EMLINK' ? new ErrnoSignal('ELOOP', { cause: error }) : error;
  }
}

function openAndCompare(place: Place, flags: number, mode: number): number {
  if (lstatSync(place.path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw new ErrnoSignal('ELOOP');
  const fd = openSync(place.path, flags, mode);
  const stands = lstatSync(place.path, { throwIfNoEntry: false });
  if (stands !== undefined && isSameFile(stands, fstatSync(fd))) return fd;
  closeSync(fd);
  throw new ErrnoSignal('ELOOP', { hint: 'It was swapped while it was opened.' });
}

/**
 * The strongest check for systems without descriptor paths: every part of a path is looked at first, then the path is
 * used. Hostile names and links are refused; a process that swaps a directory between the two is not always noticed.
 */
export function checkedSandbox(root: string): WalkingSandbox {
  return new WalkingSandbox(root, checkedGuard);
}
