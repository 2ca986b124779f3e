import type { DriverStat, MediumDriver } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import { driverOf } from '../layers/driver-of.ts';
import type { Medium } from '../medium.ts';
import { KeyedMutex } from '../mutex.ts';
import { isWithin, normalizePath, parentPath } from '../path.ts';
import { resolve } from '../resolve.ts';
import type { Place } from './place.ts';

/** A medium as the system calls see it: no parents are made, a trailing slash means a directory. */
export class Volume {
  readonly medium: Medium;
  readonly driver: MediumDriver;
  /** Changes in the middle of one file, one after the other. */
  readonly mutex: KeyedMutex = new KeyedMutex();

  constructor(medium: Medium) {
    this.medium = medium;
    this.driver = driverOf(medium);
  }

  /** The path of the primitives, without a look at what a trailing slash says. */
  normalize({ given }: Place): string {
    if (given === '') throw ErrnoSignal.of('ENOENT');
    return this.driver.normalize === undefined ? normalizePath(given) : this.driver.normalize(given);
  }

  /** The path of the primitives; refuses with `ENOTDIR` where a trailing slash follows what is no directory. */
  async locate(place: Place): Promise<string> {
    const path = this.normalize(place);
    if (place.slash && (await this.driver.stat(path, true)).kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
    return path;
  }

  /** A path of the primitives as the methods of the medium take it. */
  rooted(path: string): string {
    return `/${path}`;
  }

  async stat(place: Place, follow: boolean): Promise<DriverStat> {
    return this.driver.stat(await this.locate(place), follow || place.slash);
  }

  /** What is there, or `undefined` where nothing is; refuses below a file. */
  async lookUp(path: string, follow: boolean): Promise<DriverStat | undefined> {
    try {
      return await this.driver.stat(path, follow);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Refuses where no file can be made, because the directory is missing or none. */
  async assertParent(path: string): Promise<void> {
    if ((await this.driver.stat(parentPath(path), true)).kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
  }

  assertWritable(): void {
    if (this.medium.capabilities.readOnly) throw ErrnoSignal.of('EROFS');
  }

  /** Where a path leads once all links are followed. */
  async realPath(path: string): Promise<string> {
    const { driver } = this;
    const tree = {
      root: await driver.stat('', true),
      look: (at: string) => this.lookUp(at, false),
      readLink: (at: string) => driver.readLink?.(at) ?? '',
      absolute: (target: string) => this.#inside(target),
    };
    const spot = await resolve(tree, path, true);
    if (spot.entry === undefined) throw ErrnoSignal.of('ENOENT');
    return this.rooted(spot.path);
  }

  /** The path inside the medium that an absolute target means: on a disk it is a path of the host. */
  async #inside(target: string): Promise<string> {
    const root = (await this.driver.realPath?.(''))?.slice(1); // without its leading slash
    const path = normalizePath(target);
    if (root === undefined || root === '') return path;
    if (!isWithin(root, path)) throw new ErrnoSignal('ERR_PATH_ESCAPES_ROOT');
    return path.slice(root.length + 1);
  }
}
