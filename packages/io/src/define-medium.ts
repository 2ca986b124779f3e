import type { Readable, Writable } from 'node:stream';

import { checkDate, checkDuration, checkMode, driverWrite } from './arguments.ts';
import { decode, encode } from './content.ts';
import { Derivation, isPromise } from './derivation.ts';
import type { Awaitable, DriverEntry, DriverHandle, DriverSink, DriverStat, MediumDriver, Walker } from './driver.ts';
import { ErrnoSignal } from './errno.ts';
import { BytesHandle, GuardedHandle, type HandleVoice } from './handle.ts';
import { rememberInode } from './identity.ts';
import type {
  AppendOptions,
  CancelOptions,
  Content,
  DirEntry,
  FileInfo,
  Lock,
  LockOptions,
  Medium,
  MediumCapabilities,
  OpenOptions,
  ReadHandle,
  ReadStreamOptions,
  StatOptions,
  WalkOptions,
  WatchEvent,
  WriteOptions,
  WriteStreamOptions,
} from './medium.ts';
import { KeyedMutex } from './mutex.ts';
import { baseName, isWithin, normalizePath, sortByName } from './path.ts';
import { isMissing, refusalOf } from './refusal.ts';
import { AppendStream } from './streams/append-stream.ts';
import { CollectingSink } from './streams/collecting-sink.ts';
import { ReadStream } from './streams/read-stream.ts';
import { WriteStream } from './streams/write-stream.ts';
import { listForWalks, walk } from './walk.ts';

const NO_CAPABILITIES: MediumCapabilities = {
  mode: false,
  mtime: false,
  symlink: false,
  lock: true,
  sharedLock: false,
  watch: false,
  realPath: false,
  durable: false,
  readOnly: false,
  sandbox: 'isolated',
};

/**
 * Makes a whole {@link Medium} from a handful of primitives: arguments are checked, errors get their sentence, parent
 * directories are made, text is decoded, streams, walks, locks and recursive deletes are derived, in the same way for
 * every medium.
 *
 * @example
 * ```ts
 * import { defineMedium, MemoryMedium } from '@core/io';
 *
 * // a medium that counts what is read, over the primitives of another
 * const inner = new MemoryMedium({ 'a.txt': 'hello' });
 * let reads = 0;
 * const counting = defineMedium({
 *   ...inner.driver,
 *   read(path, signal) {
 *     reads += 1;
 *     return inner.driver.read(path, signal);
 *   },
 * });
 * assert.equal(await counting.read('a.txt'), 'hello');
 * assert.equal(reads, 1);
 * ```
 */
export function defineMedium(driver: MediumDriver): DefinedMedium {
  return new DefinedMedium(driver);
}

/**
 * A {@link Medium} over primitives: see {@link defineMedium}. The media of this package are subclasses.
 *
 * @example
 * ```ts
 * import { DefinedMedium, MemoryMedium } from '@core/io';
 *
 * class LoudMedium extends DefinedMedium {
 *   override read(path: string): Promise<string> {
 *     return super.read(path).then((text) => text.toUpperCase());
 *   }
 * }
 * const { driver } = new MemoryMedium({ 'a.txt': 'hello' });
 * assert.equal(await new LoudMedium(driver).read('a.txt'), 'HELLO');
 * ```
 */
export class DefinedMedium implements Medium {
  readonly capabilities: MediumCapabilities;
  /** The primitives, for whoever wraps this medium in another. */
  readonly driver: MediumDriver;
  readonly #locks = new KeyedMutex();
  readonly #derivation: Derivation;
  readonly #voice: HandleVoice = {
    info: (path, stat) => this.#info(path, stat),
    refusal: (error, op, path) => this.#refusal(error, op, path, undefined),
  };

  constructor(driver: MediumDriver) {
    this.driver = driver;
    this.#derivation = new Derivation(driver);
    this.capabilities = Object.freeze({ ...NO_CAPABILITIES, ...driver.capabilities });
    // a subclass that lists in its own way is walked in that way
    if (this.list === DefinedMedium.prototype.list) {
      listForWalks(this, (path, walker, options) => this.#listForWalk(path, walker, options));
    }
  }

  async read(path: string, options?: CancelOptions): Promise<string> {
    try {
      options?.signal?.throwIfAborted();
      const bytes = this.driver.read(this.#normalize(path), options?.signal, true);
      return decode(isPromise(bytes) ? await bytes : bytes);
    } catch (error) {
      throw this.#refusal(error, 'read', path, options);
    }
  }

  async readBytes(path: string, options?: CancelOptions): Promise<Uint8Array> {
    try {
      options?.signal?.throwIfAborted();
      return await this.driver.read(this.#normalize(path), options?.signal);
    } catch (error) {
      throw this.#refusal(error, 'readBytes', path, options);
    }
  }

  async write(path: string, content: Content, options?: WriteOptions): Promise<void> {
    const bytes = encode(content);
    const how = driverWrite(options, typeof content === 'string');
    try {
      options?.signal?.throwIfAborted();
      const target = this.#notRoot(path, 'EISDIR');
      const done = this.#derivation.withParents(target, () => this.driver.write(target, bytes, how));
      if (isPromise(done)) await done;
    } catch (error) {
      throw this.#refusal(error, 'write', path, options);
    }
  }

  async append(path: string, content: Content, options?: AppendOptions): Promise<void> {
    await this.#appendAs('append', path, encode(content), options);
  }

  async ensureDir(path: string, options?: CancelOptions): Promise<void> {
    try {
      options?.signal?.throwIfAborted();
      await this.#derivation.ensureDir(this.#normalize(path));
    } catch (error) {
      throw this.#refusal(error, 'ensureDir', path, options);
    }
  }

  async exists(path: string, options?: CancelOptions): Promise<boolean> {
    return (await this.#lookUp('exists', path, options)) !== undefined;
  }

  async isFile(path: string, options?: CancelOptions): Promise<boolean> {
    return (await this.#lookUp('isFile', path, options))?.kind === 'file';
  }

  async isDir(path: string, options?: CancelOptions): Promise<boolean> {
    return (await this.#lookUp('isDir', path, options))?.kind === 'dir';
  }

  async stat(path: string, options?: StatOptions): Promise<FileInfo> {
    try {
      options?.signal?.throwIfAborted();
      const target = this.#normalize(path);
      return this.#info(target, await this.driver.stat(target, options?.follow ?? true));
    } catch (error) {
      throw this.#refusal(error, 'stat', path, options);
    }
  }

  async list(path: string, options?: CancelOptions): Promise<DirEntry[]> {
    try {
      options?.signal?.throwIfAborted();
      return await this.#list(this.#normalize(path));
    } catch (error) {
      throw this.#refusal(error, 'list', path, options);
    }
  }

  walk(path: string, options?: WalkOptions): AsyncIterable<DirEntry> {
    return walk(this, path, options);
  }

  async delete(path: string, options?: CancelOptions): Promise<void> {
    try {
      options?.signal?.throwIfAborted();
      await this.driver.remove(this.#notRoot(path, 'EPERM'));
    } catch (error) {
      throw this.#refusal(error, 'delete', path, options);
    }
  }

  async deleteAll(path: string, options?: CancelOptions): Promise<void> {
    try {
      options?.signal?.throwIfAborted();
      const target = this.#notRoot(path, 'EPERM');
      if (this.driver.removeAll === undefined) await this.#derivation.removeAll(target, options?.signal);
      else await this.driver.removeAll(target, options?.signal);
    } catch (error) {
      if (isMissing(error)) return;
      throw this.#refusal(error, 'deleteAll', path, options);
    }
  }

  async rename(from: string, to: string, options?: CancelOptions): Promise<void> {
    try {
      options?.signal?.throwIfAborted();
      const source = this.#notRoot(from, 'EPERM');
      const target = this.#notRoot(to, 'EPERM');
      if (source !== target && isWithin(source, target)) {
        const { kind } = await this.driver.stat(source, false);
        if (kind === 'dir') throw ErrnoSignal.of('EINVAL');
      }
      await this.#derivation.withParents(
        target,
        () => this.driver.rename(source, target),
        () => this.driver.stat(source, false), // parents are made for something that is there
      );
    } catch (error) {
      throw this.#refusal(error, 'rename', from, options, to);
    }
  }

  open(path: string, options?: OpenOptions): Promise<ReadHandle> {
    return this.#open('open', path, options);
  }

  readStream(path: string, options?: ReadStreamOptions): Readable {
    return new ReadStream(() => this.#open('readStream', path, options), options);
  }
  writeStream(path: string, options?: WriteStreamOptions): Writable {
    const how = driverWrite(options, false);
    return new WriteStream(
      async (): Promise<DriverSink> => {
        const target = this.#notRoot(path, 'EISDIR');
        const { driver } = this;
        const write = (bytes: Uint8Array): Awaitable<void> =>
          this.#derivation.withParents(target, () => driver.write(target, bytes, { ...how, owned: true }));
        return this.#derivation.withParents(target, () => driver.create?.(target, how) ?? new CollectingSink(write));
      },
      (error) => this.#refusal(error, 'writeStream', path, options),
      options?.signal,
    );
  }

  appendStream(path: string, options?: AppendOptions): Writable {
    return new AppendStream((bytes) => this.#appendAs('appendStream', path, bytes, options), options?.signal);
  }

  async chmod(path: string, mode: number, options?: CancelOptions): Promise<void> {
    checkMode(mode);
    try {
      options?.signal?.throwIfAborted();
      const target = this.#normalize(path);
      if (this.driver.chmod === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      await this.driver.chmod(target, mode);
    } catch (error) {
      throw this.#refusal(error, 'chmod', path, options);
    }
  }

  async utimes(path: string, atime: Date, mtime: Date, options?: CancelOptions): Promise<void> {
    checkDate('atime', atime);
    checkDate('mtime', mtime);
    try {
      options?.signal?.throwIfAborted();
      const target = this.#normalize(path);
      if (this.driver.utimes === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      await this.driver.utimes(target, atime, mtime);
    } catch (error) {
      throw this.#refusal(error, 'utimes', path, options);
    }
  }

  async readLink(path: string, options?: CancelOptions): Promise<string> {
    try {
      options?.signal?.throwIfAborted();
      const link = this.#normalize(path);
      if (this.driver.readLink === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      return await this.driver.readLink(link);
    } catch (error) {
      throw this.#refusal(error, 'readLink', path, options);
    }
  }

  async symlink(target: string, path: string, options?: CancelOptions): Promise<void> {
    if (typeof target !== 'string' || target === '') throw new TypeError('The target of a link must be a text');
    try {
      options?.signal?.throwIfAborted();
      const { driver } = this;
      const link = this.#notRoot(path, 'EEXIST');
      if (driver.symlink === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      normalizePath(target); // refuses what no path can be
      await this.#derivation.withParents(link, () => driver.symlink?.(target, link));
    } catch (error) {
      throw this.#refusal(error, 'symlink', path, options, target);
    }
  }

  async lock(path: string, options: LockOptions = {}): Promise<Lock> {
    checkDuration('timeoutMs', options.timeoutMs);
    checkDuration('stale', options.stale);
    try {
      options.signal?.throwIfAborted();
      const target = this.#normalize(path);
      const inner = await this.#derivation.withParents(target, () => this.driver.lock?.(target, options));
      if (inner !== undefined) return this.#voiced(inner, path);
      const release = await this.#locks.acquire(target, options);
      const close = (): Promise<void> => {
        release();
        return Promise.resolve();
      };
      return { close, [Symbol.asyncDispose]: close };
    } catch (error) {
      throw this.#refusal(error, 'lock', path, options);
    }
  }

  /** A lock that speaks as this medium where it cannot be given back. */
  #voiced(lock: Lock, path: string): Lock {
    const close = async (): Promise<void> => {
      try {
        await lock.close();
      } catch (error) {
        throw this.#refusal(error, 'unlock', path, undefined);
      }
    };
    return { close, [Symbol.asyncDispose]: close };
  }

  async *watch(path: string, options?: CancelOptions): AsyncIterable<WatchEvent> {
    try {
      options?.signal?.throwIfAborted();
      const target = this.#normalize(path);
      if (this.driver.watch === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      for await (const event of this.driver.watch(target, options?.signal)) {
        yield { type: event.type, path: this.#present(event.path) };
      }
    } catch (error) {
      throw this.#refusal(error, 'watch', path, options);
    }
  }

  async realPath(path: string, options?: CancelOptions): Promise<string | undefined> {
    try {
      options?.signal?.throwIfAborted();
      const target = this.#normalize(path);
      return await this.driver.realPath?.(target);
    } catch (error) {
      throw this.#refusal(error, 'realPath', path, options);
    }
  }

  async #open(op: string, path: string, options: OpenOptions | undefined): Promise<ReadHandle> {
    try {
      options?.signal?.throwIfAborted();
      const target = this.#normalize(path);
      const handle = this.driver.open?.(target, options?.walker) ?? this.#openWhole(target, options?.signal);
      return new GuardedHandle(isPromise(handle) ? await handle : handle, this.#voice, { path, normalized: target });
    } catch (error) {
      throw this.#refusal(error, op, path, options);
    }
  }

  async #openWhole(path: string, signal: AbortSignal | undefined): Promise<DriverHandle> {
    return new BytesHandle(await this.driver.read(path, signal), await this.driver.stat(path, true));
  }

  #normalize(path: string): string {
    return this.driver.normalize === undefined ? normalizePath(path) : this.driver.normalize(path);
  }

  #present(path: string): string {
    return this.driver.present === undefined ? path : this.driver.present(path);
  }

  #notRoot(path: string, code: string): string {
    const normalized = this.#normalize(path);
    if (normalized === '') throw new ErrnoSignal(code, { hint: 'This is the root of the medium.' });
    return normalized;
  }

  #info(path: string, stat: DriverStat): FileInfo {
    const info: FileInfo = {
      name: baseName(path),
      path: this.#present(path),
      kind: stat.kind,
      size: stat.size,
      mode: stat.mode,
      mtime: new Date(stat.mtimeMs),
    };
    if (stat.ino !== undefined) rememberInode(info, stat.ino);
    return info;
  }

  async #lookUp(op: string, path: string, options: CancelOptions | undefined): Promise<DriverStat | undefined> {
    try {
      options?.signal?.throwIfAborted();
      return await this.driver.stat(this.#normalize(path), true);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.#refusal(error, op, path, options);
    }
  }

  #listForWalk(path: string, walker: Walker, options: CancelOptions): Awaitable<DirEntry[]> {
    const refuse = (error: unknown): never => {
      throw this.#refusal(error, 'list', path, options);
    };
    try {
      const entries = this.#list(this.#normalize(path), walker);
      return isPromise(entries) ? entries.catch(refuse) : entries;
    } catch (error) {
      return refuse(error);
    }
  }

  #list(path: string, walker?: Walker): Awaitable<DirEntry[]> {
    const listed = this.driver.list(path, walker);
    const prefix = path === '' ? this.#present('') : `${this.#present(path)}/`;
    return isPromise(listed) ? listed.then((entries) => entriesBelow(prefix, entries)) : entriesBelow(prefix, listed);
  }

  async #appendAs(op: string, path: string, bytes: Uint8Array, options: AppendOptions | undefined): Promise<void> {
    try {
      options?.signal?.throwIfAborted();
      const target = this.#notRoot(path, 'EISDIR');
      const how = { durable: options?.durable === true, signal: options?.signal };
      await this.#derivation.withParents(target, () => this.#derivation.append(target, bytes, how));
    } catch (error) {
      throw this.#refusal(error, op, path, options);
    }
  }

  #refusal(error: unknown, op: string, path: string, options: CancelOptions | undefined, dest?: string): unknown {
    return refusalOf(error, { op, path, dest, signal: options?.signal });
  }
}

function entriesBelow(prefix: string, listed: readonly DriverEntry[]): DirEntry[] {
  const entries: DirEntry[] = [];
  for (const { name, kind } of listed) entries.push({ name, path: prefix + name, kind });
  return sortByName(entries);
}
