import { runInNewContext } from 'node:vm';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decode, encode } from '../src/content.ts';

describe('content', () => {
  describe('Good', () => {
    it('encode() spells text as UTF-8 and hands bytes through', () => {
      const bytes = Uint8Array.of(1, 2);
      expect(Buffer.from(encode('é€')).toString('hex')).toBe('c3a9e282ac');
      expect(encode(bytes)).toBe(bytes);
    });

    it('encode() takes bytes of another realm', () => {
      const foreign = runInNewContext('new Uint8Array([1, 2])') as Uint8Array;
      expect(encode(foreign)).toBe(foreign);
    });

    it('decode() keeps a byte order mark, and reads a part of a larger buffer', () => {
      expect(decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
      expect(decode(new Uint8Array(Buffer.from('abcd')).subarray(1, 3))).toBe('bc');
    });
  });

  describe('Bad', () => {
    it('encode() takes anything else for a misuse', () => {
      for (const other of [undefined, null, 5, {}, [1], new ArrayBuffer(2), new Uint16Array(2)]) {
        expect(() => encode(other as string)).toThrow(/^The content must be a string or a Uint8Array, not /u);
      }
      expect(() => encode('a\udc00')).toThrow(/^The content must be well-formed text/u);
    });

    it('decode() refuses what is no UTF-8 with ERR_INVALID_UTF8', () => {
      for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
        expect(() => decode(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'ERR_INVALID_UTF8' }));
      }
    });
  });

  describe('Ugly', () => {
    it('decode() gives back every text that encode() takes', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          if (text.isWellFormed()) expect(decode(encode(text))).toBe(text);
        }),
        { seed: 3 },
      );
    });
  });
});
