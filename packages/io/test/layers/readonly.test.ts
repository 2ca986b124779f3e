import { finished } from 'node:stream/promises';

import { type Medium, MemoryMedium, readonly } from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

function inner(): MemoryMedium {
  const medium = new MemoryMedium({ 'a.txt': 'hello', dir: { b: 'x' }, empty: {} });
  return medium;
}

const MUTATIONS: Record<string, (medium: Medium) => Promise<unknown>> = {
  'write of a new file': (medium) => medium.write('new', 'x'),
  'write of a file that stands': (medium) => medium.write('a.txt', 'x'),
  'write into a missing directory': (medium) => medium.write('missing/new', 'x'),
  append: (medium) => medium.append('a.txt', 'x'),
  'append of nothing': (medium) => medium.append('a.txt', ''),
  'ensureDir of a missing directory': (medium) => medium.ensureDir('missing/too'),
  delete: (medium) => medium.delete('a.txt'),
  'delete of what is missing': (medium) => medium.delete('missing'),
  deleteAll: (medium) => medium.deleteAll('dir'),
  'deleteAll of what is missing': (medium) => medium.deleteAll('missing'),
  rename: (medium) => medium.rename('a.txt', 'b.txt'),
  'rename of what is missing': (medium) => medium.rename('missing', 'b.txt'),
  chmod: (medium) => medium.chmod('a.txt', 0o600),
  utimes: (medium) => medium.utimes('a.txt', new Date(0), new Date(0)),
  symlink: (medium) => medium.symlink('a.txt', 'link'),
  writeStream: (medium) => finished(medium.writeStream('a.txt').end('x')),
  appendStream: (medium) => finished(medium.appendStream('a.txt').end('x')),
  lock: (medium) => medium.lock('a.txt'),
};

describe('readonly', () => {
  describe('Good', () => {
    it('reads everything that the medium has', async () => {
      const below = inner();
      await below.symlink('a.txt', 'link');
      const medium = readonly(below);
      expect(await medium.read('link')).toBe('hello');
      expect(await medium.readLink('link')).toBe('a.txt');
      expect((await medium.list('')).map(({ path }) => path)).toEqual(['a.txt', 'dir', 'empty', 'link']);
      await using handle = await medium.open('dir/b');
      expect((await handle.stat()).size).toBe(1);
    });

    it('says so, and claims no lock', () => {
      const { capabilities } = readonly(inner());
      expect(capabilities).toMatchObject({ readOnly: true, lock: false, sharedLock: false, mode: true, symlink: true });
    });

    it('lets ensureDir of a directory that stands pass', async () => {
      await readonly(inner()).ensureDir('dir');
      await readonly(inner()).ensureDir('');
    });

    it('tells what changes below', async () => {
      const below = inner();
      const events = readonly(below).watch('dir')[Symbol.asyncIterator]();
      const next = events.next();
      await below.write('dir/new', 'x');
      expect(await next).toEqual({ done: false, value: { type: 'create', path: 'dir/new' } });
      await events.return?.();
    });
  });

  describe('Bad', () => {
    it.each(Object.entries(MUTATIONS))('refuses %s with EROFS and leaves all as it is', async (_title, mutate) => {
      const below = inner();
      const before = JSON.stringify(below);
      const { mtime } = await below.stat('a.txt');
      await refusalOf(() => mutate(readonly(below)), 'EROFS');
      expect(JSON.stringify(below)).toBe(before);
      expect((await below.stat('a.txt')).mtime).toEqual(mtime);
    });

    it('refuses the root, a file in the way and a misuse as every medium does', async () => {
      const medium = readonly(inner());
      await refusalOf(() => medium.delete(''), 'EPERM');
      await refusalOf(() => medium.ensureDir('a.txt'), 'EEXIST');
      await refusalOf(() => medium.ensureDir('a.txt/b'), 'ENOTDIR');
      await expect(medium.write('a', 1 as never)).rejects.toThrow(TypeError);
    });
  });

  describe('Ugly', () => {
    it('stays what it is over a medium that is changed meanwhile, and over itself', async () => {
      const below = inner();
      const medium = readonly(readonly(below));
      await below.write('a.txt', 'new');
      expect(await medium.read('a.txt')).toBe('new');
      await refusalOf(() => medium.write('a.txt', 'x'), 'EROFS');
    });
  });
});
