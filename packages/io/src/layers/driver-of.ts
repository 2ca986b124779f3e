import { DefinedMedium } from '../define-medium.ts';
import type { DriverHandle, DriverStat, MediumDriver } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import { inodeOf } from '../identity.ts';
import type { FileInfo, Medium, MediumCapabilities, ReadHandle } from '../medium.ts';
import { normalizePath, parentPath } from '../path.ts';
import { isShortcut } from '../shortcuts.ts';
import { StreamSink } from '../stream-sink.ts';

const METHODS = Object.getOwnPropertyNames(DefinedMedium.prototype).filter((name) => name !== 'constructor');

const PRIMITIVES = [
  ...(['stat', 'list', 'read', 'write', 'mkdir', 'remove', 'rename'] as const),
  ...(['append', 'open', 'create', 'removeAll', 'chmod', 'utimes', 'readLink', 'symlink'] as const),
  ...(['lock', 'watch', 'realPath', 'absolute', 'normalize', 'present'] as const),
] satisfies (keyof MediumDriver)[];

/** Primitives of which those are there, too, that can be derived from the others. */
export type CompleteDriver = MediumDriver &
  Required<Pick<MediumDriver, 'append' | 'open' | 'create' | 'removeAll' | 'lock'>> & {
    readonly capabilities: MediumCapabilities;
  };

/**
 * The primitives of any medium, to make another one of with {@link defineMedium}: its own where it was made of such,
 * else by way of its methods.
 *
 * What a medium derives (appends one after the other, locks) is asked of the medium, so that those who use it directly
 * and those who use the layer exclude each other.
 *
 * @example
 * ```ts
 * import { defineMedium, driverOf, MemoryMedium } from '@core/io';
 *
 * const inner = new MemoryMedium({ 'a.txt': 'hello' });
 * const shouting = defineMedium({
 *   ...driverOf(inner),
 *   read: async (path, signal) => Buffer.from((await inner.read(path, { signal })).toUpperCase()),
 * });
 * assert.equal(await shouting.read('a.txt'), 'HELLO');
 * ```
 */
export function driverOf(medium: Medium): CompleteDriver {
  const byMethods = overMethods(medium);
  return medium instanceof DefinedMedium && isUntouched(medium)
    ? Object.assign(byMethods, bound(medium.driver))
    : byMethods;
}

/** Whether all methods are the derived ones, or do the same: only then do the primitives alone say what the medium does. */
function isUntouched(medium: DefinedMedium): boolean {
  return METHODS.every((name) => {
    const method = Reflect.get(medium, name) as object;
    return method === Reflect.get(DefinedMedium.prototype, name) || isShortcut(method);
  });
}

/** The primitives as functions of their own, wherever the driver has them from. */
function bound(driver: MediumDriver): Partial<MediumDriver> {
  const own: Record<string, unknown> = {};
  for (const name of PRIMITIVES) {
    const primitive: unknown = Reflect.get(driver, name);
    if (typeof primitive === 'function') own[name] = primitive.bind(driver);
  }
  return own;
}

/** Those of the primitives that `inner` has, too. */
export function onlyOf(inner: MediumDriver, primitives: MediumDriver): MediumDriver {
  const kept = Object.entries(primitives).filter(([name]) => inner[name as keyof MediumDriver] !== undefined);
  return Object.fromEntries(kept) as unknown as MediumDriver;
}

/** A normalized path as every medium understands it: from the root, also where relative paths mean something else. */
function rooted(path: string): string {
  return `/${path}`;
}

function overMethods(medium: Medium): CompleteDriver {
  const { capabilities } = medium;
  return {
    capabilities,
    stat: async (path, follow) => toDriverStat(await medium.stat(rooted(path), { follow })),
    list: (path) => medium.list(rooted(path)),
    read: (path, signal) => medium.readBytes(rooted(path), { signal }),
    write: async (path, bytes, options) => {
      await assertParent(medium, path);
      await medium.write(rooted(path), bytes, options);
    },
    mkdir: async (path) => {
      if (await isThere(medium, path)) throw ErrnoSignal.of('EEXIST');
      await assertParent(medium, path);
      await medium.ensureDir(rooted(path));
    },
    remove: (path) => medium.delete(rooted(path)),
    rename: async (from, to) => {
      await assertParent(medium, to);
      await medium.rename(rooted(from), rooted(to));
    },
    append: async (path, bytes, options) => {
      await assertParent(medium, path);
      await medium.append(rooted(path), bytes, options);
    },
    open: async (path, walker) => overHandle(await medium.open(rooted(path), { walker })),
    create: async (path, options) => {
      await assertParent(medium, path);
      return new StreamSink(medium.writeStream(rooted(path), options));
    },
    removeAll: (path, signal) => medium.deleteAll(rooted(path), { signal }),
    lock: (path, options) => medium.lock(rooted(path), options),
    ...(capabilities.mode && { chmod: (path: string, mode: number) => medium.chmod(rooted(path), mode) }),
    ...(capabilities.mtime && {
      utimes: (path: string, atime: Date, mtime: Date) => medium.utimes(rooted(path), atime, mtime),
    }),
    ...(capabilities.symlink && {
      readLink: (path: string) => medium.readLink(rooted(path)),
      symlink: async (target: string, path: string) => {
        await assertParent(medium, path);
        await medium.symlink(target, rooted(path));
      },
    }),
    ...(capabilities.watch && {
      async *watch(path: string, signal: AbortSignal | undefined) {
        for await (const event of medium.watch(rooted(path), { signal })) {
          yield { type: event.type, path: normalizePath(event.path) };
        }
      },
    }),
    ...(capabilities.realPath && { realPath: (path: string) => medium.realPath(rooted(path)) }),
  };
}

/** A primitive makes no parents, but the methods do. */
async function assertParent(medium: Medium, path: string): Promise<void> {
  if ((await medium.stat(rooted(parentPath(path)))).kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
}

async function isThere(medium: Medium, path: string): Promise<boolean> {
  try {
    await medium.stat(rooted(path), { follow: false });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return false;
    throw error;
  }
}

function overHandle(handle: ReadHandle): DriverHandle {
  return {
    initialSize: handle.initialSize,
    read: (buffer, offset, length, position) => handle.read(buffer, offset, length, position),
    stat: async () => toDriverStat(await handle.stat()),
    close: () => handle.close(),
  };
}

function toDriverStat(info: FileInfo): DriverStat {
  const { kind, size, mode } = info;
  const ino = inodeOf(info);
  return { kind, size, mode, mtimeMs: info.mtime.getTime(), ...(ino !== undefined && { ino }) };
}
