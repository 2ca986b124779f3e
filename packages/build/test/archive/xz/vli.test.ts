import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { encodeVli, VliReader } from '../../../src/archive/xz/vli.ts';

const read = (...bytes: readonly number[]): number | undefined => new VliReader(Uint8Array.from(bytes), 0).next();

describe('encodeVli', () => {
  describe('Good', () => {
    it.each([
      [0, [0]],
      [127, [127]],
      [128, [0x80, 1]],
      [2 ** 28 - 1, [0xff, 0xff, 0xff, 0x7f]],
      [Number.MAX_SAFE_INTEGER, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ])('encodeVli writes %d as the format has it', (value, bytes) => {
      expect(encodeVli(value)).toEqual(bytes);
      expect(read(...bytes)).toBe(value);
    });
  });

  describe('Bad', () => {
    it.each([
      [[]],
      [[0x80]],
      [[0x80, 0]],
      [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]],
      [Array.from({ length: 9 }, () => 0x81)],
    ])('VliReader.next takes %j for no number', (bytes) => {
      expect(read(...bytes)).toBeUndefined();
    });
  });

  describe('Ugly', () => {
    it('VliReader reads what encodeVli writes, one number after the other', () => {
      fc.assert(
        fc.property(fc.array(fc.maxSafeNat()), (values) => {
          const bytes = Uint8Array.from(values.flatMap(encodeVli));
          const numbers = new VliReader(bytes, 0);
          expect(values.map(() => numbers.next())).toEqual(values);
          expect(numbers.at).toBe(bytes.length);
        }),
      );
    });
  });
});
