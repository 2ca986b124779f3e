import { describe, expect, it } from '@jest/globals';

import { chooseVersion, newestFirst, newestOfEach } from '../../../../src/builders/node/executable/runtime/version.ts';

const SOME = ['18.20.8', '20.9.0', '20.18.1', '20.20.2', '22.14.0', '22.2.0', '23.11.1', '24.0.0', '24.22.0-rc.1'];

describe('chooseVersion', () => {
  describe('Good', () => {
    it.each([
      ['20', '20.20.2'],
      ['22', '22.14.0'],
      ['22.2', '22.2.0'],
      ['20.18.1', '20.18.1'],
      ['18', '18.20.8'],
      ['23', '23.11.1'],
    ])('chooseVersion takes the newest of %s', (wanted, chosen) => {
      expect(chooseVersion(SOME, wanted, '24.1.0')).toBe(chosen);
    });

    it('chooseVersion takes the newest of the major version that runs, though that be an older or a newer one', () => {
      expect(chooseVersion(SOME, undefined, '20.20.5')).toBe('20.20.2');
      expect(chooseVersion(SOME, undefined, '23.1.0')).toBe('23.11.1');
    });

    it('chooseVersion goes on to the next newer one with long support, and to an older one only at the end', () => {
      expect(chooseVersion(SOME, undefined, '21.7.3')).toBe('22.14.0');
      expect(chooseVersion(['20.1.0', '23.1.0', '26.0.0', '24.1.0'], undefined, '22.1.0')).toBe('24.1.0');
      expect(chooseVersion(SOME, undefined, '28.0.0')).toBe('24.0.0');
      expect(chooseVersion(['20.1.0', '22.1.0'], undefined, '24.0.0')).toBe('22.1.0');
    });

    it('newestFirst compares numbers and leaves trials out, newestOfEach takes one of each major version', () => {
      expect(newestFirst(['20.9.0', '20.10.0', '9.1.0', '1.2', '24.0.0-nightly'])).toEqual([
        '20.10.0',
        '20.9.0',
        '9.1.0',
      ]);
      expect(newestOfEach(SOME)).toEqual(['24.0.0', '23.11.1', '22.14.0', '20.20.2']);
    });
  });

  describe('Bad', () => {
    it('chooseVersion finds nothing where there is nothing', () => {
      expect(chooseVersion(SOME, '22.1', '22.1.0')).toBe(undefined);
      expect(chooseVersion(SOME, '2', '22.1.0')).toBe(undefined);
      expect(chooseVersion(SOME, '20.18.10', '22.1.0')).toBe(undefined);
      expect(chooseVersion([], undefined, '22.1.0')).toBe(undefined);
      expect(chooseVersion(['18.20.8', '23.1.0'], undefined, '20.0.0')).toBe(undefined);
    });
  });
});
