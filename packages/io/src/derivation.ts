import { driverWrite } from './arguments.ts';
import type { Awaitable, DriverAppend, MediumDriver } from './driver.ts';
import type { FileKind } from './medium.ts';
import { KeyedMutex } from './mutex.ts';
import { joinPath, parentPath, splitPath } from './path.ts';
import { codeOf, isMissing } from './refusal.ts';

/** How often a directory that others remove meanwhile is made again. */
const RETRIES = 4;

interface WithParents<T> {
  readonly work: () => Awaitable<T>;
  readonly before: (() => unknown) | undefined;
}

/** Whether a primitive's answer is still to come: what is there need not be awaited, which is half of a quick call. */
export function isPromise<T>(result: Awaitable<T>): result is Promise<T> {
  return typeof (result as { then?: unknown } | undefined)?.then === 'function';
}

/** What several primitives of a driver make together. Paths are normalized; what a primitive throws passes through. */
export class Derivation {
  readonly #driver: MediumDriver;
  readonly #appends = new KeyedMutex();

  constructor(driver: MediumDriver) {
    this.#driver = driver;
  }

  /** Makes what is missing, from the path up and back down; what others make or remove meanwhile is borne with. */
  async ensureDir(path: string): Promise<void> {
    const stands = path === '' && (await this.#kindAt(path, true)) === 'dir';
    const missing = stands ? [] : [path];
    let patience = splitPath(path).length + RETRIES;
    for (let at = missing.at(-1); at !== undefined; at = missing.at(-1)) {
      try {
        await this.#driver.mkdir(at);
        missing.pop();
      } catch (error) {
        patience -= 1;
        const next = patience > 0 ? await this.#afterMkdir(at, codeOf(error)) : undefined;
        if (next === undefined) throw error;
        if (next === 'standing') missing.pop();
        if (next === 'orphan') missing.push(parentPath(at));
      }
    }
  }

  /** What a refused `mkdir` means: the directory stands, its parent is missing, it may be tried again, or it is final. */
  async #afterMkdir(path: string, code: string | undefined): Promise<'standing' | 'orphan' | 'again' | undefined> {
    if (code === 'ENOENT') return parentPath(path) === '' ? undefined : 'orphan';
    if (code !== 'EEXIST') return undefined;
    if ((await this.#kindAt(path, true)) === 'dir') return 'standing';
    return (await this.#kindAt(path, false)) === undefined ? 'again' : undefined;
  }

  async #kindAt(path: string, follow: boolean): Promise<FileKind | undefined> {
    try {
      return (await this.#driver.stat(path, follow)).kind;
    } catch {
      return undefined;
    }
  }

  /** Does `work`; where it says `ENOENT`, makes the parents of `path` (unless `before` refuses) and does it again. */
  withParents<T>(path: string, work: () => Awaitable<T>, before?: () => unknown): Awaitable<T> {
    const again = (error: unknown): Promise<T> => this.#withParentsAgain(error, path, { work, before });
    try {
      const result = work();
      return isPromise(result) ? result.catch(again) : result;
    } catch (error) {
      return again(error);
    }
  }

  async #withParentsAgain<T>(first: unknown, path: string, { work, before }: WithParents<T>): Promise<T> {
    let refusal = first;
    for (let retries = RETRIES; codeOf(refusal) === 'ENOENT' && retries > 0; retries -= 1) {
      await before?.();
      await this.ensureDir(parentPath(path));
      try {
        return await work();
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }

  /** Adds to the end: by the driver itself, or by reading and writing, one after the other for each path. */
  async append(path: string, bytes: Uint8Array, options: DriverAppend): Promise<void> {
    const driver = this.#driver;
    if (driver.append !== undefined) {
      await driver.append(path, bytes, options);
      return;
    }
    await this.#appends.run(path, async () => {
      const before = await this.#readOrEmpty(path, options.signal);
      await driver.write(path, Buffer.concat([before, bytes]), driverWrite(options, true));
    });
  }

  async #readOrEmpty(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    try {
      return await this.#driver.read(path, signal, true);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new Uint8Array();
      throw error;
    }
  }

  /** Removes with everything below; what is missing is fine. */
  async removeAll(path: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    try {
      const { kind } = await this.#driver.stat(path, false);
      if (kind === 'dir') {
        for (const { name } of await this.#driver.list(path)) await this.removeAll(joinPath(path, name), signal);
      }
      await this.#driver.remove(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}
