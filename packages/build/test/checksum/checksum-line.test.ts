import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { formatChecksumLine, parseChecksumLine } from '../../src/checksum/checksum-line.ts';

const checksum = 'a'.repeat(64);

describe('checksum lines', () => {
  describe('Good', () => {
    it('formatChecksumLine writes what sha256sum writes', () => {
      expect(formatChecksumLine({ checksum, name: 'a b' })).toBe(`${checksum}  a b\n`);
      expect(formatChecksumLine({ checksum, name: 'a\\b\nc' })).toBe(`\\${checksum}  a\\\\b\\nc\n`);
    });

    it('parseChecksumLine reads what formatChecksumLine writes', () => {
      fc.assert(
        fc.property(
          fc.string({ minLength: 1, unit: fc.constantFrom('a', '\\', '\n', '\r', 'n', ' ', 'ü') }),
          (name) => {
            const line = formatChecksumLine({ checksum, name });
            expect(line.indexOf('\n')).toBe(line.length - 1);
            expect(parseChecksumLine(line.slice(0, -1))).toEqual({ checksum, name });
          },
        ),
      );
    });

    it('parseChecksumLine takes the mark of binary mode and upper-case digits', () => {
      expect(parseChecksumLine(`${'AB'.repeat(32)} *a`)).toEqual({ checksum: 'ab'.repeat(32), name: 'a' });
    });
  });

  describe('Bad', () => {
    it.each([
      [`${checksum} a`],
      [`${checksum}  `],
      [`${checksum}a  a`],
      [`${checksum.slice(1)}  a`],
      [`g${checksum.slice(1)}  a`],
      [` ${checksum}  a`],
      [`\\${checksum}  a\\tb`],
      [`\\${checksum}  a\\`],
      ['text'],
      [`SHA256 (a) = ${checksum}`],
    ])('parseChecksumLine takes %j for no line', (line) => {
      expect(parseChecksumLine(line)).toBeUndefined();
    });
  });
});
