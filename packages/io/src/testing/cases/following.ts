import type { Medium } from '../../medium.ts';
import type { ConformanceCase } from '../conformance.ts';
import { collect, finish, refuses, same, tree } from '../expect.ts';
import { given } from './behaviour.ts';

const withLinks = given('symlink');

/** `link1` leads to `link0`, … which leads to `f`: `length` links on the way. */
async function chain(medium: Medium, length: number): Promise<string> {
  await medium.write('f', 'x');
  for (let i = 0; i < length; i += 1) await medium.symlink(i === 0 ? 'f' : `link${String(i - 1)}`, `link${String(i)}`);
  return `link${String(length - 1)}`;
}

/** What the other methods do with links. */
export const following: readonly ConformanceCase[] = [
  withLinks('read() follows links to files, one after the other', async (medium) => {
    same(await medium.read(await chain(medium, 5)), 'x');
  }),
  withLinks('read() takes the target of a link from where the link is', async (medium) => {
    await medium.write('d/f', 'near');
    await medium.write('f', 'far');
    await medium.symlink('f', 'd/near');
    await medium.symlink('../f', 'd/far');
    same([await medium.read('d/near'), await medium.read('d/far')], ['near', 'far']);
  }),
  withLinks('read() follows links to directories in the middle of a path', async (medium) => {
    await medium.write('d/e/f', 'x');
    await medium.symlink('d', 'link');
    await medium.symlink('../d/e', 'links/e');
    same([await medium.read('link/e/f'), await medium.read('links/e/f')], ['x', 'x']);
  }),
  withLinks('read() takes ".." by the letter, not by where a link leads', async (medium) => {
    await medium.write('d/e/x', 'x');
    await medium.write('f', 'by the letter');
    await medium.write('d/f', 'by the link');
    await medium.symlink('d/e', 'link');
    same(await medium.read('link/../f'), 'by the letter');
  }),
  withLinks('read() refuses a dangling link with ENOENT', async (medium) => {
    await medium.symlink('missing', 'link');
    await refuses('ENOENT', medium.read('link'));
  }),
  withLinks('read() refuses a loop of links with ELOOP', async (medium) => {
    await medium.symlink('b', 'a');
    await medium.symlink('a', 'b');
    await medium.symlink('self', 'self');
    for (const path of ['a', 'self', 'a/below']) await refuses('ELOOP', medium.read(path));
  }),
  withLinks('read() follows 40 links and refuses the 41st with ELOOP', async (medium) => {
    const last = await chain(medium, 40);
    same(await medium.read(last), 'x');
    await medium.symlink(last, 'one-more');
    await refuses('ELOOP', medium.read('one-more'));
  }),
  withLinks('read() refuses a link to a directory with EISDIR', async (medium) => {
    await medium.ensureDir('d');
    await medium.symlink('d', 'link');
    await refuses('EISDIR', medium.read('link'));
  }),
  withLinks('exists(), isFile() and isDir() follow links', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d/f', 'file');
    await medium.symlink('d', 'dir');
    same([await medium.exists('file'), await medium.isFile('file'), await medium.isDir('dir')], [true, true, true]);
    same([await medium.isDir('file'), await medium.isFile('dir')], [false, false]);
  }),
  withLinks('exists() is false for a dangling link', async (medium) => {
    await medium.symlink('missing', 'link');
    same(await medium.exists('link'), false);
  }),
  withLinks('exists() refuses a loop of links with ELOOP: that is not "not found"', async (medium) => {
    await medium.symlink('link', 'link');
    await refuses('ELOOP', medium.exists('link'));
  }),
  withLinks('stat() follows a link and keeps the name that was asked for', async (medium) => {
    await medium.write('d/f', 'four');
    await medium.symlink('d/f', 'link');
    const { name, path, kind, size } = await medium.stat('link');
    same({ name, path, kind, size }, { name: 'link', path: 'link', kind: 'file', size: 4 });
  }),
  withLinks('stat() without follow looks at the link itself', async (medium) => {
    await medium.ensureDir('d');
    await medium.symlink('d', 'dir');
    await medium.symlink('missing', 'dangling');
    for (const path of ['dir', 'dangling']) same((await medium.stat(path, { follow: false })).kind, 'symlink');
    same((await medium.stat('d', { follow: false })).kind, 'dir');
  }),
  withLinks('stat() without follow still follows links on the way', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d', 'dir');
    same((await medium.stat('dir/f', { follow: false })).kind, 'file');
  }),
  withLinks('list() tells a link as a link, whatever it leads to', async (medium) => {
    await medium.ensureDir('d');
    await medium.symlink('d', 'dir');
    await medium.symlink('missing', 'dangling');
    same(
      (await medium.list('')).map(({ name, kind }) => `${name} ${kind}`),
      ['d dir', 'dangling symlink', 'dir symlink'],
    );
  }),
  withLinks('list() goes through a link to a directory', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d', 'link');
    same(await medium.list('link'), [{ name: 'f', path: 'link/f', kind: 'file' }]);
  }),
  withLinks('write() through a link writes what it leads to and leaves the link', async (medium) => {
    await medium.write('d/f', 'old');
    await medium.symlink('d/f', 'link');
    await medium.write('link', 'new');
    same([await medium.read('d/f'), await medium.readLink('link')], ['new', 'd/f']);
    same(await tree(medium), ['d', 'd/f', 'link']);
  }),
  withLinks('write() through a dangling link makes what it leads to', async (medium) => {
    await medium.ensureDir('d');
    await medium.symlink('d/f', 'link');
    await medium.write('link', 'new');
    same([await medium.read('d/f'), await medium.readLink('link')], ['new', 'd/f']);
  }),
  withLinks('write() with exclusive refuses a link with EEXIST, also a dangling one', async (medium) => {
    await medium.write('f', 'old');
    await medium.symlink('f', 'link');
    await medium.symlink('missing', 'dangling');
    for (const path of ['link', 'dangling']) await refuses('EEXIST', medium.write(path, 'new', { exclusive: true }));
    same([await tree(medium), await medium.read('f')], [['dangling', 'f', 'link'], 'old']);
  }),
  withLinks('write() refuses a loop of links with ELOOP', async (medium) => {
    await medium.symlink('link', 'link');
    await refuses('ELOOP', medium.write('link', 'x'));
    await refuses('ELOOP', medium.write('link/below', 'x'));
    same(await tree(medium), ['link']);
  }),
  withLinks('write() makes directories behind a link to a directory', async (medium) => {
    await medium.ensureDir('d');
    await medium.symlink('d', 'link');
    await medium.write('link/a/f', 'x');
    same(await tree(medium), ['d', 'd/a', 'd/a/f', 'link']);
  }),
  withLinks('writeStream() through a link writes what it leads to and leaves the link', async (medium) => {
    await medium.write('f', 'old');
    await medium.symlink('f', 'link');
    await finish(medium.writeStream('link'), 'new');
    same([await medium.read('f'), await medium.readLink('link')], ['new', 'f']);
  }),
  withLinks('append() through a link adds to what it leads to', async (medium) => {
    await medium.write('f', 'one');
    await medium.symlink('f', 'link');
    await medium.append('link', ' two');
    same([await medium.read('f'), await medium.readLink('link')], ['one two', 'f']);
  }),
  withLinks('ensureDir() is fine with a link to a directory, and makes directories behind it', async (medium) => {
    await medium.ensureDir('d');
    await medium.symlink('d', 'link');
    await medium.ensureDir('link');
    await medium.ensureDir('link/a/b');
    same(await tree(medium), ['d', 'd/a', 'd/a/b', 'link']);
  }),
  withLinks('ensureDir() refuses a link to a file and a dangling link with EEXIST', async (medium) => {
    await medium.write('f', 'x');
    await medium.symlink('f', 'link');
    await medium.symlink('missing', 'dangling');
    for (const path of ['link', 'dangling']) await refuses('EEXIST', medium.ensureDir(path));
    same(await tree(medium), ['dangling', 'f', 'link']);
  }),
  withLinks('delete() goes through a link in the middle of a path', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d', 'link');
    await medium.delete('link/f');
    same(await tree(medium), ['d', 'link']);
  }),
  withLinks('rename() goes through links in the middle of both paths', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.ensureDir('e');
    await medium.symlink('d', 'from');
    await medium.symlink('e', 'to');
    await medium.rename('from/f', 'to/g');
    same(await tree(medium), ['d', 'e', 'e/g', 'from', 'to']);
  }),
  withLinks('readStream() and open() follow links', async (medium) => {
    await medium.write('f', 'x');
    await medium.symlink('f', 'link');
    same((await collect(medium.readStream('link'))).toString(), 'x');
    await using handle = await medium.open('link');
    same((await handle.stat()).kind, 'file');
  }),
];
