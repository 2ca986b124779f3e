import type { ConformanceCase } from '../conformance.ts';
import { fail, refuses, same, tree } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

const withLinks = given('symlink');
const withModes = given('mode');
const withTimes = given('mtime');

/** `rename`. */
export const renaming: readonly ConformanceCase[] = [
  behaviour('rename() moves a file', async (medium) => {
    await medium.write('a', 'x');
    await medium.rename('a', 'b');
    same([await tree(medium), await medium.read('b')], [['b'], 'x']);
  }),
  behaviour('rename() replaces an existing file', async (medium) => {
    await medium.write('a', 'new');
    await medium.write('b', 'the old one');
    await medium.rename('a', 'b');
    same([await tree(medium), await medium.read('b')], [['b'], 'new']);
  }),
  behaviour('rename() replaces a file atomically: a reader always finds one of the two', async (medium) => {
    await medium.write('b', 'old');
    for (let round = 0; round < 20; round += 1) {
      await medium.write('a', 'new');
      const work = medium.rename('a', 'b');
      const seen = await Promise.all([medium.read('b'), medium.read('b')]);
      await work;
      for (const text of seen) if (text !== 'old' && text !== 'new') fail('a reader found neither', text, 'new');
    }
  }),
  behaviour('rename() makes the parents of the new path', async (medium) => {
    await medium.write('a', 'x');
    await medium.rename('a', 'p/q/b');
    same(await tree(medium), ['p', 'p/q', 'p/q/b']);
  }),
  behaviour('rename() moves a directory with its content', async (medium) => {
    await medium.write('d/e/f', 'x');
    await medium.rename('d', 'p/q');
    same([await tree(medium), await medium.read('p/q/e/f')], [['p', 'p/q', 'p/q/e', 'p/q/e/f'], 'x']);
  }),
  behaviour('rename() moves a directory up over its own parents', async (medium) => {
    await medium.write('a/b/c/f', 'x');
    await medium.rename('a/b/c', 'c');
    same(await tree(medium), ['a', 'a/b', 'c', 'c/f']);
  }),
  behaviour('rename() replaces an empty directory by a directory', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.ensureDir('e');
    await medium.rename('d', 'e');
    same(await tree(medium), ['e', 'e/f']);
  }),
  behaviour('rename() refuses a directory that is not empty with ENOTEMPTY and leaves both', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.write('e/g', 'y');
    await refuses(['ENOTEMPTY', 'EEXIST'], medium.rename('d', 'e'));
    same(await tree(medium), ['d', 'd/f', 'e', 'e/g']);
  }),
  behaviour('rename() refuses a file onto a directory with EISDIR and leaves both', async (medium) => {
    await medium.write('f', 'x');
    await medium.ensureDir('d');
    await refuses('EISDIR', medium.rename('f', 'd'));
    same(await tree(medium), ['d', 'f']);
  }),
  behaviour('rename() refuses a directory onto a file with ENOTDIR and leaves both', async (medium) => {
    await medium.write('f', 'x');
    await medium.ensureDir('d');
    await refuses('ENOTDIR', medium.rename('d', 'f'));
    same(await tree(medium), ['d', 'f']);
  }),
  behaviour('rename() refuses a directory into itself with EINVAL and leaves it', async (medium) => {
    await medium.write('d/f', 'x');
    await refuses('EINVAL', medium.rename('d', 'd/e'));
    await refuses('EINVAL', medium.rename('d', 'd/new/deep'));
    same(await tree(medium), ['d', 'd/f']);
  }),
  behaviour('rename() refuses a directory onto its own parent with ENOTEMPTY', async (medium) => {
    await medium.write('d/e/f', 'x');
    await refuses(['ENOTEMPTY', 'EEXIST'], medium.rename('d/e', 'd'));
    same(await tree(medium), ['d', 'd/e', 'd/e/f']);
  }),
  behaviour('rename() onto itself changes nothing', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.rename('d/f', './d/f');
    await medium.rename('d', 'd/');
    same([await tree(medium), await medium.read('d/f')], [['d', 'd/f'], 'x']);
  }),
  behaviour('rename() refuses a missing path with ENOENT and makes no parents', async (medium) => {
    await refuses('ENOENT', medium.rename('missing', 'b'));
    await refuses('ENOENT', medium.rename('missing', 'p/q/b'));
    await refuses('ENOENT', medium.rename('missing', 'missing/below'));
    same(await tree(medium), []);
  }),
  behaviour('rename() refuses from below a file and to below a file with ENOTDIR', async (medium) => {
    await medium.write('a', 'x');
    await medium.write('f', 'y');
    await refuses('ENOTDIR', medium.rename('f/below', 'b'));
    await refuses('ENOTDIR', medium.rename('a', 'f/below'));
    await refuses('ENOTDIR', medium.rename('f', 'f/below'));
    same(await tree(medium), ['a', 'f']);
  }),
  behaviour('rename() refuses to move or replace the root with EPERM', async (medium) => {
    await medium.write('d/f', 'x');
    await refuses('EPERM', medium.rename('', 'e'));
    await refuses('EPERM', medium.rename('d', '/'));
    same(await tree(medium), ['d', 'd/f']);
  }),
  behaviour('rename() swaps two files by way of a third name', async (medium) => {
    await medium.write('a', 'A');
    await medium.write('b', 'B');
    await medium.rename('a', 'c');
    await medium.rename('b', 'a');
    await medium.rename('c', 'b');
    same([await medium.read('a'), await medium.read('b')], ['B', 'A']);
  }),
  withModes('rename() keeps the mode', async (medium) => {
    await medium.write('a', 'x', { mode: 0o640 });
    await medium.rename('a', 'b');
    same((await medium.stat('b')).mode, 0o640);
  }),
  withTimes('rename() keeps the mtime', async (medium) => {
    const time = new Date('2001-02-03T04:05:06.789Z');
    await medium.write('a', 'x');
    await medium.utimes('a', time, time);
    await medium.rename('a', 'b');
    same((await medium.stat('b')).mtime.getTime(), time.getTime());
  }),
  withLinks('rename() moves a link itself, also a dangling one', async (medium) => {
    await medium.write('f', 'x');
    await medium.symlink('f', 'a');
    await medium.symlink('missing', 'b');
    await medium.rename('a', 'c');
    await medium.rename('b', 'd');
    same(
      [await tree(medium), await medium.readLink('c'), await medium.readLink('d')],
      [['c', 'd', 'f'], 'f', 'missing'],
    );
  }),
  withLinks('rename() onto a link replaces the link and not what it leads to', async (medium) => {
    await medium.write('target', 'old');
    await medium.symlink('target', 'link');
    await medium.write('a', 'new');
    await medium.rename('a', 'link');
    same([await medium.read('target'), await medium.read('link')], ['old', 'new']);
    same((await medium.stat('link', { follow: false })).kind, 'file');
  }),
  withLinks('rename() of a directory onto a link to a directory refuses with ENOTDIR', async (medium) => {
    await medium.ensureDir('d');
    await medium.ensureDir('e');
    await medium.symlink('e', 'link');
    await refuses('ENOTDIR', medium.rename('d', 'link'));
    same(await tree(medium), ['d', 'e', 'link']);
  }),
];
