import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { formatTarget, parseTarget, parseTargets } from '../src/target.ts';

describe('parseTarget', () => {
  describe('Good', () => {
    it('parseTarget reads what formatTarget writes', () => {
      const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
      fc.assert(
        fc.property(word, word, (os, arch) => {
          expect(parseTarget(formatTarget({ os, arch }))).toEqual({ os, arch });
        }),
      );
    });

    it('parseTargets keeps the order, takes spaces, and counts one that is said twice once', () => {
      expect(parseTargets(' linux/amd64, darwin/arm64 ,linux/amd64')).toEqual([
        { os: 'linux', arch: 'amd64' },
        { os: 'darwin', arch: 'arm64' },
      ]);
    });
  });

  describe('Bad', () => {
    it.each([
      [''],
      ['linux'],
      ['linux/'],
      ['/amd64'],
      ['linux/amd64/v2'],
      ['Linux/amd64'],
      ['linux\\amd64'],
      ['../x'],
      ['a b/c'],
    ])('parseTarget refuses %j', (text) => {
      expect(() => parseTarget(text)).toThrow(
        expect.objectContaining({ code: 'ERR_BUILD_INVALID_TARGET', target: text, hint: expect.any(String) }),
      );
    });

    it('parseTargets refuses an empty item', () => {
      expect(() => parseTargets('linux/amd64,')).toThrow(expect.objectContaining({ code: 'ERR_BUILD_INVALID_TARGET' }));
      expect(() => parseTargets('')).toThrow(expect.objectContaining({ code: 'ERR_BUILD_INVALID_TARGET' }));
    });
  });
});
