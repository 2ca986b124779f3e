import {
  defineMedium,
  type DirEntry,
  type DriverEntry,
  ErrnoSignal,
  MemoryLink,
  MemoryMedium,
  type WalkOptions,
} from '@core/io';
import { describe, expect, it } from '@jest/globals';

const TREE = { b: { 'x.txt': '', a: { deep: '' }, empty: {} }, a: '', '\u{1f600}': '', '\uffee': '' };

async function paths(entries: AsyncIterable<DirEntry>): Promise<string[]> {
  const all: string[] = [];
  for await (const { path } of entries) all.push(path);
  return all;
}

/** A medium that tells which directories were listed, and refuses some. */
function telling(
  tree: ConstructorParameters<typeof MemoryMedium>[0],
  refused: Record<string, string> = {},
): {
  medium: ReturnType<typeof defineMedium>;
  listed: string[];
} {
  const { driver } = new MemoryMedium(tree);
  const listed: string[] = [];
  const list = async (path: string): Promise<readonly DriverEntry[]> => {
    listed.push(path);
    const code = refused[path];
    if (code !== undefined) throw new ErrnoSignal(code);
    return driver.list(path);
  };
  return { medium: defineMedium({ ...driver, list }), listed };
}

describe('walk()', () => {
  describe('Good', () => {
    it('gives each directory before its content, sorted by code point', async () => {
      const all = ['a', 'b', 'b/a', 'b/a/deep', 'b/empty', 'b/x.txt', '\uffee', '\u{1f600}'];
      expect(await paths(new MemoryMedium(TREE).walk(''))).toEqual(all);
    });

    it.each<[WalkOptions, string[]]>([
      [{ maxDepth: 0 }, []],
      [{ maxDepth: 1 }, ['b/a', 'b/empty', 'b/x.txt']],
      [{ maxDepth: 2 }, ['b/a', 'b/a/deep', 'b/empty', 'b/x.txt']],
      [{ maxDepth: Infinity }, ['b/a', 'b/a/deep', 'b/empty', 'b/x.txt']],
    ])('goes as deep as %o says', async (options, all) => {
      expect(await paths(new MemoryMedium(TREE).walk('b', options))).toEqual(all);
    });

    it('lists a directory when the one who walks comes to it, not before', async () => {
      const { medium, listed } = telling(TREE);
      const walk = medium.walk('')[Symbol.asyncIterator]();
      expect(listed).toEqual([]);
      await walk.next(); // a
      expect(listed).toEqual(['']);
      await walk.next(); // b
      expect(listed).toEqual(['']);
      await walk.next(); // b/a
      expect(listed).toEqual(['', 'b']);
      expect(await walk.return?.()).toEqual({ done: true, value: undefined });
      expect(await walk.next()).toEqual({ done: true, value: undefined });
      expect(listed).toEqual(['', 'b']);
    });

    it('gives one entry to each who asks, in order, where several ask at once', async () => {
      const walk = new MemoryMedium(TREE).walk('')[Symbol.asyncIterator]();
      const steps = await Promise.all(Array.from({ length: 10 }, () => walk.next()));
      const found = steps.map(({ value }) => (value as DirEntry | undefined)?.path);
      expect(found).toEqual([...(await paths(new MemoryMedium(TREE).walk(''))), undefined, undefined]);
    });

    it('is at rest once its entry has come: the next one of a list that is there takes no turn more', async () => {
      const { medium } = telling({ a: '', b: '', c: '' });
      const steps = medium.walk('')[Symbol.asyncIterator]();
      expect(await steps.next()).toMatchObject({ value: { name: 'a' } });
      const told: string[] = [];
      const step = steps.next().then(() => told.push('entry'));
      const turn = Promise.resolve().then(() => told.push('one turn'));
      await Promise.all([step, turn]);
      expect(told).toEqual(['entry', 'one turn']);
    });

    it('walks a medium that lists in its own way in that way', async () => {
      class Upper extends MemoryMedium {
        override async list(path: string): Promise<DirEntry[]> {
          return (await super.list(path)).map((entry) => ({ ...entry, name: entry.name.toUpperCase() }));
        }
      }
      const names: string[] = [];
      for await (const { name } of new Upper(TREE).walk('b')) names.push(name);
      expect(names).toEqual(['A', 'DEEP', 'EMPTY', 'X.TXT']);
    });

    it('follows links to directories, and gives what is behind them as below them', async () => {
      const medium = new MemoryMedium({
        real: { f: '', e: { g: '' } },
        s: { l: new MemoryLink('../real') },
        t: new MemoryLink('real/f'),
      });
      const all = ['real', 'real/e', 'real/e/g', 'real/f', 's', 's/l', 's/l/e', 's/l/e/g', 's/l/f', 't'];
      expect(await paths(medium.walk('', { follow: true }))).toEqual(all);
      expect(await paths(medium.walk('s/l', { follow: true }))).toEqual(['s/l/e', 's/l/e/g', 's/l/f']);
    });
  });

  describe('Bad', () => {
    it('rejects where the first directory is none', async () => {
      const medium = new MemoryMedium(TREE);
      await expect(paths(medium.walk('missing'))).rejects.toMatchObject({ code: 'ENOENT', path: 'missing' });
      await expect(paths(medium.walk('a'))).rejects.toMatchObject({ code: 'ENOTDIR', path: 'a' });
      await expect(paths(medium.walk('missing', { follow: true }))).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('rejects with what a directory on the way refuses, and is over then', async () => {
      const { medium } = telling(TREE, { 'b/a': 'EACCES' });
      const walk = medium.walk('')[Symbol.asyncIterator]();
      for (const path of ['a', 'b', 'b/a']) expect((await walk.next()).value).toMatchObject({ path });
      await expect(walk.next()).rejects.toMatchObject({ code: 'EACCES', path: 'b/a' });
      expect((await walk.next()).done).toBe(true);
    });

    it('takes a wrong path or depth for a misuse', () => {
      const medium = new MemoryMedium();
      for (const maxDepth of [-1, Number.NaN, 'x' as unknown as number]) {
        expect(() => medium.walk('', { maxDepth })).toThrow(RangeError);
      }
      expect(() => medium.walk(undefined as unknown as string)).toThrow('The path must be a string, not undefined');
    });
  });

  describe('Ugly', () => {
    it.each(['ENOENT', 'ENOTDIR'])('passes over a directory that is gone when its turn comes (%s)', async (code) => {
      for (const follow of [false, true]) {
        const { medium } = telling({ d: { f: '' }, e: { g: '' } }, { d: code });
        expect(await paths(medium.walk('', { follow }))).toEqual(['d', 'e', 'e/g']);
      }
    });

    it('passes over links that dangle, go in a circle, climb out or lead to files', async () => {
      const medium = new MemoryMedium({
        a: new MemoryLink('missing'),
        b: new MemoryLink('b'),
        d: { out: new MemoryLink('../f') },
        f: '',
        z: {},
      });
      await medium.rename('d/out', 'out'); // climbs over the root from here
      expect(await paths(medium.walk('', { follow: true }))).toEqual(['a', 'b', 'd', 'f', 'out', 'z']);
    });

    it('goes into each real directory once on a branch, wherever links lead', async () => {
      const medium = new MemoryMedium({
        a: { self: new MemoryLink('.'), up: new MemoryLink('..'), b: { top: new MemoryLink('/') } },
        c: new MemoryLink('a/b'),
      });
      const all = ['a', 'a/b', 'a/b/top', 'a/self', 'a/up', 'c', 'c/top'];
      expect(await paths(medium.walk('', { follow: true }))).toEqual(all);
      const fromBelow = ['c/top', 'c/top/a', 'c/top/a/b', 'c/top/a/self', 'c/top/a/up', 'c/top/c'];
      expect(await paths(medium.walk('c', { follow: true }))).toEqual(fromBelow);
    });

    it('ends with the reason of the signal before it begins and under way', async () => {
      const medium = new MemoryMedium(TREE);
      await expect(paths(medium.walk('', { signal: AbortSignal.abort('enough') }))).rejects.toBe('enough');
      const controller = new AbortController();
      const walk = medium.walk('', { signal: controller.signal })[Symbol.asyncIterator]();
      await walk.next();
      controller.abort('enough');
      await expect(walk.next()).rejects.toBe('enough');
    });

    it('walks thousands of directories', async () => {
      const tree = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`d${String(i)}/e/f`, '']));
      expect(await paths(new MemoryMedium(tree).walk(''))).toHaveLength(6_000);
    });
  });
});
