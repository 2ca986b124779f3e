import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { retryDelayMs } from '../src/retry.ts';

const random = fc.double({ min: 0, max: 1, noNaN: true });

describe('retryDelayMs', () => {
  describe('Good', () => {
    it('retryDelayMs doubles its limit with each failure, up to the most', () => {
      const limits = [1, 2, 3, 4, 5].map((failures) =>
        retryDelayMs(failures, { minDelayMs: 100, maxDelayMs: 1000 }, () => 1),
      );
      expect(limits).toEqual([100, 200, 400, 800, 1000]);
    });

    it('retryDelayMs is a whole number from 0 to the limit, in proportion to chance', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 5000 }),
          fc.nat(1e6),
          fc.nat(1e6),
          random,
          (failures, min, max, chance) => {
            const options = { minDelayMs: min, maxDelayMs: max };
            const ms = retryDelayMs(failures, options, () => chance);
            const limit = retryDelayMs(failures, options, () => 1);
            expect(Number.isInteger(ms)).toBe(true);
            expect(ms).toBe(Math.round(chance * limit));
            expect(limit).toBeLessThanOrEqual(max);
          },
        ),
      );
    });

    it('retryDelayMs takes its chances by itself', () => {
      const delays = Array.from({ length: 50 }, () => retryDelayMs(10));
      expect(new Set(delays).size).toBeGreaterThan(1);
      for (const ms of delays) expect(ms).toBeLessThanOrEqual(300_000);
    });
  });

  describe('Bad', () => {
    it.each([0, -1, 1.5, Number.NaN])('retryDelayMs refuses %p failures', (failures) => {
      expect(() => retryDelayMs(failures)).toThrow(RangeError);
    });
  });
});
