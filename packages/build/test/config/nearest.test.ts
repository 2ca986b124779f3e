import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { nearestWord } from '../../src/config/nearest.ts';

const KNOWN = ['version', 'project', 'build', 'targets', 'archive'];

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

  it('nearestWord is quick for a very long word', () => {
    expect(nearestWord('x'.repeat(60_000), KNOWN)).toBeUndefined();
  });
});
