import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  defineMedium,
  DiskMedium,
  driverOf,
  localMedium,
  type Medium,
  MemoryLink,
  MemoryMedium,
  type WalkOptions,
} from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

async function walked(medium: Medium, path: string, options?: WalkOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of medium.walk(path, options)) found.push(`${entry.path} ${entry.kind}`);
  return found;
}

async function paths(medium: Medium, path: string, options?: WalkOptions): Promise<string[]> {
  return (await walked(medium, path, options)).map((line) => line.replace(/ \w+$/u, ''));
}

const follow = { follow: true };

describe('walk', () => {
  describe('Good', () => {
    it('goes into directories behind links, relative and absolute, and tells the links as links', async () => {
      const medium = new MemoryMedium({ a: { f: '' }, b: { abs: new MemoryLink('/a'), rel: new MemoryLink('../a') } });
      expect(await walked(medium, 'b', follow)).toEqual([
        'b/abs symlink',
        'b/abs/f file',
        'b/rel symlink',
        'b/rel/f file',
      ]);
      expect(await walked(medium, 'b')).toEqual(['b/abs symlink', 'b/rel symlink']);
    });

    it('starts behind a link, and counts depth through links', async () => {
      const medium = new MemoryMedium({ a: { b: { c: { f: '' } } }, link: new MemoryLink('a/b') });
      expect(await paths(medium, 'link', follow)).toEqual(['link/c', 'link/c/f']);
      expect(await paths(medium, '', { follow: true, maxDepth: 2 })).toEqual(['a', 'a/b', 'link', 'link/c']);
    });

    it('gives paths that localMedium takes, and follows links of the host', async () => {
      const root = realpathSync(mkdtempSync(join(tmpdir(), 'core-io-walk-')));
      try {
        const local = localMedium();
        await local.write(`${root}/d/f`, '');
        symlinkSync(`${root}/d`, `${root}/link`);
        symlinkSync(root, `${root}/d/up`);
        const expected = ['d', 'd/f', 'd/up', 'link', 'link/f', 'link/up'];
        expect(await paths(local, root, follow)).toEqual(expected.map((path) => `${root}/${path}`));
        expect(await paths(new DiskMedium({ root }), '', follow)).toEqual(expected);
      } finally {
        rmSync(root, { recursive: true });
      }
    });
  });

  describe('Bad', () => {
    it('goes into no link that dangles, escapes, leads in a circle, to a file or below one', async () => {
      const medium = new MemoryMedium({
        circle: new MemoryLink('circle'),
        dangling: new MemoryLink('none/x'),
        d: { escape: new MemoryLink('../d/../x') },
        f: '',
        file: new MemoryLink('f'),
        below: new MemoryLink('f/x'),
      });
      await medium.rename('d/escape', 'escape');
      const names = ['below', 'circle', 'd', 'dangling', 'escape', 'f', 'file'];
      expect(await paths(medium, '', follow)).toEqual(names);
    });

    it('refuses what it cannot start at, and a depth that is none', async () => {
      const medium = new MemoryMedium({ f: '', dangling: new MemoryLink('none') });
      await refusalOf(() => paths(medium, 'missing', follow), 'ENOENT');
      await refusalOf(() => paths(medium, 'dangling', follow), 'ENOENT');
      await refusalOf(() => paths(medium, 'f', follow), 'ENOTDIR');
      await expect(paths(medium, '', { maxDepth: -1 })).rejects.toThrow(RangeError);
    });

    it('tells an error that is more than a directory that has gone', async () => {
      const driver = driverOf(new MemoryMedium({ a: {}, b: { c: {} } }));
      const medium = defineMedium({
        ...driver,
        list: (path) => {
          if (path === 'b') throw Object.assign(new Error('no'), { code: 'EACCES' });
          return driver.list(path);
        },
      });
      const seen: string[] = [];
      await refusalOf(async () => {
        for await (const { path } of medium.walk('')) seen.push(path);
      }, 'EACCES');
      expect(seen).toEqual(['a', 'b']);
    });
  });

  describe('Ugly', () => {
    it('enters each real directory once on a branch, whatever links make of it', async () => {
      const medium = new MemoryMedium({
        a: { b: { root: new MemoryLink('/'), self: new MemoryLink('.'), up: new MemoryLink('..') }, f: '' },
        x: new MemoryLink('a/b'),
      });
      expect(await paths(medium, 'a/b', follow)).toEqual([
        'a/b/root',
        'a/b/root/a',
        'a/b/root/a/b',
        'a/b/root/a/f',
        'a/b/root/x',
        'a/b/self',
        'a/b/up',
        'a/b/up/b',
        'a/b/up/f',
      ]);
    });

    it('ends for directories that all lead to each other, on a medium that knows no inodes', async () => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const links = Object.fromEntries(names.map((name) => [name, new MemoryLink(`../${name}`)]));
      const driver = driverOf(new MemoryMedium(Object.fromEntries(names.map((name) => [name, links]))));
      const medium = defineMedium({
        ...driver,
        stat: async (path, isFollowing) => {
          const { kind, size, mode, mtimeMs } = await driver.stat(path, isFollowing);
          return { kind, size, mode, mtimeMs };
        },
      });
      let depth = 0;
      for await (const { path } of medium.walk('', follow)) depth = Math.max(depth, path.split('/').length);
      expect(depth).toBe(names.length + 1);
    });

    it('passes over a directory that goes, or becomes a file, between its list and its turn', async () => {
      const medium = new MemoryMedium({ a: { f: '' }, b: { f: '' }, c: { f: '' } });
      const seen: string[] = [];
      for await (const { path } of medium.walk('')) {
        seen.push(path);
        if (path === 'a') await medium.deleteAll('a');
        if (path === 'b') await medium.deleteAll('b').then(() => medium.write('b', 'file'));
      }
      expect(seen).toEqual(['a', 'b', 'c', 'c/f']);
    });

    it('passes over a link that leads out by its turn', async () => {
      const medium = new MemoryMedium({ d: { f: '' }, link: new MemoryLink('d') });
      const driver = driverOf(medium);
      const swapping = defineMedium({
        ...driver,
        list: (path) => {
          if (path === 'link') throw Object.assign(new Error('swapped'), { code: 'ERR_PATH_ESCAPES_ROOT' });
          return driver.list(path);
        },
      });
      expect(await paths(swapping, '', follow)).toEqual(['d', 'd/f', 'link']);
    });

    it('looks again at a name that was given something else meanwhile', async () => {
      const inner = new MemoryMedium({ d: { f: '' }, e: { g: '' }, link: new MemoryLink('d') });
      const driver = driverOf(inner);
      let swaps = 0;
      const swapping = defineMedium({
        ...driver,
        readLink: async (path) => {
          swaps += 1;
          if (swaps > 1) return driver.readLink?.(path) ?? '';
          await inner.delete('link');
          await inner.rename('e', 'link');
          throw Object.assign(new Error('no link'), { code: 'EINVAL' });
        },
      });
      expect(await paths(swapping, '', follow)).toEqual(['d', 'd/f', 'e', 'e/g', 'link', 'link/g']);
    });

    it('gives one after the other to who asks for many at once, and nothing after the end', async () => {
      const medium = new MemoryMedium({ a: { b: { c: '' } }, d: '' });
      const steps = medium.walk('')[Symbol.asyncIterator]();
      const all = await Promise.all(Array.from({ length: 6 }, () => steps.next()));
      expect(all.map((step) => (step.done === true ? undefined : step.value.path))).toEqual([
        'a',
        'a/b',
        'a/b/c',
        'd',
        undefined,
        undefined,
      ]);
    });

    it('reads nothing more once it is left, and ends with the reason once it is aborted', async () => {
      const lists: string[] = [];
      const driver = driverOf(new MemoryMedium({ a: { b: {} }, c: {} }));
      const medium = defineMedium({
        ...driver,
        list: (path) => {
          lists.push(path);
          return driver.list(path);
        },
      });
      for await (const { path } of medium.walk('')) if (path === 'a/b') break;
      expect(lists.splice(0)).toEqual(['', 'a']);
      const controller = new AbortController();
      const steps = medium.walk('', { signal: controller.signal })[Symbol.asyncIterator]();
      await steps.next();
      controller.abort('enough');
      await expect(steps.next()).rejects.toBe('enough');
      expect(lists).toEqual(['']);
      await steps.return?.();
    });
  });
});
