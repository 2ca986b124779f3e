import { MemoryLink, MemoryMedium, type MemoryTree } from '@core/io';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

const file = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 8 }).filter((bytes) => bytes.includes(0xff)),
);
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).filter((text) => !/[/\0]|^\.\.?$/u.test(text));
const { tree } = fc.letrec<{ node: MemoryTree[string]; tree: MemoryTree }>((tie) => ({
  node: fc.oneof({ maxDepth: 3 }, file, fc.constant(new MemoryLink('a/b')), tie('tree')),
  tree: fc.dictionary(name, tie('node'), { maxKeys: 4, noNullPrototype: true }),
}));

describe('MemoryMedium from a literal', () => {
  describe('Good', () => {
    it('makes files of text and bytes, directories of objects, links of MemoryLinks', async () => {
      const medium = new MemoryMedium({ f: 'text', b: Uint8Array.of(255), d: { e: {} }, l: new MemoryLink('d') });
      expect(await medium.read('f')).toBe('text');
      expect(await medium.readBytes('b')).toEqual(Uint8Array.of(255));
      expect(await medium.isDir('d/e')).toBe(true);
      expect(await medium.readLink('l')).toBe('d');
    });

    it('takes paths for names, in any spelling, and merges what they share', () => {
      const medium = new MemoryMedium({ 'a/b/f': '1', '/a/./g/': '2', a: { h: '3', 'b/i': '4' }, '.': { top: '5' } });
      expect(medium.toJSON()).toEqual({ a: { b: { f: '1', i: '4' }, g: '2', h: '3' }, top: '5' });
    });

    it('plants in order: through links that stand, and a later file replaces an earlier one', () => {
      const medium = new MemoryMedium({ d: {}, l: new MemoryLink('d'), 'l/f': 'old', 'd/f': 'new' });
      expect(medium.toJSON()).toEqual({ d: { f: 'new' }, l: new MemoryLink('d') });
    });

    it("does not hold on to the caller's bytes", async () => {
      const bytes = Uint8Array.of(1, 2, 3);
      const medium = new MemoryMedium({ bytes });
      bytes.fill(9);
      expect(await medium.readBytes('bytes')).toEqual(Uint8Array.of(1, 2, 3));
    });

    it('toJSON() sorts by name and shows bytes that are no text as Uint8Arrays', async () => {
      const medium = new MemoryMedium();
      await medium.write('b', Uint8Array.of(0xff, 0xfe));
      await medium.write('a', Buffer.from('text'));
      expect(Object.keys(medium.toJSON())).toEqual(['a', 'b']);
      expect(medium.toJSON()).toStrictEqual({ a: 'text', b: Uint8Array.of(0xff, 0xfe) });
    });

    it('toJSON() leaves text at hand for the next read', async () => {
      const medium = new MemoryMedium({ a: 'x' });
      medium.toJSON();
      expect(await medium.read('a')).toBe('x');
    });

    it('JSON.stringify() shows bytes as base64 and links as what they say', () => {
      const medium = new MemoryMedium({ b: Uint8Array.of(0xff, 0xfe), d: {}, l: new MemoryLink('d') });
      expect(JSON.stringify(medium)).toBe('{"b":{"base64":"//4="},"d":{},"l":{"symlink":"d"}}');
    });
  });

  describe('Bad', () => {
    it.each<[string, MemoryTree, string]>([
      ['a file below a file', { a: 'x', 'a/b': 'y' }, 'Cannot make "a/b": not a directory'],
      ['a directory where a file stands', { a: 'x', './a': {} }, 'Cannot make "a": not a directory'],
      ['a file where a directory stands', { a: {}, 'a/': 'x' }, 'Cannot make "a": illegal operation on a directory'],
      ['a file as the root', { '/': 'x' }, 'Cannot make "": illegal operation on a directory'],
      ['a link where something stands', { a: 'x', '/a': new MemoryLink('b') }, 'Cannot make "a": file already exists'],
      ['a link that climbs over the root', { 'a/l': new MemoryLink('../../b') }, 'Cannot make "a/l": it leads outside'],
      ['a name with NUL', { 'a\0': 'x' }, 'Cannot make "a\\u0000": the path is not valid'],
      ['a name that is too long', { d: { ['n'.repeat(256)]: 'x' } }, 'name too long'],
    ])('refuses %s with TypeError', (_what, literal, message) => {
      expect(() => new MemoryMedium(literal)).toThrow(TypeError);
      expect(() => new MemoryMedium(literal)).toThrow(message);
    });

    it('refuses what is neither content nor folder with TypeError, and says where', () => {
      for (const [value, what] of [
        [null, 'null'],
        [5, 'number'],
        [['x'], 'an array'],
        [new Date(), 'an instance of Date'],
        [undefined, 'undefined'],
      ] as const) {
        expect(() => new MemoryMedium({ 'a/b': value as unknown as string })).toThrow(TypeError);
        expect(() => new MemoryMedium({ 'a/b': value as unknown as string })).toThrow(`"a/b" is ${what}`);
      }
      expect(() => new MemoryLink(5 as unknown as string)).toThrow('The target must be a string, not number');
    });

    it('refuses more than maxBytes and text that UTF-8 cannot spell with TypeError', () => {
      expect(() => new MemoryMedium({ a: '12345' }, { maxBytes: 4 })).toThrow('no space left on device');
      expect(() => new MemoryMedium({ a: '\ud800' })).toThrow(TypeError);
    });
  });

  describe('Ugly', () => {
    it('toJSON() gives back what the medium was made from', () => {
      fc.assert(
        fc.property(tree, (literal) => {
          const once = new MemoryMedium(literal).toJSON();
          expect(once).toEqual(literal);
          expect(new MemoryMedium(once).toJSON()).toEqual(once);
        }),
        { seed: 7, numRuns: 200 },
      );
    });
  });
});
