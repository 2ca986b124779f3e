import type { ConformanceCase } from '../conformance.ts';
import { misuse, paths, refuses, rejectsWith, same } from '../expect.ts';
import type { Medium } from '../../medium.ts';
import { behaviour, given } from './behaviour.ts';

const withLinks = given('symlink');

async function plant(medium: Medium): Promise<void> {
  for (const path of ['b/z', 'b/a/deep/f', 'a', 'c/x']) await medium.write(path, path);
  await medium.ensureDir('b/empty');
}

/** `walk`. */
export const walking: readonly ConformanceCase[] = [
  behaviour('walk() gives everything below, depth first, each directory before its content, sorted', async (medium) => {
    await plant(medium);
    const all = ['a', 'b', 'b/a', 'b/a/deep', 'b/a/deep/f', 'b/empty', 'b/z', 'c', 'c/x'];
    same(await paths(medium.walk('')), all);
  }),
  behaviour('walk() gives paths from the root of the medium', async (medium) => {
    await plant(medium);
    same(await paths(medium.walk('b/a')), ['b/a/deep', 'b/a/deep/f']);
  }),
  behaviour('walk() gives name and kind of each entry', async (medium) => {
    await medium.write('d/f', 'x');
    const found = [];
    for await (const entry of medium.walk('')) found.push(entry);
    same(found, [
      { name: 'd', path: 'd', kind: 'dir' },
      { name: 'f', path: 'd/f', kind: 'file' },
    ]);
  }),
  behaviour('walk() gives nothing for an empty directory', async (medium) => {
    await medium.ensureDir('d');
    same(await paths(medium.walk('d')), []);
  }),
  behaviour('walk() with maxDepth 1 gives the direct children, with 2 theirs too, with 0 nothing', async (medium) => {
    await plant(medium);
    same(await paths(medium.walk('', { maxDepth: 0 })), []);
    same(await paths(medium.walk('', { maxDepth: 1 })), ['a', 'b', 'c']);
    same(await paths(medium.walk('', { maxDepth: 2 })), ['a', 'b', 'b/a', 'b/empty', 'b/z', 'c', 'c/x']);
  }),
  behaviour('walk() can be left early and begun anew', async (medium) => {
    await plant(medium);
    for await (const { path } of medium.walk('')) if (path === 'b/a') break;
    same((await paths(medium.walk(''))).length, 9);
  }),
  behaviour('walk() twice at once gives each its own', async (medium) => {
    await plant(medium);
    const [first, second] = await Promise.all([paths(medium.walk('')), paths(medium.walk('b'))]);
    same([first.length, second.length], [9, 5]);
  }),
  behaviour('walk() ends with the reason when the signal is aborted under way', async (medium) => {
    await plant(medium);
    const controller = new AbortController();
    const seen: string[] = [];
    await rejectsWith(
      'enough',
      (async () => {
        for await (const { path } of medium.walk('', { signal: controller.signal })) {
          seen.push(path);
          controller.abort('enough');
        }
      })(),
    );
    same(seen, ['a']);
  }),
  behaviour('walk() refuses a missing directory with ENOENT', async (medium) => {
    await refuses('ENOENT', paths(medium.walk('missing')));
  }),
  behaviour('walk() refuses a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOTDIR', paths(medium.walk('f')));
  }),
  behaviour('walk() refuses a maxDepth below 0 with RangeError', async (medium) => {
    await misuse('RangeError', () => paths(medium.walk('', { maxDepth: -1 })));
    await misuse('RangeError', () => paths(medium.walk('', { maxDepth: Number.NaN })));
  }),
  withLinks('walk() gives a link as a link and does not go through it', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d', 'link');
    same(await paths(medium.walk('')), ['d', 'd/f', 'link']);
  }),
  withLinks('walk() with follow goes through links to directories', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.symlink('d', 'link');
    same(await paths(medium.walk('', { follow: true })), ['d', 'd/f', 'link', 'link/f']);
  }),
  withLinks('walk() with follow gives dangling links and links to files, and goes on', async (medium) => {
    await medium.write('f', 'x');
    await medium.symlink('missing', 'a');
    await medium.symlink('f', 'b');
    same(await paths(medium.walk('', { follow: true })), ['a', 'b', 'f']);
  }),
  withLinks('walk() with follow goes into each real directory once on a branch', async (medium) => {
    await medium.write('d/e/f', 'x');
    await medium.symlink('..', 'd/e/up');
    const found = await paths(medium.walk('', { follow: true }));
    same(found, ['d', 'd/e', 'd/e/f', 'd/e/up']);
  }),
];
