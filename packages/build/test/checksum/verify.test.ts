import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';

import { verifyChecksumFile } from '../../src/checksum/verify.ts';

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('verifyChecksumFile', () => {
  describe('Good', () => {
    it('verifyChecksumFile tells what matches, differs, is missing and is extra', async () => {
      const medium = new MemoryMedium({
        dist: {
          a: 'abc',
          b: 'changed',
          d: {},
          new: '',
          sums: `${ABC}  b\n${ABC}  a\n${ABC}  c\n${ABC}  d\n`,
          'sums.asc': '',
          sums2: '',
        },
      });
      expect(await verifyChecksumFile(medium, 'dist/sums')).toEqual({
        ok: false,
        matched: ['a'],
        differing: ['b', 'd'],
        missing: ['c'],
        malformed: [],
        extra: ['new', 'sums2'],
      });
    });

    it('verifyChecksumFile takes comments, empty lines, CRLF, and names below its folder', async () => {
      const medium = new MemoryMedium({ a: 'abc', 'd/b': 'abc', sums: `# ours\r\n\r\n${ABC}  a\r\n${ABC} *d/b` });
      expect(await verifyChecksumFile(medium, 'sums')).toMatchObject({ ok: true, matched: ['a', 'd/b'] });
    });

    it('verifyChecksumFile counts as extra neither manifest nor signatures, and what it is told to count', async () => {
      const files = ['a', 'a.asc', 'b.sig', 'manifest.json', 'sums.asc', 'sums.minisig', 'sums.old', 'other.asc'];
      const medium = new MemoryMedium(Object.fromEntries(files.map((name) => [name, 'abc'])));
      await medium.write('sums', `${ABC}  ./a\n`);
      await medium.symlink('a', 'link');
      expect((await verifyChecksumFile(medium, 'sums')).extra).toEqual(['b.sig', 'link', 'other.asc', 'sums.old']);
      const asked: string[] = [];
      const countsAsExtra = (name: string): boolean => asked.push(name) > 0 && name.endsWith('.json');
      expect((await verifyChecksumFile(medium, 'sums', { countsAsExtra })).extra).toEqual(['manifest.json']);
      expect(asked).toEqual(['b.sig', 'link', 'manifest.json', 'other.asc', 'sums.old']);
    });

    it('verifyChecksumFile of an empty file is fine, and finds everything extra', async () => {
      expect(await verifyChecksumFile(new MemoryMedium({ sums: '', a: '' }), 'sums')).toMatchObject({
        ok: true,
        extra: ['a'],
      });
    });
  });

  describe('Bad', () => {
    it('verifyChecksumFile refuses a file that is not there', async () => {
      await expect(verifyChecksumFile(new MemoryMedium(), 'sums')).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('verifyChecksumFile reports lines that say nothing, twice the same, or lead elsewhere', async () => {
      const lines = ['nonsense', `${ABC}  a`, `${ABC}  a`, `${ABC}  ../outside`, `${ABC}  /etc/passwd`];
      const medium = new MemoryMedium({ 'dist/a': 'abc', outside: 'abc', 'dist/sums': lines.join('\n') });
      expect(await verifyChecksumFile(medium, 'dist/sums')).toMatchObject({
        ok: false,
        matched: ['a'],
        malformed: [
          { line: 1, text: 'nonsense' },
          { line: 3, text: lines[2] },
          { line: 4, text: lines[3] },
          { line: 5, text: lines[4] },
        ],
      });
    });
  });

  describe('Ugly', () => {
    it('verifyChecksumFile does not take a file that it cannot read for a missing one', async () => {
      const medium = faulty(new MemoryMedium({ a: 'abc', sums: `${ABC}  a\n` }), [
        { op: 'open', path: 'a', error: 'EACCES' },
      ]);
      await expect(verifyChecksumFile(medium, 'sums')).rejects.toMatchObject({ code: 'EACCES' });
    });

    it('verifyChecksumFile that is cancelled rejects with the reason itself', async () => {
      const medium = new MemoryMedium({ a: 'abc', sums: `${ABC}  a\n` });
      await expect(verifyChecksumFile(medium, 'sums', { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    });
  });
});
