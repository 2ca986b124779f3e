import type { ConformanceCase } from '../conformance.ts';
import { misuse, refuses, same, tree } from '../expect.ts';
import { given } from './behaviour.ts';

const withLinks = given('symlink');

/** `symlink` and `readLink`. */
export const links: readonly ConformanceCase[] = [
  withLinks('symlink() makes a link that readLink() tells word by word', async (medium) => {
    for (const target of ['f', './f', 'd/../f', 'd/', 'missing', 'a b', 'ä€😀']) {
      await medium.symlink(target, 'd/link');
      same(await medium.readLink('d/link'), target);
      await medium.delete('d/link');
    }
  }),
  withLinks('symlink() makes missing parent directories', async (medium) => {
    await medium.symlink('f', 'a/b/link');
    same(await tree(medium), ['a', 'a/b', 'a/b/link']);
  }),
  withLinks('symlink() refuses a path that exists with EEXIST and leaves it', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('missing', 'dangling');
    for (const path of ['d/f', 'd', 'dangling', '']) await refuses('EEXIST', medium.symlink('other', path));
    same([await medium.read('d/f'), await medium.readLink('dangling')], ['x', 'missing']);
  }),
  withLinks('symlink() refuses a path below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', medium.symlink('f', 'f/below'));
  }),
  withLinks('symlink() refuses a relative link over the root with ERR_PATH_ESCAPES_ROOT', async (medium) => {
    if (medium.capabilities.sandbox === 'none') return; // nothing is outside
    await medium.ensureDir('d');
    for (const [target, path] of [
      ['../x', 'link'],
      ['../../x', 'd/link'],
      ['a/../../x', 'link'],
    ] as const) {
      await refuses('ERR_PATH_ESCAPES_ROOT', medium.symlink(target, path));
    }
    same(await tree(medium), ['d']);
  }),
  withLinks('symlink() refuses an empty target with TypeError', async (medium) => {
    await misuse('TypeError', () => medium.symlink('', 'link'));
    await misuse('TypeError', () => medium.symlink(1 as unknown as string, 'link'));
    same(await tree(medium), []);
  }),
  withLinks('readLink() refuses what is no link with EINVAL', async (medium) => {
    await medium.write('d/f', 'x');
    for (const path of ['d/f', 'd', '']) await refuses('EINVAL', medium.readLink(path));
  }),
  withLinks('readLink() refuses a missing path with ENOENT, one below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOENT', medium.readLink('missing'));
    await refuses('ENOTDIR', medium.readLink('f/below'));
  }),
];
