import type { ConformanceCase } from '../conformance.ts';
import { refuses, same } from '../expect.ts';
import { behaviour } from './behaviour.ts';

/** In the order of their code points, which is not the order of UTF-16 units nor of any language. */
const ORDERED = [
  '-',
  '1',
  '10',
  '9',
  'B',
  'Z',
  '_',
  'a',
  'a b',
  'a-b',
  'a.b',
  'aa',
  'b',
  'z',
  'ä',
  'é',
  '中',
  '～',
  '😀',
];

/** `list`. */
export const listing: readonly ConformanceCase[] = [
  behaviour('list() gives name, path and kind of each entry', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.ensureDir('d/e/deep');
    same(await medium.list('d'), [
      { name: 'e', path: 'd/e', kind: 'dir' },
      { name: 'f', path: 'd/f', kind: 'file' },
    ]);
  }),
  behaviour('list() gives the entries of the root with paths from the root', async (medium) => {
    await medium.write('f', 'x');
    same(await medium.list('/'), [{ name: 'f', path: 'f', kind: 'file' }]);
  }),
  behaviour('list() gives nothing for an empty directory and an empty medium', async (medium) => {
    same(await medium.list(''), []);
    await medium.ensureDir('d');
    same(await medium.list('d'), []);
  }),
  behaviour('list() sorts by code point, whatever the order of making', async (medium) => {
    for (const name of [...ORDERED].reverse()) await medium.write(name, '');
    same(
      (await medium.list('')).map(({ name }) => name),
      ORDERED,
    );
  }),
  behaviour('list() sorts files and directories together', async (medium) => {
    await medium.write('b', '');
    await medium.ensureDir('a');
    await medium.ensureDir('c');
    same(
      (await medium.list('')).map(({ name }) => name),
      ['a', 'b', 'c'],
    );
  }),
  behaviour('list() gives what was added and not what was deleted or moved away', async (medium) => {
    for (const name of ['a', 'b', 'c']) await medium.write(`d/${name}`, '');
    await medium.delete('d/a');
    await medium.rename('d/b', 'd/x');
    await medium.append('d/y', '');
    same(
      (await medium.list('d')).map(({ name }) => name),
      ['c', 'x', 'y'],
    );
  }),
  behaviour('list() gives a thousand entries', async (medium) => {
    const names = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(4, '0'));
    await medium.ensureDir('d');
    await Promise.all(names.map((name) => medium.write(`d/${name}`, '')));
    same(
      (await medium.list('d')).map(({ name }) => name),
      names,
    );
  }),
  behaviour('list() agrees with stat() on every entry', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.ensureDir('d/e');
    for (const { name, path, kind } of await medium.list('d')) {
      const info = await medium.stat(path);
      same({ name: info.name, path: info.path, kind: info.kind }, { name, path, kind });
    }
  }),
  behaviour('list() refuses a missing directory with ENOENT', async (medium) => {
    await refuses('ENOENT', medium.list('missing'));
    await refuses('ENOENT', medium.list('missing/too'));
  }),
  behaviour('list() refuses a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.list('f'));
  }),
  behaviour('list() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.list('f/below'));
  }),
];
