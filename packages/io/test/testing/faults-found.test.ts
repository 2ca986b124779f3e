import { describe, expect, it } from '@jest/globals';
import { defineMedium, type MediumDriver, MemoryMedium } from '@core/io';
import { mediumConformance, runConformance } from '@core/io/testing';

/** A fault that a medium may have, and the sentence of the contract that it breaks. */
interface Fault {
  readonly finds: string;
  readonly driver: (sound: MediumDriver) => Partial<MediumDriver>;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Writes in place, as a file system does. */
async function inPieces(
  sound: MediumDriver,
  ...[path, bytes, options]: Parameters<MediumDriver['write']>
): Promise<void> {
  await sound.write(path, bytes.subarray(0, bytes.length / 2), options);
  await turn();
  await sound.write(path, bytes, { ...options, exclusive: false });
}

const FAULTS: Record<string, Fault> = {
  'a write that is not atomic': {
    finds: 'write() replaces a file atomically: readers see the old content or the new, whole',
    driver: (sound) => ({ write: (...args) => inPieces(sound, ...args) }),
  },
  'a temporary file that stays': {
    finds: 'write() leaves nothing beside the file',
    driver: (sound) => ({
      write: async (path, bytes, options) => {
        await sound.write(`${path}.tmp`, bytes, { ...options, exclusive: false });
        await sound.write(path, bytes, options);
      },
    }),
  },
  'an exclusive write that looks first': {
    finds: 'write() with exclusive by several at once lets exactly one through',
    driver: (sound) => ({
      write: async (path, bytes, options) => {
        const stands = await Promise.resolve(sound.stat(path, false)).then(
          () => true,
          () => false,
        );
        if (stands && options.exclusive) throw Object.assign(new Error('there'), { code: 'EEXIST' });
        await turn();
        await sound.write(path, bytes, { ...options, exclusive: false });
      },
    }),
  },
  'a write that keeps the bytes of the caller': {
    finds: "write() does not hold on to the caller's bytes",
    driver: () => {
      const kept = new Map<string, Uint8Array>();
      return {
        write: (path, bytes) => void kept.set(path, bytes),
        read: (path) => Uint8Array.from(kept.get(path) ?? []),
      };
    },
  },
  'a read that gives what the medium keeps': {
    finds: "readBytes() gives the caller's own copy",
    driver: (sound) => {
      const cache = new Map<string, Uint8Array>();
      return {
        read: async (path, signal) => {
          const bytes = cache.get(path) ?? (await sound.read(path, signal));
          cache.set(path, bytes);
          return bytes;
        },
      };
    },
  },
  'a write that ignores the signal and never undoes': {
    finds: 'append() by several at once loses and mixes nothing',
    driver: (sound) => ({
      append: async (path, bytes, { signal }) => {
        const old = await Promise.resolve(sound.read(path, signal)).catch(() => new Uint8Array());
        await turn();
        await sound.write(path, Buffer.concat([old, bytes]), options());
      },
    }),
  },
  'a size in characters': {
    finds: 'stat() counts the size in bytes',
    driver: (sound) => ({
      stat: async (path, follow) => {
        const found = await sound.stat(path, follow);
        if (found.kind !== 'file') return found;
        return { ...found, size: Buffer.from(await sound.read(path, undefined)).toString().length };
      },
    }),
  },
  'a rename over a full directory': {
    finds: 'rename() refuses a directory that is not empty with ENOTEMPTY and leaves both',
    driver: (sound) => ({
      rename: async (from, to) => {
        await sound.removeAll?.(to, undefined);
        await sound.rename(from, to);
      },
    }),
  },
  'a file beneath a file': {
    finds: 'write() refuses a path below a file with ENOTDIR and leaves the file',
    driver: (sound) => ({
      write: async (path, bytes, options) => {
        try {
          await sound.write(path, bytes, options);
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'ENOTDIR') throw error;
        }
      },
    }),
  },
  'a recursive delete that follows links': {
    finds: 'deleteAll() never follows a link out of the tree',
    driver: (sound) => ({
      removeAll: async (path) => {
        for (const { name, kind } of await sound.list(path)) {
          if (kind === 'symlink') await sound.remove((await sound.readLink?.(`${path}/${name}`))?.slice(3) ?? '');
        }
        await sound.removeAll?.(path, undefined);
      },
    }),
  },
  'a link that may lead anywhere': {
    finds: 'symlink() refuses a relative link over the root with ERR_PATH_ESCAPES_ROOT',
    driver: (sound) => ({ symlink: (target, path) => sound.symlink?.(target.replace(/^(\.\.\/)+/, ''), path) }),
  },
  'a handle that is a path': {
    finds: 'open() keeps the file readable when it is deleted or replaced',
    driver: (sound) => ({
      open: async (path) => {
        await sound.read(path, undefined);
        return {
          read: async (buffer, offset, length, position) => {
            const part = (await sound.read(path, undefined)).subarray(position, position + length);
            buffer.set(part, offset);
            return part.length;
          },
          stat: () => sound.stat(path, true),
          close: () => undefined,
        };
      },
    }),
  },
  'a lock that locks nothing': {
    finds: 'lock() lets one caller in at a time',
    driver: () => {
      const close = (): Promise<void> => Promise.resolve();
      return { lock: () => Promise.resolve({ close, [Symbol.asyncDispose]: close }) };
    },
  },
  'a mode that changes with the content': {
    finds: 'write() keeps the mode of a file it replaces',
    driver: (sound) => ({
      write: (path, bytes, { mode = 0o644, ...rest }) => sound.write(path, bytes, { ...rest, mode }),
    }),
  },
  'a watcher that ends at once': {
    finds: 'watch() of a directory tells a file that is made in it',
    driver: () => ({
      // eslint-disable-next-line @typescript-eslint/require-await -- it has nothing to wait for
      async *watch() {
        yield* [];
      },
    }),
  },
  'a claim that is not kept': {
    finds: 'realPath() gives an absolute path where realPath is claimed, undefined elsewhere',
    driver: ({ capabilities }) => ({ capabilities: { ...capabilities, realPath: true } }),
  },
};

function options(): Parameters<MediumDriver['write']>[2] {
  return { mode: undefined, exclusive: false, durable: false, signal: undefined };
}

describe('runConformance: Ugly', () => {
  it.each(Object.entries(FAULTS))('finds %s', async (_title, { finds, driver }) => {
    const cases = mediumConformance().filter(({ name }) => name === finds);
    expect(cases).toHaveLength(1);
    const sound = await runConformance(() => defineMedium({ ...new MemoryMedium().driver }), { cases });
    expect(sound.failed).toEqual([]);
    const { failed } = await runConformance(
      () => {
        const inner = new MemoryMedium().driver;
        return defineMedium({ ...inner, ...driver(inner) });
      },
      { cases },
    );
    expect(failed.map(({ name }) => name)).toEqual([finds]);
  });
});
