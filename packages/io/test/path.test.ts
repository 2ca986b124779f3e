import { normalizePath } from '@core/io';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  baseName,
  compareNames,
  describe as kindOf,
  isWithin,
  joinPath,
  parentPath,
  sortByName,
  splitPath,
} from '../src/path.ts';

const anyPath = fc
  .array(fc.constantFrom('a', 'bc', '.', '..', '', '..x', ' ', 'é', 'n'.repeat(90)), { maxLength: 8 })
  .map((names) => names.join('/'));

/** The same by definition, with no short cut. */
function byDefinition(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/');
}

describe('path', () => {
  describe('Good', () => {
    it.each([
      ['', ''],
      ['.', ''],
      ['/', ''],
      ['//', ''],
      ['..', ''],
      ['../..', ''],
      ['/a', 'a'],
      ['a/', 'a'],
      ['a//b', 'a/b'],
      ['./a/./b/.', 'a/b'],
      ['a/../../b', 'b'],
      ['/../../a', 'a'],
      ['a/b/../c', 'a/c'],
      ['..hidden', '..hidden'],
      ['...', '...'],
      ['a/.b', 'a/.b'],
      [' ', ' '],
      ['a\\b', 'a\\b'],
      ['~', '~'],
      ['日本/\u{1f600}', '日本/\u{1f600}'],
      [`${'n'.repeat(255)}/${'€'.repeat(85)}`, `${'n'.repeat(255)}/${'€'.repeat(85)}`],
    ])('normalizePath(%j) is %j', (path, normalized) => {
      expect(normalizePath(path)).toBe(normalized);
    });

    it('splitPath(), parentPath(), baseName() and joinPath() agree with each other', () => {
      expect([splitPath(''), parentPath(''), baseName(''), joinPath('', '')]).toEqual([[], '', '', '']);
      expect([splitPath('a'), parentPath('a'), baseName('a')]).toEqual([['a'], '', 'a']);
      expect([splitPath('a/b/c'), parentPath('a/b/c'), baseName('a/b/c')]).toEqual([['a', 'b', 'c'], 'a/b', 'c']);
      expect([joinPath('a', 'b/c'), joinPath('', 'b'), joinPath('a', '')]).toEqual(['a/b/c', 'b', 'a']);
    });

    it('isWithin() goes by whole names', () => {
      expect([isWithin('', 'a'), isWithin('a', 'a'), isWithin('a', 'a/b')]).toEqual([true, true, true]);
      expect([isWithin('a', 'ab'), isWithin('a/b', 'a'), isWithin('a', '')]).toEqual([false, false, false]);
    });

    it('compareNames() sorts by code point', () => {
      const names = ['\u{1f600}', '\uffee', 'a', 'B', 'ab', '', '\ue000', '\u{10000}', 'é', '\ud7ff'];
      expect(names.sort(compareNames)).toEqual([
        '',
        'B',
        'a',
        'ab',
        'é',
        '\ud7ff',
        '\ue000',
        '\uffee',
        '\u{10000}',
        '\u{1f600}',
      ]);
    });
  });

  describe('Bad', () => {
    it.each([
      ['a\0b', 'ERR_INVALID_PATH'],
      ['\0', 'ERR_INVALID_PATH'],
      ['a/\ud800', 'ERR_INVALID_PATH'],
      ['\udc00b', 'ERR_INVALID_PATH'],
      ['n'.repeat(256), 'ENAMETOOLONG'],
      [`a/${'€'.repeat(86)}/b`, 'ENAMETOOLONG'],
      [`${'n'.repeat(256)}/..`, 'ENAMETOOLONG'],
    ])('normalizePath() refuses a bad name with its code (%#)', (path, code) => {
      expect(() => normalizePath(path)).toThrow(expect.objectContaining({ code }));
    });

    it('normalizePath() takes what is no text for a misuse, and says what it was', () => {
      for (const [value, what] of [
        [undefined, 'undefined'],
        [null, 'null'],
        [5, 'number'],
        [['a'], 'an array'],
        [new Map(), 'an instance of Map'],
        [Object.create(null), 'an object'],
      ] as const) {
        expect(() => normalizePath(value as string)).toThrow(new TypeError(`The path must be a string, not ${what}`));
        expect(kindOf(value)).toBe(what);
      }
    });
  });

  describe('Ugly', () => {
    it('normalizePath() gives what its definition gives, and the same for what it gave', () => {
      fc.assert(
        fc.property(anyPath, (path) => {
          expect(normalizePath(path)).toBe(byDefinition(path));
          expect(normalizePath(normalizePath(path))).toBe(normalizePath(path));
        }),
        { seed: 1 },
      );
    });

    it('sortByName() sorts as compareNames() does, whatever the alphabet', () => {
      fc.assert(
        fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 4 })), (names) => {
          const sorted = sortByName(names.map((name) => ({ name })));
          expect(sorted.map(({ name }) => name)).toEqual(names.toSorted(compareNames));
        }),
      );
    });

    it('compareNames() gives the order of the bytes of UTF-8', () => {
      const text = fc.string({ unit: 'binary', maxLength: 6 }).filter((name) => name.isWellFormed());
      fc.assert(
        fc.property(text, text, (a, b) => {
          expect(Math.sign(compareNames(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        }),
        { seed: 2, numRuns: 1_000 },
      );
    });
  });
});
