import type { DriverStat } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import type { ReadHandle } from '../medium.ts';
import { closedFile } from './errors.ts';
import type { OpenFlags } from './flags.ts';
import type { Place } from './place.ts';
import { findOrMake, plainWrite } from './find-or-make.ts';
import type { Volume } from './volume.ts';

const NEW_FILE_MODE = 0o666;

/**
 * A file that is open with a position, as a descriptor is.
 *
 * Reading alone sees the file as it was when it was opened. A medium replaces files whole: what is written in the middle
 * is read, changed and written anew, one change after the other; at the end it is appended.
 */
export class OpenFile {
  readonly #volume: Volume;
  readonly #path: string;
  readonly #flags: OpenFlags;
  readonly #snapshot: ReadHandle | undefined;
  readonly #isDirectory: boolean;
  #position = 0;
  #closed = false;

  private constructor(volume: Volume, path: string, flags: OpenFlags, opened: Opened) {
    this.#volume = volume;
    this.#path = path;
    this.#flags = flags;
    this.#snapshot = opened.snapshot;
    this.#isDirectory = opened.isDirectory;
  }

  static async open(volume: Volume, place: Place, flags: OpenFlags, mode: number = NEW_FILE_MODE): Promise<OpenFile> {
    const path = volume.normalize(place);
    if (flags.write) volume.assertWritable();
    const found = await findOrMake(volume, path, place, flags, mode);
    const isDirectory = found?.kind === 'dir';
    const isSnapshot = !flags.write && !isDirectory;
    const snapshot = isSnapshot ? await volume.medium.open(volume.rooted(path)) : undefined;
    return new OpenFile(volume, path, flags, { snapshot, isDirectory });
  }

  /** Reads at `position`, or on from where the last read or write ended: how many bytes, 0 at the end. */
  async read(buffer: Uint8Array, position: number | null): Promise<number> {
    this.#assertOpen('read');
    if (!this.#flags.read) throw ErrnoSignal.of('EBADF');
    if (this.#isDirectory) throw ErrnoSignal.of('EISDIR');
    const at = position ?? this.#position;
    const length = await this.#readAt(buffer, at);
    if (position === null) this.#position = at + length;
    return length;
  }

  /** Writes at `position`, or on from where the last read or write ended; at the end where the flags say append. */
  async write(bytes: Uint8Array, position: number | null): Promise<void> {
    this.#assertOpen('write');
    if (!this.#flags.write) throw ErrnoSignal.of('EBADF');
    await this.#volume.mutex.run(this.#path, async () => {
      const size = await this.#size();
      const at = this.#flags.append ? size : (position ?? this.#position);
      await this.#writeAt(bytes, at, size);
      if (position === null) this.#position = at + bytes.length;
    });
  }

  /** Cuts, or fills up with zeros. */
  async truncate(length: number): Promise<void> {
    this.#assertOpen('ftruncate');
    if (!this.#flags.write) throw ErrnoSignal.of('EINVAL');
    await this.#volume.mutex.run(this.#path, async () => {
      if (length !== (await this.#size())) await this.#rewrite((old) => resized(old, length));
    });
  }

  async stat(): Promise<DriverStat> {
    this.#assertOpen('fstat');
    return this.#volume.driver.stat(this.#path, true);
  }

  async chmod(mode: number): Promise<void> {
    this.#assertOpen('fchmod');
    await this.#volume.medium.chmod(this.#volume.rooted(this.#path), mode);
  }

  async utimes(atime: Date, mtime: Date): Promise<void> {
    this.#assertOpen('futime');
    await this.#volume.medium.utimes(this.#volume.rooted(this.#path), atime, mtime);
  }

  /** The whole file from the position on. */
  async rest(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(65_536);
      const length = await this.read(chunk, null);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    }
  }

  assertOpen(syscall: string): void {
    this.#assertOpen(syscall);
  }

  /** The second time does nothing. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#snapshot?.close();
  }

  #assertOpen(syscall: string): void {
    if (this.#closed) throw closedFile(syscall);
  }

  async #readAt(buffer: Uint8Array, at: number): Promise<number> {
    if (this.#snapshot !== undefined) return this.#snapshot.read(buffer, 0, buffer.length, at);
    await using handle = await this.#volume.medium.open(this.#volume.rooted(this.#path));
    return await handle.read(buffer, 0, buffer.length, at);
  }

  /** The name may have gone meanwhile, and nothing is behind it any more. */
  async #size(): Promise<number> {
    const found = await this.#volume.lookUp(this.#path, true);
    if (found === undefined) throw new ErrnoSignal('ESTALE', { hint: 'The open file was deleted.' });
    return found.size;
  }

  async #writeAt(bytes: Uint8Array, at: number, size: number): Promise<void> {
    if (bytes.length === 0) return;
    if (at === size) await this.#volume.medium.append(this.#volume.rooted(this.#path), bytes);
    else {
      await this.#rewrite((old) => {
        const whole = resized(old, Math.max(old.length, at + bytes.length));
        whole.set(bytes, at);
        return whole;
      });
    }
  }

  async #rewrite(change: (old: Uint8Array) => Uint8Array): Promise<void> {
    const { driver } = this.#volume;
    await driver.write(this.#path, change(await driver.read(this.#path, undefined)), plainWrite());
  }
}

interface Opened {
  readonly snapshot: ReadHandle | undefined;
  readonly isDirectory: boolean;
}

function resized(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  result.set(bytes.subarray(0, length));
  return result;
}
