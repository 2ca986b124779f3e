import { defineMedium, ErrnoSignal, IoError, type Lock, type MediumDriver } from '@core/io';
import { mediumConformance } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { inodeOf } from '../src/identity.ts';
import { bareDriver } from './support/bare-driver.ts';

/** Refuses with each code once, then does as `inner` does. */
function first<A extends unknown[], R>(codes: string[], inner: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    const code = codes.shift();
    if (code !== undefined) throw new ErrnoSignal(code);
    return inner(...args);
  };
}

describe('defineMedium() keeps the contract with seven primitives:', () => {
  const { capabilities } = defineMedium(bareDriver());
  const cases = mediumConformance().filter(({ requires }) => requires.every((name) => capabilities[name]));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    await one.run(() => defineMedium(bareDriver()));
  });
});

describe('defineMedium()', () => {
  describe('Good', () => {
    it('claims only what is sure, and what the driver says', () => {
      expect(defineMedium(bareDriver()).capabilities).toEqual({
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
      });
      expect(defineMedium({ ...bareDriver(), capabilities: { mode: true } }).capabilities.mode).toBe(true);
      expect(Object.isFrozen(defineMedium(bareDriver()).capabilities)).toBe(true);
    });

    it('borrows bytes to make text of them, and gives away those that it made of text', async () => {
      const inner = bareDriver({ f: 'x' });
      const seen: unknown[] = [];
      const medium = defineMedium({
        ...inner,
        read(path, signal, borrow) {
          seen.push(borrow);
          return inner.read(path, signal, borrow);
        },
        write(path, bytes, options) {
          seen.push(options.owned);
          return inner.write(path, bytes, options);
        },
      });
      await medium.read('f');
      await medium.readBytes('f');
      await medium.write('f', 'y');
      await medium.write('f', Uint8Array.of(1));
      expect(seen).toEqual([true, undefined, true, false]);
    });

    it('takes answers that come later as well as answers at once', async () => {
      const inner = bareDriver();
      const later = Object.fromEntries(
        Object.entries(inner).map(([name, primitive]) => [
          name,
          async (...args: unknown[]): Promise<unknown> => {
            await Promise.resolve();
            return (primitive as (...args: unknown[]) => unknown)(...args);
          },
        ]),
      ) as unknown as MediumDriver;
      const medium = defineMedium(later);
      await medium.write('a/b/f', 'x');
      await medium.append('a/b/f', 'y');
      expect(await medium.read('a/b/f')).toBe('xy');
      await expect(medium.delete('a')).rejects.toMatchObject({ code: 'ENOTEMPTY', op: 'io.delete' });
    });

    it('understands and shows paths as the driver says', async () => {
      const inner = bareDriver({ 'home/me/f': 'x' });
      const medium = defineMedium({
        ...inner,
        normalize: (path) => `home/me/${path}`,
        present: (path) => `/${path}`,
      });
      expect(await medium.read('f')).toBe('x');
      expect(await medium.stat('f')).toMatchObject({ name: 'f', path: '/home/me/f' });
      expect((await medium.list('.')).map(({ path }) => path)).toEqual(['/home/me/./f']);
    });

    it('remembers the inode of a file where the driver knows one', async () => {
      const inner = bareDriver({ f: 'x' });
      expect(inodeOf(await defineMedium(inner).stat('f'))).toBeGreaterThan(0);
      const { kind, size, mode, mtimeMs } = await inner.stat('f', true);
      const medium = defineMedium({ ...inner, stat: () => ({ kind, size, mode, mtimeMs }) });
      expect(inodeOf(await medium.stat('f'))).toBeUndefined();
    });

    it('keeps locks apart from appends, whatever paths are called', async () => {
      const medium = defineMedium(bareDriver());
      const locks = [await medium.lock('append:f'), await medium.lock('f')];
      await medium.append('f', 'x');
      for (const lock of locks) await lock.close();
      expect(await medium.read('f')).toBe('x');
    });

    it('lock() takes the lock of the driver, makes its parents, and says what it refuses', async () => {
      const inner = bareDriver();
      const calls: string[] = [];
      const lock = async (path: string): Promise<Lock> => {
        await inner.stat(path.slice(0, path.lastIndexOf('/')), true);
        calls.push(path);
        const close = (): Promise<void> => Promise.reject(new ErrnoSignal('ERR_LOCK_LOST'));
        return { close, [Symbol.asyncDispose]: close };
      };
      const held = await defineMedium({ ...inner, lock }).lock('a/b/f');
      expect(calls).toEqual(['a/b/f']);
      await expect(held.close()).rejects.toMatchObject({ name: 'IoError', code: 'ERR_LOCK_LOST', path: 'a/b/f' });
    });

    it('rename() moves a link into the directory that it leads to', async () => {
      const { driver } = new (await import('@core/io')).MemoryMedium({ d: {} });
      const medium = defineMedium(driver);
      await medium.symlink('d', 'l');
      await medium.rename('l', 'l/x');
      expect(await medium.readLink('d/x')).toBe('d');
    });
  });

  describe('Bad', () => {
    it('refuses with ERR_NOT_SUPPORTED what the driver has no primitive for', async () => {
      const medium = defineMedium(bareDriver({ f: 'x' }));
      const refused = { code: 'ERR_NOT_SUPPORTED' };
      await expect(medium.chmod('f', 0)).rejects.toMatchObject(refused);
      await expect(medium.utimes('f', new Date(0), new Date(0))).rejects.toMatchObject(refused);
      await expect(medium.readLink('f')).rejects.toMatchObject(refused);
      await expect(medium.symlink('f', 'l')).rejects.toMatchObject(refused);
      await expect(medium.watch('f')[Symbol.asyncIterator]().next()).rejects.toMatchObject(refused);
      expect(await medium.realPath('f')).toBeUndefined();
    });

    it('says of a foreign error what was done and to what, and keeps it as the cause', async () => {
      const cause = Object.assign(new Error('disk on fire'), { code: 'EIO', hint: 'Get water.' });
      const medium = defineMedium({ ...bareDriver(), read: () => Promise.reject(cause) });
      const error = await medium.read('./a').catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(IoError);
      expect(error).toMatchObject({
        message: 'Cannot read "./a": i/o error',
        op: 'io.read',
        path: './a',
        hint: 'Get water.',
        cause,
      });
    });

    it('hides its own signals and shows what caused them', async () => {
      const cause = new Error('why');
      const medium = defineMedium({
        ...bareDriver(),
        remove: () => {
          throw new ErrnoSignal('EBUSY', { cause });
        },
      });
      await expect(medium.delete('f')).rejects.toMatchObject({ code: 'EBUSY', cause });
      const plain = await defineMedium(bareDriver())
        .delete('f')
        .catch((reason: unknown) => reason);
      expect('cause' in (plain as object)).toBe(false);
    });

    it('lets through an IoError of the same path, and retells one of another', async () => {
      const inner = new IoError({ code: 'ENOENT', op: 'fetch', path: 'a' });
      const medium = defineMedium({ ...bareDriver(), read: () => Promise.reject(inner) });
      await expect(medium.read('a')).rejects.toBe(inner);
      await expect(medium.read('b')).rejects.toMatchObject({ op: 'io.read', path: 'b', cause: inner });
    });

    it('lets through misuse and errors without a code', async () => {
      for (const error of [
        new TypeError('mine'),
        Object.assign(new RangeError('mine'), { code: 'ERR_X' }),
        new Error('mine'),
      ]) {
        const medium = defineMedium({ ...bareDriver(), stat: () => Promise.reject(error) });
        await expect(medium.stat('a')).rejects.toBe(error);
        await expect(medium.exists('a')).rejects.toBe(error);
      }
    });

    it('gives the reason of the signal for the error that Node makes of it', async () => {
      const controller = new AbortController();
      const medium = defineMedium({
        ...bareDriver(),
        read: () => {
          controller.abort('enough');
          return Promise.reject(new DOMException('aborted', 'AbortError'));
        },
        write: () => Promise.reject(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' })),
      });
      await expect(medium.write('f', 'x', { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORT_ERR' });
      controller.abort('enough');
      await expect(medium.write('f', 'x', { signal: controller.signal })).rejects.toBe('enough');
    });

    it('takes wrong modes, times and durations for a misuse, before anything happens', async () => {
      const medium = defineMedium(bareDriver());
      const date = new Date(0);
      await expect(medium.chmod('missing', 0o10000)).rejects.toThrow(RangeError);
      await expect(medium.utimes('f', 'now' as unknown as Date, date)).rejects.toThrow(
        'atime must be a Date, not string',
      );
      await expect(medium.utimes('f', date, new Date(Number.NaN))).rejects.toThrow('mtime must be a valid date');
      await expect(medium.lock('f', { timeoutMs: -1 })).rejects.toThrow(RangeError);
      await expect(medium.lock('f', { stale: Number.NaN })).rejects.toThrow(RangeError);
      expect(() => medium.writeStream('f', { mode: -1 })).toThrow(RangeError);
      expect(await medium.list('')).toEqual([]);
    });

    it('deleteAll() is fine where a driver says that nothing is there', async () => {
      for (const code of ['ENOENT', 'ENOTDIR']) {
        const removeAll = (): never => {
          throw new ErrnoSignal(code);
        };
        await expect(defineMedium({ ...bareDriver(), removeAll }).deleteAll('a/b')).resolves.toBeUndefined();
      }
      const removeAll = (): Promise<never> => Promise.reject(new ErrnoSignal('EACCES'));
      await expect(defineMedium({ ...bareDriver(), removeAll }).deleteAll('a')).rejects.toMatchObject({
        code: 'EACCES',
      });
    });
  });

  describe('Ugly', () => {
    it('bears with parents that others make while it makes them', async () => {
      const inner = bareDriver();
      const mkdir = first(['ENOENT', 'EEXIST'], (path: string) => inner.mkdir(path)); // "no parent", and the parent stands when it looks
      const medium = defineMedium({ ...inner, mkdir });
      await inner.mkdir('a');
      await medium.ensureDir('a/b');
      expect(await medium.isDir('a/b')).toBe(true);
    });

    it('bears with a directory that is deleted between "it exists" and a look at it', async () => {
      const inner = bareDriver();
      await defineMedium({ ...inner, mkdir: first(['EEXIST'], (path: string) => inner.mkdir(path)) }).ensureDir('a');
      expect(await defineMedium(inner).isDir('a')).toBe(true);
    });

    it('bears with parents that others remove before the file is there', async () => {
      const inner = bareDriver();
      const medium = defineMedium({
        ...inner,
        write: first(['ENOENT', 'ENOENT', 'ENOENT'], (...args: Parameters<typeof inner.write>) => inner.write(...args)),
      });
      await medium.write('a/b/f', 'x');
      expect(await medium.read('a/b/f')).toBe('x');
    });

    it('gives up where nothing helps', async () => {
      let tries = 0;
      const never = (): never => {
        tries += 1;
        throw new ErrnoSignal('ENOENT');
      };
      const inner = bareDriver();
      await expect(defineMedium({ ...inner, write: never }).write('a/f', 'x')).rejects.toMatchObject({
        code: 'ENOENT',
      });
      await expect(defineMedium({ ...inner, mkdir: never }).ensureDir('p/q/r')).rejects.toMatchObject({
        code: 'ENOENT',
      });
      const standing = {
        ...inner,
        mkdir: first(Array<string>(1_000).fill('ENOENT'), (path: string) => inner.mkdir(path)),
      };
      await inner.mkdir('x');
      await expect(defineMedium(standing).ensureDir('x/y')).rejects.toMatchObject({ code: 'ENOENT' });
      const vanishing = {
        ...inner,
        mkdir: first(Array<string>(1_000).fill('EEXIST'), (path: string) => inner.mkdir(path)),
      };
      await expect(defineMedium(vanishing).ensureDir('z')).rejects.toMatchObject({ code: 'EEXIST' });
      expect(tries).toBeLessThan(20);
    });

    it('makes a directory ten thousand levels down without running out of stack', async () => {
      const made = new Set(['']);
      const mkdir = (path: string): void => {
        if (!made.has(path.slice(0, Math.max(0, path.lastIndexOf('/'))))) throw new ErrnoSignal('ENOENT');
        made.add(path);
      };
      await defineMedium({ ...bareDriver(), mkdir }).ensureDir(Array.from({ length: 10_000 }, () => 'd').join('/'));
      expect(made.size).toBe(10_001);
    });

    it('derives appends that lose nothing when they come at once', async () => {
      const medium = defineMedium(bareDriver());
      await Promise.all(Array.from({ length: 50 }, (_, i) => medium.append('a/log', `${String(i)}\n`)));
      const lines = (await medium.read('a/log')).trimEnd().split('\n').map(Number);
      expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    });

    it('makes no parents for a rename of what is not there', async () => {
      const medium = defineMedium(bareDriver());
      await expect(medium.rename('missing', 'a/b/c')).rejects.toMatchObject({
        code: 'ENOENT',
        path: 'missing',
        dest: 'a/b/c',
      });
      expect(await medium.list('')).toEqual([]);
    });

    it('deleteAll() goes on where others delete at the same time', async () => {
      const inner = bareDriver({ d: { e: { f: 'x' }, g: 'y' } });
      const medium = defineMedium({ ...inner, remove: first(['ENOENT'], (path: string) => inner.remove(path)) });
      await expect(medium.deleteAll('d')).rejects.toMatchObject({ code: 'ENOTEMPTY' }); // the one it was told is gone is not
      await medium.deleteAll('d');
      expect(await medium.exists('d')).toBe(false);
    });
  });
});
