import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, localMedium, MemoryMedium, readonly, sub } from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

/** A folder of the disk that is gone after the test. */
async function onDisk(work: (root: string) => Promise<void>): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'core-io-sub-')));
  try {
    await work(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('sub', () => {
  describe('Good', () => {
    it('begins all paths at the folder, in results, errors and events', async () => {
      const whole = new MemoryMedium({ site: { img: { 'a.png': 'png' } } });
      const site = sub(whole, 'site');
      expect(await site.list('img')).toEqual([{ name: 'a.png', path: 'img/a.png', kind: 'file' }]);
      expect(await site.stat('img/a.png')).toMatchObject({ name: 'a.png', path: 'img/a.png' });
      const error = await refusalOf(() => site.read('missing'), 'ENOENT');
      expect(error.message).toBe('Cannot read "missing": no such file or directory');
      const events = site.watch('img')[Symbol.asyncIterator]();
      const next = events.next();
      await site.write('img/b', 'x');
      expect(await next).toEqual({ done: false, value: { type: 'create', path: 'img/b' } });
      await events.return?.();
    });

    it.each(['site', '/site/', './x/../site', 'site/.'])('takes the folder spelled %j', async (prefix) => {
      expect(await sub(new MemoryMedium({ site: { a: 'x' } }), prefix).read('a')).toBe('x');
    });

    it('is empty while the folder is missing, and made by the first write', async () => {
      const whole = new MemoryMedium();
      const part = sub(whole, 'a/b');
      expect([await part.list(''), await part.isDir(''), await part.exists('x')]).toEqual([[], true, false]);
      expect(whole.toJSON()).toEqual({});
      await part.write('c/d', 'x');
      expect(whole.toJSON()).toEqual({ a: { b: { c: { d: 'x' } } } });
    });

    it.each([
      ['append', (part: ReturnType<typeof sub>): Promise<void> => part.append('f', 'x')],
      ['ensureDir', (part: ReturnType<typeof sub>): Promise<void> => part.ensureDir('d')],
      ['symlink', (part: ReturnType<typeof sub>): Promise<void> => part.symlink('x', 'l')],
      ['chmod of its root', (part: ReturnType<typeof sub>): Promise<void> => part.chmod('', 0o700)],
    ])('makes the folder by %s', async (_title, work) => {
      const whole = new MemoryMedium();
      await work(sub(whole, 'a/b'));
      expect(await whole.isDir('a/b')).toBe(true);
    });

    it('keeps links inside, absolute ones from the folder, for both who look at them', async () => {
      const whole = new MemoryMedium({ p: { d: { f: 'x' } } });
      const part = sub(whole, 'p');
      await part.symlink('/d/f', 'absolute');
      await part.symlink('../d', 'd/relative');
      expect(await part.read('absolute')).toBe('x');
      expect(await part.read('d/relative/f')).toBe('x');
      expect([await part.readLink('absolute'), await whole.readLink('p/absolute')]).toEqual(['/d/f', '/p/d/f']);
      expect(await whole.read('p/absolute')).toBe('x');
    });

    it('gives real paths, and follows links that say such', async () => {
      await onDisk(async (root) => {
        const part = sub(new DiskMedium({ root }), 'p');
        await part.write('d/f', 'x');
        expect(await part.realPath('d/f')).toBe(`${root}/p/d/f`);
        await part.symlink(`${root}/p/d`, 'link');
        expect(await part.read('link/f')).toBe('x');
        await refusalOf(() => part.symlink(root, 'out'), 'ERR_PATH_ESCAPES_ROOT');
      });
    });

    it('is a folder of the whole disk', async () => {
      await onDisk(async (root) => {
        const part = sub(localMedium(), root);
        await part.write('f', 'x');
        expect(await part.stat('f')).toMatchObject({ path: 'f', kind: 'file' });
        expect(part.capabilities.sandbox).toBe('checked');
      });
    });

    it('shares locks with the medium', async () => {
      const whole = new MemoryMedium();
      const held = await sub(whole, 'p').lock('f');
      await refusalOf(() => whole.lock('p/f', { timeoutMs: 0 }), 'ERR_LOCK_TIMEOUT');
      await held.close();
    });
  });

  describe('Bad', () => {
    it('cannot be climbed out of by a path', async () => {
      const whole = new MemoryMedium({ secret: 'no', p: {} });
      const part = sub(whole, 'p');
      await part.write('../../secret', 'mine');
      await part.rename('secret', '../moved');
      expect(whole.toJSON()).toEqual({ secret: 'no', p: { moved: 'mine' } });
    });

    it.each(['../secret', 'd/../../secret', '/secret', '/p/../secret', 'up/secret'])(
      'refuses to follow a link that says %j',
      async (target) => {
        const whole = new MemoryMedium({ secret: 'no', p: { d: {} } });
        await whole.symlink('..', 'p/up');
        await whole.symlink(target, 'p/link');
        const part = sub(whole, 'p');
        for (const work of [
          (): Promise<unknown> => part.read('link'),
          (): Promise<unknown> => part.write('link', 'x'),
          (): Promise<unknown> => part.append('link', 'x'),
          (): Promise<unknown> => part.stat('link'),
          (): Promise<unknown> => part.chmod('link', 0o777),
          (): Promise<unknown> => part.open('link'),
        ]) {
          await refusalOf(work, 'ERR_PATH_ESCAPES_ROOT');
        }
        expect(await whole.read('secret')).toBe('no');
      },
    );

    it('refuses to make a link that leads out, and removes one', async () => {
      const whole = new MemoryMedium({ p: { d: {} } });
      const part = sub(whole, 'p');
      await refusalOf(() => part.symlink('../x', 'link'), 'ERR_PATH_ESCAPES_ROOT');
      await refusalOf(() => part.symlink('/../x', 'link'), 'ERR_PATH_ESCAPES_ROOT');
      await whole.symlink('../..', 'p/d/out');
      await part.delete('d/out');
      expect(whole.toJSON()).toEqual({ p: { d: {} } });
    });

    it('refuses a file in the place of the folder with ENOTDIR', async () => {
      const part = sub(new MemoryMedium({ p: 'file' }), 'p');
      for (const work of [
        (): Promise<unknown> => part.list(''),
        (): Promise<unknown> => part.stat(''),
        (): Promise<unknown> => part.read(''),
        (): Promise<unknown> => part.write('f', 'x'),
      ]) {
        await refusalOf(work, 'ENOTDIR');
      }
    });

    it('refuses its own root as every medium does', async () => {
      const part = sub(new MemoryMedium(), 'p');
      await refusalOf(() => part.deleteAll(''), 'EPERM');
      await refusalOf(() => part.write('', 'x'), 'EISDIR');
      await refusalOf(() => part.open(''), 'EISDIR');
    });

    it('refuses a prefix that is no path', () => {
      expect(() => sub(new MemoryMedium(), 1 as never)).toThrow(TypeError);
    });
  });

  describe('Ugly', () => {
    it('walks no further than the folder on a disk with links to everywhere', async () => {
      await onDisk(async (root) => {
        const whole = new DiskMedium({ root });
        await whole.write('secret/f', 'no');
        await whole.write('p/d/f', 'x');
        symlinkSync('../secret', `${root}/p/in-the-medium`);
        symlinkSync('/', `${root}/p/host`);
        symlinkSync('../../p', `${root}/p/d/itself`);
        const found: string[] = [];
        for await (const { path } of sub(whole, 'p').walk('', { follow: true })) found.push(path);
        expect(found).toEqual(['d', 'd/f', 'd/itself', 'host', 'in-the-medium']);
        await refusalOf(() => sub(whole, 'p').read('in-the-medium/f'), 'ERR_PATH_ESCAPES_ROOT');
      });
    });

    it('refuses a circle of links with ELOOP, and a link to itself', async () => {
      const whole = new MemoryMedium({ p: {} });
      await whole.symlink('b', 'p/a');
      await whole.symlink('a', 'p/b');
      await refusalOf(() => sub(whole, 'p').read('a'), 'ELOOP');
      await refusalOf(() => sub(whole, 'p').write('a/f', 'x'), 'ELOOP');
    });

    it('makes its folder once by many writes at once, and again after it was deleted', async () => {
      const whole = new MemoryMedium();
      const part = sub(whole, 'a/b/c');
      await Promise.all(Array.from({ length: 20 }, (_, i) => part.write(`d/${String(i)}`, 'x')));
      await whole.deleteAll('a');
      await part.write('f', 'again');
      expect(whole.toJSON()).toEqual({ a: { b: { c: { f: 'again' } } } });
    });

    it('is refused by what it stands on', async () => {
      const part = sub(readonly(new MemoryMedium()), 'p');
      await refusalOf(() => part.write('f', 'x'), 'EROFS');
      expect(part.capabilities.readOnly).toBe(true);
    });

    it('stacks', async () => {
      const whole = new MemoryMedium();
      await sub(sub(whole, 'a'), 'b').write('f', 'x');
      expect(whole.toJSON()).toEqual({ a: { b: { f: 'x' } } });
    });
  });
});
