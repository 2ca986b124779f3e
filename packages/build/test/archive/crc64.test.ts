import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Crc64 } from '../../src/archive/crc64.ts';

function digest(...pieces: readonly Uint8Array[]): string {
  const crc = new Crc64();
  for (const piece of pieces) crc.update(piece);
  return crc.digest().toString('hex');
}

/** The definition, bit by bit. */
function slowly(bytes: Uint8Array): string {
  let crc = 0xffff_ffff_ffff_ffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0xc96c_5795_d787_0f42n : crc >> 1n;
  }
  const result = Buffer.alloc(8);
  result.writeBigUInt64LE(BigInt.asUintN(64, ~crc));
  return result.toString('hex');
}

describe('Crc64', () => {
  describe('Good', () => {
    it('Crc64 is the one of xz: its check value is that of the catalogue', () => {
      expect(digest(Buffer.from('123456789'))).toBe(Buffer.from('995dc9bbdf1939fa', 'hex').reverse().toString('hex'));
      expect(digest()).toBe('0000000000000000');
    });
  });

  describe('Ugly', () => {
    it('Crc64 does not depend on how the bytes are cut, and is what the definition says', () => {
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 6 }), (pieces) => {
          const whole = Buffer.concat(pieces);
          expect([digest(...pieces), digest(whole)]).toEqual([slowly(whole), slowly(whole)]);
        }),
      );
    });
  });
});
