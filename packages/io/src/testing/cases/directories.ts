import type { ConformanceCase } from '../conformance.ts';
import { refuses, same, tree } from '../expect.ts';
import { behaviour } from './behaviour.ts';

/** `ensureDir`. */
export const directories: readonly ConformanceCase[] = [
  behaviour('ensureDir() makes a directory and its parents', async (medium) => {
    await medium.ensureDir('a/b/c');
    same(await tree(medium), ['a', 'a/b', 'a/b/c']);
  }),
  behaviour('ensureDir() is fine where the directory stands, and leaves its content', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.ensureDir('d');
    same(await medium.read('d/f'), 'x');
  }),
  behaviour('ensureDir() is fine with the root', async (medium) => {
    await medium.ensureDir('');
    await medium.ensureDir('/');
    same(await tree(medium), []);
  }),
  behaviour('ensureDir() by several at once makes one directory', async (medium) => {
    await Promise.all(Array.from({ length: 8 }, () => medium.ensureDir('a/b/c')));
    same(await tree(medium), ['a', 'a/b', 'a/b/c']);
  }),
  behaviour('ensureDir() refuses where a file stands with EEXIST', async (medium) => {
    await medium.write('f', 'x');
    await refuses('EEXIST', medium.ensureDir('f'));
    same(await medium.read('f'), 'x');
  }),
  behaviour('ensureDir() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.ensureDir('f/below'));
    same(await medium.read('f'), 'x');
  }),
  behaviour('ensureDir() refuses a path far below a file with ENOTDIR or EEXIST', async (medium) => {
    await medium.write('f', 'x');
    await refuses(['ENOTDIR', 'EEXIST'], medium.ensureDir('f/far/below'));
    same(await medium.read('f'), 'x');
  }),
];
