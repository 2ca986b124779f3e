import { defineMedium, driverOf, MemoryLink, MemoryMedium, type MemoryTree, snapshot, writeTree } from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

const tree = {
  '.hidden': '',
  binary: Uint8Array.of(0xff, 0),
  dir: { empty: {}, 'text.txt': 'é\n' },
  link: new MemoryLink('dir/text.txt'),
};

describe('snapshot', () => {
  describe('Good', () => {
    it('gives a folder as the literal that it can be made from', async () => {
      const medium = new MemoryMedium(tree);
      expect(await snapshot(medium)).toEqual(tree);
      expect(await snapshot(medium, '/dir/')).toEqual(tree.dir);
      expect(JSON.stringify(new MemoryMedium(await snapshot(medium)))).toBe(JSON.stringify(medium));
    });

    it('is sorted by name', async () => {
      const medium = new MemoryMedium({ b: '', a: '', B: '', é: '' });
      expect(Object.keys(await snapshot(medium))).toEqual(['B', 'a', 'b', 'é']);
    });
  });

  describe('Bad', () => {
    it('refuses what is missing or no directory', async () => {
      await refusalOf(() => snapshot(new MemoryMedium(), 'missing'), 'ENOENT');
      await refusalOf(() => snapshot(new MemoryMedium({ f: '' }), 'f'), 'ENOTDIR');
    });

    it('refuses what no literal can be, by its path', async () => {
      const driver = driverOf(new MemoryMedium({ d: { fifo: '' } }));
      const medium = defineMedium({
        ...driver,
        list: async (path) =>
          (await driver.list(path)).map((entry) => ({ ...entry, kind: entry.name === 'fifo' ? 'other' : entry.kind })),
      });
      const error = await refusalOf(() => snapshot(medium), 'ERR_NOT_REGULAR_FILE');
      expect(error.message).toContain('"d/fifo"');
    });

    it('rejects with the reason of the signal', async () => {
      await expect(snapshot(new MemoryMedium(), '', { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
    });
  });

  describe('Ugly', () => {
    it('keeps files that are called as what every object has', async () => {
      const medium = new MemoryMedium();
      for (const name of ['__proto__', 'constructor', 'toString']) await medium.write(name, name);
      const taken = await snapshot(medium);
      expect(Object.entries(taken)).toEqual([
        ['__proto__', '__proto__'],
        ['constructor', 'constructor'],
        ['toString', 'toString'],
      ]);
      expect(JSON.stringify(new MemoryMedium(taken))).toBe(JSON.stringify(medium));
    });
  });
});

describe('writeTree', () => {
  describe('Good', () => {
    it('makes a folder from a literal, and what is missing above it', async () => {
      const medium = new MemoryMedium();
      await writeTree(medium, 'a/b', tree);
      expect(await snapshot(medium)).toEqual({ a: { b: tree } });
    });

    it('takes names with slashes, and never climbs out of the folder', async () => {
      const medium = new MemoryMedium();
      await writeTree(medium, 'a', { 'b/c': 'x', './b/d/': {}, '../../e': 'y', b: { f: 'z' } });
      expect(await snapshot(medium)).toEqual({ a: { b: { c: 'x', d: {}, f: 'z' }, e: 'y' } });
    });

    it('leaves what stands and replaces files and links of the same name', async () => {
      const medium = new MemoryMedium({ kept: 'k', f: 'old', link: new MemoryLink('f'), to: 'file' });
      const literal = { f: 'new', link: new MemoryLink('kept'), to: new MemoryLink('f') };
      await writeTree(medium, '', literal);
      await writeTree(medium, '/', literal);
      expect(await snapshot(medium)).toEqual({ ...literal, kept: 'k' });
    });
  });

  describe('Bad', () => {
    it.each([
      ['a number', { a: 'x', b: 1 }],
      ['an array', { a: 'x', b: [] }],
      ['nothing', { a: 'x', b: undefined }],
      ['an instance', { a: 'x', b: { c: new Map() } }],
      ['a name that is none', { a: 'x', '/': 'y' }],
      ['a name with NUL', { a: 'x', 'b\0': 'y' }],
    ])('refuses %s with TypeError before anything is written', async (_title, literal) => {
      const medium = new MemoryMedium();
      await expect(writeTree(medium, 'd', literal as unknown as MemoryTree)).rejects.toThrow(TypeError);
      expect(medium.toJSON()).toEqual({});
    });

    it('refuses a file where a directory should be, and a directory where a file should be', async () => {
      const medium = new MemoryMedium({ f: 'x', d: { e: '' }, l: {} });
      await refusalOf(() => writeTree(medium, '', { f: { g: 'x' } }), 'EEXIST');
      await refusalOf(() => writeTree(medium, '', { d: 'x' }), 'EISDIR');
      await refusalOf(() => writeTree(medium, '', { l: new MemoryLink('f') }), 'EISDIR');
      expect(medium.toJSON()).toEqual({ f: 'x', d: { e: '' }, l: {} });
    });
  });

  describe('Ugly', () => {
    it('makes what snapshot took, whatever it is', async () => {
      const name = fc
        .stringMatching(/^[^\0/]{1,8}$/u)
        .filter((text) => text !== '.' && text !== '..' && text.isWellFormed());
      const { folder } = fc.letrec((tie) => ({
        folder: fc.dictionary(
          name,
          fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'grapheme' }), fc.uint8Array(), tie('folder')),
        ),
      }));
      await fc.assert(
        fc.asyncProperty(folder, async (literal) => {
          const [one, other] = [new MemoryMedium(), new MemoryMedium()];
          await writeTree(one, 'd', literal as MemoryTree);
          await writeTree(other, 'd', await snapshot(one, 'd'));
          expect(JSON.stringify(other)).toBe(JSON.stringify(one));
        }),
        { seed: 7 },
      );
    });
  });
});
