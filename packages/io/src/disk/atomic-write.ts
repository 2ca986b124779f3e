import { accessSync, constants, type Stats } from 'node:fs';

import type { DriverSink, DriverWrite } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import { DeviceSink } from './device-sink.ts';
import { DirectorySync } from './directory-sync.ts';
import { quietly } from './leftovers.ts';
import { isUsable } from './read-file.ts';
import type { Found, Place, Sandbox } from './sandbox/sandbox.ts';
import { TemporaryFile } from './temporary-file.ts';

/** Opens a new content for what was found under a name; everything that can be refused beforehand is. Closes the place. */
export function openContent(sandbox: Sandbox, { place, stats }: Found, options: DriverWrite): DriverSink {
  try {
    if (stats === undefined) return new AtomicFile(place, undefined, options);
    if (options.exclusive) throw ErrnoSignal.of('EEXIST');
    if (stats.isDirectory()) throw ErrnoSignal.of('EISDIR');
    if (!isUsable(stats, sandbox)) throw new ErrnoSignal('ERR_NOT_REGULAR_FILE');
    if (!stats.isFile()) return new DeviceSink(place);
    refuseReadOnly(sandbox, place, stats);
    return new AtomicFile(place, stats, options);
  } catch (error) {
    place.close();
    throw error;
  }
}

/** A rename asks nobody whether the file may be written: who could not open it may not replace it. */
function refuseReadOnly(sandbox: Sandbox, place: Place, stats: Stats): void {
  const isOwn = stats.uid === process.geteuid?.();
  if (isOwn && (stats.mode & 0o200) !== 0) return;
  const pin = sandbox.pin(place);
  try {
    accessSync(pin.path, constants.W_OK);
  } finally {
    pin.close();
  }
}

/**
 * A new content under way: it is written beside the file that it will replace, and a rename makes it visible. Until then
 * nothing is, and wherever it fails nothing is left.
 */
class AtomicFile implements DriverSink {
  readonly #place: Place;
  readonly #replaced: Stats | undefined;
  readonly #options: DriverWrite;
  readonly #file: TemporaryFile;
  #busy: Promise<void> = Promise.resolve();

  /** The place is closed with the file. */
  constructor(place: Place, replaced: Stats | undefined, options: DriverWrite) {
    this.#place = place;
    this.#replaced = replaced;
    this.#options = options;
    // nobody may see through it what the finished file will not show; the umask may take more, for a while
    this.#file = new TemporaryFile(place, this.#mode ?? 0o666);
  }

  write(bytes: Uint8Array): Promise<void> {
    const writing = this.#file.write(bytes, this.#options.signal);
    this.#busy = writing;
    return writing;
  }

  async commit(): Promise<void> {
    try {
      if (this.#mode !== undefined) this.#file.dress(this.#mode, this.#replaced);
      if (this.#options.durable) await this.#publishDurably();
      else await this.#publish();
    } catch (error) {
      await this.abort();
      throw error;
    }
    this.#place.close();
  }

  async abort(): Promise<void> {
    // a descriptor that is closed under a write could be another file's by the time the write comes to it
    await Promise.allSettled([this.#busy]);
    quietly(() => {
      this.#file.close();
    });
    await this.#file.drop();
    this.#place.close();
  }

  /** Permission bits that are wanted exactly. */
  get #mode(): number | undefined {
    const mode = this.#options.mode ?? this.#replaced?.mode;
    return mode === undefined ? undefined : mode & 0o7777;
  }

  async #publishDurably(): Promise<void> {
    const directory = new DirectorySync(this.#place.dir);
    try {
      await this.#file.sync();
      await this.#publish();
      await directory.run();
    } finally {
      directory.close();
    }
  }

  async #publish(): Promise<void> {
    this.#file.close(); // where the disk tells late that it is full
    this.#options.signal?.throwIfAborted();
    await (this.#options.exclusive ? this.#file.claim() : this.#file.replace(this.#replaced?.size ?? 0));
  }
}
