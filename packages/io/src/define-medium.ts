import type { Readable, Writable } from 'node:stream';

import { decode, encode } from './content.ts';
import type { DriverSink, DriverStat, DriverWrite, MediumDriver } from './driver.ts';
import { ErrnoSignal } from './errno.ts';
import { IoError } from './errors.ts';
import { BytesHandle, GuardedHandle } from './handle.ts';
import { rememberInode } from './identity.ts';
import type {
  CancelOptions,
  Content,
  DirEntry,
  FileInfo,
  Lock,
  LockOptions,
  Medium,
  MediumCapabilities,
  ReadHandle,
  ReadStreamOptions,
  StatOptions,
  WalkOptions,
  WatchEvent,
  WriteOptions,
  WriteStreamOptions,
} from './medium.ts';
import { KeyedMutex } from './mutex.ts';
import { baseName, compareNames, isWithin, joinPath, normalizePath, parentPath } from './path.ts';
import { AppendStream, CollectingSink, ReadStream, WriteStream } from './streams.ts';
import { walk } from './walk.ts';

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

/** A {@link Medium} over primitives: see {@link defineMedium}. The media of this package are subclasses. */
export class DefinedMedium implements Medium {
  readonly capabilities: MediumCapabilities;
  /** The primitives, for whoever wraps this medium in another. */
  readonly driver: MediumDriver;
  readonly #mutex = new KeyedMutex();

  constructor(driver: MediumDriver) {
    this.driver = driver;
    this.capabilities = Object.freeze({ ...NO_CAPABILITIES, ...driver.capabilities });
  }

  async read(path: string, options?: CancelOptions): Promise<string> {
    try {
      options?.signal?.throwIfAborted();
      return decode(await this.driver.read(this.#normalize(path), options?.signal));
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
    const how = driverWrite(options);
    try {
      options?.signal?.throwIfAborted();
      const target = this.#notRoot(path, 'EISDIR');
      await this.#withParents(target, () => this.driver.write(target, bytes, how));
    } catch (error) {
      throw this.#refusal(error, 'write', path, options);
    }
  }

  async append(path: string, content: Content, options?: CancelOptions): Promise<void> {
    const bytes = encode(content);
    try {
      options?.signal?.throwIfAborted();
      const target = this.#notRoot(path, 'EISDIR');
      await this.#withParents(target, () => this.#append(target, bytes, options?.signal));
    } catch (error) {
      throw this.#refusal(error, 'append', path, options);
    }
  }

  async ensureDir(path: string, options?: CancelOptions): Promise<void> {
    try {
      options?.signal?.throwIfAborted();
      await this.#ensureDir(this.#normalize(path));
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
      if (this.driver.removeAll === undefined) await this.#removeAll(target, options?.signal);
      else await this.driver.removeAll(target, options?.signal);
    } catch (error) {
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
        throw new ErrnoSignal(kind === 'dir' ? 'EINVAL' : 'ENOTDIR');
      }
      await this.#withParents(
        target,
        () => this.driver.rename(source, target),
        async () => void (await this.driver.stat(source, false)),
      );
    } catch (error) {
      throw this.#refusal(error, 'rename', from, options, to);
    }
  }

  async open(path: string, options?: CancelOptions): Promise<ReadHandle> {
    try {
      options?.signal?.throwIfAborted();
      const target = this.#normalize(path);
      const handle =
        this.driver.open === undefined
          ? new BytesHandle(await this.driver.read(target, options?.signal), await this.driver.stat(target, true))
          : await this.driver.open(target);
      return new GuardedHandle(handle, {
        info: (stat) => this.#info(target, stat),
        refusal: (error, op) => this.#refusal(error, op, path, undefined),
      });
    } catch (error) {
      throw this.#refusal(error, 'open', path, options);
    }
  }

  readStream(path: string, options?: ReadStreamOptions): Readable {
    return new ReadStream(() => this.open(path), options);
  }

  writeStream(path: string, options?: WriteStreamOptions): Writable {
    const how = driverWrite(options);
    return new WriteStream(
      async (): Promise<DriverSink> => {
        const target = this.#notRoot(path, 'EISDIR');
        const { driver } = this;
        return this.#withParents(target, () =>
          driver.create === undefined
            ? new CollectingSink((bytes) => this.write(path, bytes, options))
            : driver.create(target, how),
        );
      },
      (error) => this.#refusal(error, 'writeStream', path, options),
      options?.signal,
    );
  }

  appendStream(path: string, options?: CancelOptions): Writable {
    return new AppendStream((bytes) => this.append(path, bytes, options), options?.signal);
  }

  async chmod(path: string, mode: number, options?: CancelOptions): Promise<void> {
    checkMode(mode);
    try {
      options?.signal?.throwIfAborted();
      if (this.driver.chmod === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      await this.driver.chmod(this.#normalize(path), mode);
    } catch (error) {
      throw this.#refusal(error, 'chmod', path, options);
    }
  }

  async utimes(path: string, atime: Date, mtime: Date, options?: CancelOptions): Promise<void> {
    checkDate('atime', atime);
    checkDate('mtime', mtime);
    try {
      options?.signal?.throwIfAborted();
      if (this.driver.utimes === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      await this.driver.utimes(this.#normalize(path), atime, mtime);
    } catch (error) {
      throw this.#refusal(error, 'utimes', path, options);
    }
  }

  async readLink(path: string, options?: CancelOptions): Promise<string> {
    try {
      options?.signal?.throwIfAborted();
      if (this.driver.readLink === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      return await this.driver.readLink(this.#normalize(path));
    } catch (error) {
      throw this.#refusal(error, 'readLink', path, options);
    }
  }

  async symlink(target: string, path: string, options?: CancelOptions): Promise<void> {
    if (typeof target !== 'string' || target === '') throw new TypeError('The target of a link must be a text');
    try {
      options?.signal?.throwIfAborted();
      const { driver } = this;
      if (driver.symlink === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      normalizePath(target); // refuses what no path can be
      const link = this.#notRoot(path, 'EEXIST');
      await this.#withParents(link, () => driver.symlink?.(target, link));
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
      const { driver } = this;
      if (driver.lock !== undefined) {
        return await this.#withParents(target, () => driver.lock?.(target, options) as Promise<Lock>);
      }
      const release = await this.#mutex.acquire(target, options);
      const close = (): Promise<void> => Promise.resolve(release());
      return { close, [Symbol.asyncDispose]: close };
    } catch (error) {
      throw this.#refusal(error, 'lock', path, options);
    }
  }

  async *watch(path: string, options?: CancelOptions): AsyncIterable<WatchEvent> {
    try {
      options?.signal?.throwIfAborted();
      if (this.driver.watch === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
      for await (const event of this.driver.watch(this.#normalize(path), options?.signal)) {
        yield { type: event.type, path: this.#present(event.path) };
      }
    } catch (error) {
      throw this.#refusal(error, 'watch', path, options);
    }
  }

  async realPath(path: string, options?: CancelOptions): Promise<string | undefined> {
    try {
      options?.signal?.throwIfAborted();
      return await this.driver.realPath?.(this.#normalize(path));
    } catch (error) {
      throw this.#refusal(error, 'realPath', path, options);
    }
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
      const code = codeOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw this.#refusal(error, op, path, options);
    }
  }

  async #list(path: string): Promise<DirEntry[]> {
    const entries = await this.driver.list(path);
    const prefix = path === '' ? this.#present('') : `${this.#present(path)}/`;
    return entries
      .map(({ name, kind }): DirEntry => ({ name, path: prefix + name, kind }))
      .sort((a, b) => compareNames(a.name, b.name));
  }

  async #ensureDir(path: string): Promise<void> {
    if (path === '') return;
    try {
      await this.driver.mkdir(path);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') {
        // a dangling link is "not found" too, but nothing is missing above it
        if (await this.#isDirectory(parentPath(path))) throw error;
        await this.#ensureDir(parentPath(path));
        await this.#ensureDir(path);
      } else if (code !== 'EEXIST' || !(await this.#isDirectory(path))) {
        throw error;
      }
    }
  }

  async #isDirectory(path: string): Promise<boolean> {
    try {
      return (await this.driver.stat(path, true)).kind === 'dir';
    } catch {
      return false;
    }
  }

  /** Does `work`; where it says `ENOENT`, makes the parents of `path` (unless `before` refuses) and does it again. */
  async #withParents<T>(path: string, work: () => T | Promise<T>, before?: () => Promise<void>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      await before?.();
      await this.#ensureDir(parentPath(path));
      return await work();
    }
  }

  async #append(path: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const { driver } = this;
    if (driver.append !== undefined) {
      await driver.append(path, bytes, signal);
      return;
    }
    await this.#mutex.run(`append:${path}`, async () => {
      const before = await this.#readOrEmpty(path, signal);
      await driver.write(path, Buffer.concat([before, bytes]), driverWrite({ signal }));
    });
  }

  async #readOrEmpty(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    try {
      return await this.driver.read(path, signal);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new Uint8Array();
      throw error;
    }
  }

  async #removeAll(path: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    try {
      const { kind } = await this.driver.stat(path, false);
      if (kind === 'dir') {
        for (const { name } of await this.driver.list(path)) await this.#removeAll(joinPath(path, name), signal);
      }
      await this.driver.remove(path);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    }
  }

  /** What an operation rejects with: a misuse and the caller's own reason as they are, anything else as an `IoError`. */
  #refusal(error: unknown, op: string, path: string, options: CancelOptions | undefined, dest?: string): unknown {
    if (options?.signal?.aborted === true && error === options.signal.reason) return error;
    const code = codeOf(error);
    if (code === undefined || (error instanceof IoError && error.path === path)) return error;
    const { hint } = error as { hint?: string };
    const known = error instanceof ErrnoSignal;
    return new IoError({ code, op, path, dest, hint, cause: known ? error.cause : error });
  }
}

/** The code of an error that a primitive threw, or `undefined` for a misuse or anything without a code. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && !isMisuse(error) ? code : undefined;
}

function isMisuse(error: object): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

function driverWrite(options: WriteOptions | undefined): DriverWrite {
  if (options?.mode !== undefined) checkMode(options.mode);
  return {
    mode: options?.mode,
    exclusive: options?.exclusive ?? false,
    durable: options?.durable ?? false,
    signal: options?.signal,
  };
}

function checkMode(mode: number): void {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return;
  throw new RangeError(`The mode must be permission bits from 0 to 0o7777, not ${String(mode)}`);
}

function checkDate(name: string, date: Date): void {
  if (Number.isNaN(date.getTime())) throw new RangeError(`${name} must be a valid date`);
}

function checkDuration(name: string, value: number | undefined): void {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return;
  throw new RangeError(`${name} must be a number of milliseconds from 0 up, not ${String(value)}`);
}
