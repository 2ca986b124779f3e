import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { editDistance, nearestName } from '../../src/graph/nearest-name.ts';

/** The definition, in the plainest way. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  const at = (i: number, j: number): number => table[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const row = table[i] ?? [];
      row[j] = Math.min(replaced, at(i - 1, j) + 1, at(i, j - 1) + 1, isSwap ? at(i - 2, j - 2) + 1 : Infinity);
    }
  }
  return at(a.length, b.length);
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });

describe('nearestName', () => {
  describe('Good', () => {
    it.each([
      ['biuld', 'build'],
      ['Build', 'build'],
      ['tests', 'test'],
      ['lint:fixx', 'lint:fix'],
    ])('nearestName of %s is %s', (name, near) => {
      expect(nearestName(name, ['build', 'test', 'deploy', 'lint:fix'])).toBe(near);
    });

    it('nearestName takes the nearest, and the first of those that are as near', () => {
      expect(nearestName('build-app', ['build', 'build-app2', 'build-apq'])).toBe('build-app2');
      expect(nearestName('abcd', ['abcx', 'abcy'])).toBe('abcx');
    });
  });

  describe('Bad', () => {
    it('nearestName finds nothing where nothing is near', () => {
      expect(nearestName('docs', ['build', 'test'])).toBeUndefined();
      expect(nearestName('ab', ['x', 'yz'])).toBeUndefined();
      expect(nearestName('a', [])).toBeUndefined();
    });
  });

  describe('Ugly', () => {
    it('editDistance is the textbook one, up to its limit', () => {
      fc.assert(
        fc.property(word, word, fc.nat({ max: 9 }), (a, b, limit) => {
          expect(editDistance(a, b, limit)).toBe(Math.min(distance(a, b), limit + 1));
        }),
        { numRuns: 500 },
      );
    });
  });
});
