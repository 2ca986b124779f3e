import { describe, expect, it } from '@jest/globals';

import { defaultWorkers, FIXED_MTIME, isExecutable, sourceDate } from '../../src/archive/reproducible.ts';

describe('sourceDate', () => {
  describe('Good', () => {
    it.each([
      [undefined, FIXED_MTIME],
      ['', FIXED_MTIME],
      ['1700000000', 1_700_000_000],
      ['0', FIXED_MTIME],
      ['2147483647', 2_147_483_647],
    ])('sourceDate of %j is %d', (text, seconds) => {
      expect(sourceDate({ SOURCE_DATE_EPOCH: text })).toBe(seconds);
    });

    it('isExecutable asks for any of the three bits', () => {
      expect([0o755, 0o700, 0o010, 0o001, 0o644, 0].map(isExecutable)).toEqual([true, true, true, true, false, false]);
    });

    it('defaultWorkers is at least one', () => {
      expect(defaultWorkers()).toBeGreaterThanOrEqual(1);
    });
  });

  describe('Bad', () => {
    it.each([['2147483648'], ['-1'], ['1.5'], ['now'], ['99999999999'], ['0x10'], [' 5']])(
      'sourceDate refuses %j',
      (text) => {
        expect(() => sourceDate({ SOURCE_DATE_EPOCH: text })).toThrow(
          expect.objectContaining({ code: 'ERR_BUILD_INVALID_SOURCE_DATE' }),
        );
      },
    );
  });
});
