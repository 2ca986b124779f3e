import type { FileInfo } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { inodeOf, rememberInode } from '../src/identity.ts';

const info = (): FileInfo => ({ name: 'f', path: 'f', kind: 'file', size: 0, mode: 0o644, mtime: new Date(0) });

describe('inodeOf()', () => {
  describe('Good', () => {
    it('gives what rememberInode() was told, for that very info', () => {
      const known = info();
      rememberInode(known, 7);
      expect(inodeOf(known)).toBe(7);
      expect(inodeOf(info())).toBeUndefined();
      expect(inodeOf({ ...known })).toBeUndefined();
    });

    it('leaves the info plain data', () => {
      const known = info();
      rememberInode(known, 7);
      expect(known).toStrictEqual(info());
      expect(JSON.stringify(known)).toBe(JSON.stringify(info()));
      expect(Reflect.ownKeys(known)).toEqual(Reflect.ownKeys(info()));
    });
  });
});
