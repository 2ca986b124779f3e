import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { safeText } from '../src/safe-text.ts';

describe('safeText', () => {
  describe('Good', () => {
    it('leaves an ordinary message as it is', () => {
      const text = 'Cannot merge host-uk/core#12: the head is abc1234, not def5678 (409)';
      expect(safeText(text)).toBe(text);
    });

    it('takes out the words that it is told of, wherever they stand', () => {
      expect(safeText('no "My plan" in My plan', ['My plan', undefined, 'no'])).toBe('no "***" in ***');
    });
  });

  describe('Ugly', () => {
    it.each([
      'ghp_abcdefghij0123456789',
      'gho_abcdefghij0123456789',
      'ghs_abcdefghij0123456789',
      'github_pat_11ABCDEFG0_abcdefghijkl',
      'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMiJ9.c2lnbmF0dXJl',
      'Bearer abcdef0123456789',
      'basic dXNlcjpwYXNz',
      'token 0123456789abcdef',
      'https://user:hunter22@example.org/x',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----\nMIIBcut',
      'client_secret=hunter22',
      '"password": "hunter22"',
      'API_KEY: hunter22',
      'access-token=hunter22',
    ])('takes out %j', (secret) => {
      const safe = safeText(`it said ${secret} and went`);
      expect(safe).toContain('***');
      for (const part of ['abcdef', 'hunter22', 'MIIB', 'dXNlcjpwYXNz', 'eyJ', '0123456789'])
        expect(safe).not.toContain(part);
    });

    it('gives one line of at most 500 characters, whatever comes in', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
          const safe = safeText(text);
          expect(safe.length).toBeLessThanOrEqual(500);
          expect(safe).not.toMatch(/[\n\r\u2028\u2029]/);
        }),
      );
    });

    it('takes bounded time for a text of any length', () => {
      for (const text of [
        'a:'.repeat(100_000),
        '-----BEGIN '.repeat(20_000),
        'secret'.repeat(40_000),
        'eyJ'.repeat(50_000),
        'a'.repeat(1_000_000),
      ]) {
        expect(safeText(text).length).toBeLessThanOrEqual(500);
      }
    });
  });
});
