import type { ConformanceCase } from '../conformance.ts';
import { fail, refuses, same } from '../expect.ts';
import { behaviour } from './behaviour.ts';

/** `exists`, `isFile`, `isDir` and `stat`. */
export const looking: readonly ConformanceCase[] = [
  behaviour('exists() is true for a file, a directory and the root', async (medium) => {
    await medium.write('d/f', 'x');
    same([await medium.exists('d/f'), await medium.exists('d'), await medium.exists('')], [true, true, true]);
  }),
  behaviour('exists() is false for what is not there', async (medium) => {
    same([await medium.exists('missing'), await medium.exists('missing/too')], [false, false]);
  }),
  behaviour('exists() is false below a file', async (medium) => {
    await medium.write('f', 'x');
    same(await medium.exists('f/below'), false);
  }),
  behaviour('exists() is false for what was deleted', async (medium) => {
    await medium.write('f', 'x');
    await medium.delete('f');
    same(await medium.exists('f'), false);
  }),
  behaviour('isFile() is true for a file only', async (medium) => {
    await medium.write('d/f', 'x');
    same([await medium.isFile('d/f'), await medium.isFile('d'), await medium.isFile('')], [true, false, false]);
  }),
  behaviour('isFile() is false for what is not there and below a file', async (medium) => {
    await medium.write('f', 'x');
    same([await medium.isFile('missing'), await medium.isFile('f/below')], [false, false]);
  }),
  behaviour('isDir() is true for a directory and the root only', async (medium) => {
    await medium.write('d/f', 'x');
    same([await medium.isDir('d'), await medium.isDir(''), await medium.isDir('d/f')], [true, true, false]);
  }),
  behaviour('isDir() is false for what is not there and below a file', async (medium) => {
    await medium.write('f', 'x');
    same([await medium.isDir('missing'), await medium.isDir('f/below')], [false, false]);
  }),
  behaviour('stat() tells name, path, kind and size of a file', async (medium) => {
    await medium.write('d/f.txt', 'four');
    const { name, path, kind, size } = await medium.stat('d/f.txt');
    same({ name, path, kind, size }, { name: 'f.txt', path: 'd/f.txt', kind: 'file', size: 4 });
  }),
  behaviour('stat() tells name, path and kind of a directory', async (medium) => {
    await medium.ensureDir('d/e');
    const { name, path, kind } = await medium.stat('d/e');
    same({ name, path, kind }, { name: 'e', path: 'd/e', kind: 'dir' });
  }),
  behaviour('stat() knows the root as a directory without a name', async (medium) => {
    const { name, path, kind } = await medium.stat('');
    same({ name, path, kind }, { name: '', path: '', kind: 'dir' });
  }),
  behaviour('stat() counts the size in bytes', async (medium) => {
    await medium.write('f', '€😀');
    same((await medium.stat('f')).size, 7);
  }),
  behaviour('stat() tells the size after the file grew and shrank', async (medium) => {
    await medium.write('f', 'xx');
    await medium.append('f', 'yyy');
    same((await medium.stat('f')).size, 5);
    await medium.write('f', 'z');
    same((await medium.stat('f')).size, 1);
  }),
  behaviour('stat() tells a path that can be handed back', async (medium) => {
    await medium.write('d/f', 'x');
    same(await medium.read((await medium.stat('/d/../d/./f')).path), 'x');
  }),
  behaviour('stat() tells permission bits without the type of the file', async (medium) => {
    await medium.write('d/f', 'x');
    for (const path of ['d', 'd/f']) {
      const { mode } = await medium.stat(path);
      if (!Number.isInteger(mode) || mode < 0 || mode > 0o7777) fail('the mode must be permission bits', mode, 0o644);
    }
  }),
  behaviour('stat() tells a valid date', async (medium) => {
    await medium.write('f', 'x');
    same(Number.isFinite((await medium.stat('f')).mtime.getTime()), true, 'whether mtime is a valid date');
  }),
  behaviour('stat() refuses a missing path with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.stat('missing'));
    await refuses('ENOENT', medium.stat('missing/too'));
  }),
  behaviour('stat() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.stat('f/below'));
  }),
];
