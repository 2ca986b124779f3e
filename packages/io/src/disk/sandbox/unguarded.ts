import { lstatSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';

import { ErrnoSignal } from '../../errno.ts';
import { errorCode } from '../system-error.ts';
import { CheckedDirectory } from './checked-path.ts';
import { DescriptorDirectory, hasDescriptorPaths } from './descriptor-walk.ts';
import type { Directory } from './directory.ts';
import type { Found, Pin, Place, Sandbox } from './sandbox.ts';

const MOST_LINKS = 40;
const WINDOWS = process.platform === 'win32';

/** The whole file system as the kernel sees it: nothing is guarded, links are followed wherever they lead. */
export class Unguarded implements Sandbox {
  readonly strength = 'none';
  readonly root = '/';

  locate(path: string): Place {
    return new PathPlace(absolutePath(path));
  }

  follow(path: string): Place {
    let place = new PathPlace(absolutePath(path));
    for (let links = 0; links <= MOST_LINKS; links += 1) {
      const target = linkAt(place.path);
      if (target === undefined) return place;
      place = new PathPlace(isAbsolute(target) ? target : `${realpathSync(place.dir)}/${target}`);
    }
    throw new ErrnoSignal('ELOOP');
  }

  enter(path: string): Place {
    return new PathPlace(`${absolutePath(path)}/.`);
  }

  enterNext(path: string): Place {
    return this.enter(path);
  }

  find(path: string, follow: boolean): Found {
    const place = this.locate(path);
    if (!follow) return { place, stats: lstatSync(place.path, { throwIfNoEntry: false }) };
    const stats = statSync(place.path, { throwIfNoEntry: false });
    // what /proc/self/fd/1 says is the name of nothing: only the kernel can follow it
    return { place: stats === undefined || stats.isFile() ? this.follow(path) : place, stats };
  }

  open(path: string, flags: number, mode?: number): number {
    return openSync(absolutePath(path), flags, mode);
  }

  openNext(path: string, flags: number): number {
    return this.open(path, flags);
  }

  pin(place: Place): Pin {
    return { path: place.path, stats: statSync(place.path), close: nothing };
  }

  realPath(place: Place): string {
    const directory = realpathSync(place.dir);
    return place.leaf === '.' ? directory : `${directory === '/' ? '' : directory}/${place.leaf}`;
  }

  refuseEscape(): void {
    // there is no outside
  }

  renewRoot(): boolean {
    return false;
  }

  close(): void {
    // nothing is open
  }
}

class PathPlace implements Place {
  readonly dir: string;
  readonly leaf: string;
  readonly path: string;
  #directory: Directory | undefined;

  constructor(path: string) {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    const named = name !== '' && name !== '.' && name !== '..';
    this.dir = named ? path.slice(0, slash === 0 ? 1 : slash) : path;
    this.leaf = named ? name : '.';
    this.path = path;
  }

  get directory(): Directory {
    this.#directory ??= hasDescriptorPaths() ? DescriptorDirectory.open(this.dir, 0) : new CheckedDirectory(this.dir);
    return this.#directory;
  }

  close(): void {
    this.#directory?.close();
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (['EINVAL', 'ENOENT', 'UNKNOWN'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** The path on the disk of a normalized one: below the root, or on Windows below a drive. */
export function absolutePath(path: string): string {
  if (!WINDOWS) return `/${path}`;
  return /^[a-z]:$/iu.test(path) ? `${path}/` : path;
}

function nothing(): void {
  // nothing is open
}
