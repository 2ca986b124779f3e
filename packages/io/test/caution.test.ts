import { describe, expect, it } from '@jest/globals';

import { Caution } from '../src/caution.ts';

const TERMS = { waitedMs: 2, first: 3, most: 10 };

/** How many are done with caution before the next try. */
function careful(caution: Caution): number {
  let count = 0;
  while (caution.next()) count += 1;
  return count;
}

describe('Caution', () => {
  describe('Good', () => {
    it('next() asks for none while nothing had to be waited for', () => {
      const caution = new Caution(TERMS);
      expect(careful(caution)).toBe(0);
      caution.took(0);
      caution.took(2);
      expect(careful(caution)).toBe(0);
    });

    it('next() asks for it after one that waited, so many times', () => {
      const caution = new Caution(TERMS);
      caution.took(2.1);
      expect(careful(caution)).toBe(3);
      caution.took(1);
      expect(careful(caution)).toBe(0);
    });
  });

  describe('Ugly', () => {
    it('next() asks for it longer with every try that waits, up to a bound, and begins anew after a quick one', () => {
      const caution = new Caution(TERMS);
      const counts = [50, 50, 50, 50, 1, 50].map((ms) => {
        caution.took(ms);
        return careful(caution);
      });
      expect(counts).toEqual([3, 6, 10, 10, 0, 3]);
    });
  });
});
