import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { nearestWord } from '../../src/config/nearest.ts';

const KNOWN = ['version', 'project', 'build', 'targets', 'archive'];

/** Letters to insert, remove, replace or swap with their neighbour, each letter once: as it is defined, and slow. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const replaced = distance(a.slice(1), b.slice(1)) + (b.startsWith(a.slice(0, 1)) ? 0 : 1);
  const removed = distance(a.slice(1), b) + 1;
  const inserted = distance(a, b.slice(1)) + 1;
  const isSwapped = a.length > 1 && b.startsWith(`${a.charAt(1)}${a.charAt(0)}`);
  return Math.min(replaced, removed, inserted, isSwapped ? distance(a.slice(2), b.slice(2)) + 1 : Infinity);
}

describe('nearestWord', () => {
  it.each([
    ['Build', 'build'],
    ['bulid', 'build'],
    ['target', 'targets'],
    ['archives', 'archive'],
    ['verison', 'version'],
    ['xyz', undefined],
    ['', undefined],
  ])('nearestWord of %j is %j', (word, nearest) => {
    expect(nearestWord(word, KNOWN)).toBe(nearest);
  });

  it('nearestWord finds every known word itself, and after any one change of a letter', () => {
    const change = fc.record({
      word: fc.constantFrom(...KNOWN),
      at: fc.nat(4),
      letter: fc.constantFrom('x', 'y', 'z', 'q'),
    });
    fc.assert(
      fc.property(change, ({ word, at, letter }) => {
        expect(nearestWord(word, KNOWN)).toBe(word);
        expect(nearestWord(word.slice(0, at) + letter + word.slice(at + 1), KNOWN)).toBe(word);
        expect(nearestWord(word.slice(0, at) + letter + word.slice(at), KNOWN)).toBe(word);
      }),
    );
  });

  it.each([
    ['os', ['so'], 'so'],
    ['abdc', ['abcd'], 'abcd'],
    ['ab', ['xy'], undefined],
    ['a', ['b'], undefined],
    ['aa', ['b', 'ab', 'ba'], 'ab'],
    ['ab', ['axyb', 'axb'], 'axb'],
    ['version', ['verxxxx', 'verxion', 'version'], 'version'],
    ['abcdefghi', ['abcdefxyz'], 'abcdefxyz'],
    ['abcdefgh', ['abcdexyz'], undefined],
    ['abc', ['abcdef'], undefined],
    ['abcd', ['abcdef'], 'abcdef'],
  ])('nearestWord of %j among %j is %j', (word, known, nearest) => {
    expect(nearestWord(word, known)).toBe(nearest);
  });

  it('nearestWord measures as the definition of the distance does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(text, text, (word, known) => {
        const steps = distance(word, known);
        const isNear = steps <= Math.max(2, Math.floor(word.length / 3)) && steps < known.length;
        expect(nearestWord(word, [known])).toBe(isNear ? known : undefined);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('nearestWord is quick for a very long word', () => {
    expect(nearestWord('x'.repeat(60_000), KNOWN)).toBeUndefined();
  });
});
