import type { ConformanceCase } from '../conformance.ts';
import { refuses, same, tree } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

const withLinks = given('symlink');

/** Every spelling of the root. */
const ROOTS = ['', '/', '.', './', '..', 'a/..', '//'];

/** `delete` and `deleteAll`. */
export const deleting: readonly ConformanceCase[] = [
  behaviour('delete() removes a file and leaves its directory', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.delete('d/f');
    same(await tree(medium), ['d']);
  }),
  behaviour('delete() removes an empty directory', async (medium) => {
    await medium.ensureDir('d/e');
    await medium.delete('d/e');
    same(await tree(medium), ['d']);
  }),
  behaviour('delete() refuses a directory that is not empty with ENOTEMPTY and leaves it', async (medium) => {
    await medium.write('d/f', 'x');
    await refuses('ENOTEMPTY', medium.delete('d'));
    same(await medium.read('d/f'), 'x');
  }),
  behaviour('delete() refuses a missing path with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.delete('missing'));
    await refuses('ENOENT', medium.delete('missing/too'));
  }),
  behaviour('delete() refuses what is deleted already with ENOENT', async (medium) => {
    await medium.write('f', 'x');
    await medium.delete('f');
    await refuses('ENOENT', medium.delete('f'));
  }),
  behaviour('delete() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.delete('f/below'));
    same(await medium.read('f'), 'x');
  }),
  behaviour('delete() refuses the root with EPERM, however it is spelled', async (medium) => {
    await medium.write('f', 'x');
    for (const root of ROOTS) await refuses('EPERM', medium.delete(root));
    same(await tree(medium), ['f']);
  }),
  withLinks('delete() removes a link and not what it leads to', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d/f', 'file');
    await medium.symlink('d', 'dir');
    await medium.symlink('missing', 'dangling');
    for (const link of ['file', 'dir', 'dangling']) await medium.delete(link);
    same(await tree(medium), ['d', 'd/f']);
  }),
  behaviour('delete() makes room for another kind', async (medium) => {
    await medium.write('a', 'x');
    await medium.delete('a');
    await medium.write('a/f', 'y');
    await medium.delete('a/f');
    await medium.delete('a');
    await medium.write('a', 'z');
    same(await medium.read('a'), 'z');
  }),
  behaviour('delete() by several at once lets exactly one through', async (medium) => {
    await medium.write('f', 'x');
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => medium.delete('f')));
    same(results.filter(({ status }) => status === 'fulfilled').length, 1, 'how many deleted it');
  }),
  behaviour('deleteAll() removes a directory with everything below', async (medium) => {
    for (const path of ['d/a/b/f', 'd/a/g', 'd/h', 'other/f']) await medium.write(path, 'x');
    await medium.ensureDir('d/empty');
    await medium.deleteAll('d');
    same(await tree(medium), ['other', 'other/f']);
  }),
  behaviour('deleteAll() removes a file', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.deleteAll('d/f');
    same(await tree(medium), ['d']);
  }),
  behaviour('deleteAll() is fine with a missing path, and a second time', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.deleteAll('d');
    await medium.deleteAll('d');
    await medium.deleteAll('missing/too');
    same(await tree(medium), []);
  }),
  behaviour('deleteAll() is fine below a file, and leaves the file', async (medium) => {
    await medium.write('f', 'x');
    await medium.deleteAll('f/below');
    same(await medium.read('f'), 'x');
  }),
  behaviour('deleteAll() refuses the root with EPERM, however it is spelled', async (medium) => {
    await medium.write('d/f', 'x');
    for (const root of ROOTS) await refuses('EPERM', medium.deleteAll(root));
    same(await tree(medium), ['d', 'd/f']);
  }),
  withLinks('deleteAll() removes a link and not what it leads to', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d', 'link');
    await medium.deleteAll('link');
    same(await tree(medium), ['d', 'd/f']);
  }),
  withLinks('deleteAll() never follows a link out of the tree', async (medium) => {
    await medium.write('keep/f', 'x');
    await medium.symlink('../keep', 'd/dir');
    await medium.symlink('../keep/f', 'd/file');
    await medium.symlink('../missing', 'd/dangling');
    await medium.deleteAll('d');
    same(await tree(medium), ['keep', 'keep/f']);
  }),
  behaviour('deleteAll() removes a tree of forty levels', async (medium) => {
    await medium.write(`${Array.from({ length: 40 }, (_, i) => `d${String(i)}`).join('/')}/f`, 'x');
    await medium.deleteAll('d0');
    same(await tree(medium), []);
  }),
  behaviour('deleteAll() twice at once removes the tree', async (medium) => {
    for (let i = 0; i < 20; i += 1) await medium.write(`d/${String(i % 4)}/${String(i)}`, 'x');
    await Promise.all([medium.deleteAll('d'), medium.deleteAll('d')]);
    same(await tree(medium), []);
  }),
];
