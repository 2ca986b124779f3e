import { closeSync, constants, fchmodSync, fchownSync, fstatSync, linkSync, openSync, type Stats } from 'node:fs';

import { renameFile, sync, unlinkFile, writeAll } from './calls.ts';
import { temporaryName } from './reserved.ts';
import type { Place } from './sandbox/sandbox.ts';
import { errorCode } from './system-error.ts';

const { O_CREAT, O_EXCL, O_WRONLY } = constants;
/** What disks say that know no second name for a file. */
const NO_HARD_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** A file beside a place, under a name that says whose it is, to be moved there whole or to be dropped. */
export class TemporaryFile {
  readonly #path: string;
  readonly #place: Place;
  #fd: number | undefined;
  #bytes = 0;

  constructor(place: Place, mode: number) {
    this.#place = place;
    this.#path = `${place.dir}/${temporaryName()}`;
    // exclusive: it neither follows a link nor takes what another has made
    this.#fd = openSync(this.#path, O_WRONLY | O_CREAT | O_EXCL, mode & 0o777);
  }

  async write(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    this.#bytes += bytes.length;
    await writeAll(this.#descriptor, bytes, signal);
  }

  sync(): Promise<void> {
    return sync(this.#descriptor);
  }

  /** Gives it these permission bits and, as far as that is allowed, the owner of another file. */
  dress(mode: number, like: Stats | undefined): void {
    const fd = this.#descriptor;
    const made = fstatSync(fd);
    let bits = mode;
    if (like !== undefined && (like.uid !== made.uid || like.gid !== made.gid)) {
      try {
        fchownSync(fd, like.uid, like.gid);
      } catch {
        bits &= 0o1777; // a program that runs as its owner must not run as another one
      }
    }
    if (bits !== (made.mode & 0o7777)) fchmodSync(fd, bits);
  }

  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }

  /** Moves it to its place, over a file of so many bytes. */
  replace(bytes: number): Promise<void> | void {
    return renameFile(this.#path, this.#place.path, Math.max(bytes, this.#bytes));
  }

  /** Moves it to its place, where nothing may stand: `EEXIST`. */
  async claim(): Promise<void> {
    try {
      linkSync(this.#path, this.#place.path);
    } catch (error) {
      if (!NO_HARD_LINKS.includes(errorCode(error) ?? '')) throw error;
      closeSync(openSync(this.#place.path, O_WRONLY | O_CREAT | O_EXCL, 0o600));
      await this.replace(0);
      return;
    }
    await this.drop(0);
  }

  /** Takes its name away; what resists is left for whoever clears up after dead processes. */
  async drop(bytes: number = this.#bytes): Promise<void> {
    try {
      await unlinkFile(this.#path, bytes);
    } catch {
      // as said above
    }
  }

  get #descriptor(): number {
    if (this.#fd === undefined) throw new Error('The temporary file was closed');
    return this.#fd;
  }
}
