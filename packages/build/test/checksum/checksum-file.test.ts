import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import type { Artifact } from '../../src/artifact.ts';
import { writeChecksumFile } from '../../src/checksum/checksum-file.ts';
import { verifyChecksumFile } from '../../src/checksum/verify.ts';
import { onDisk, run } from '../archive/support/tools.ts';

const of = (...paths: string[]): Artifact[] => paths.map((path) => ({ path, os: 'linux', arch: 'amd64' }));
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Names that break lines, and some that only look so. */
const ODD = [
  'a b',
  ' leading',
  'trailing ',
  '-c',
  '*star',
  'ünï',
  'back\\slash',
  'line\nbreak',
  'carriage\rreturn',
  '#hash',
  'q\'u"o',
];

describe('writeChecksumFile', () => {
  describe('Good', () => {
    it('writeChecksumFile writes digest and last name, sorted by name, each line ended', async () => {
      const medium = new MemoryMedium({ 'dist/b.zip': 'abc', 'dist/a.zip': '', 'dist/linux_amd64/B': 'abc' });
      await writeChecksumFile(medium, of('dist/b.zip', 'dist/linux_amd64/B', 'dist/a.zip'), 'dist/CHECKSUMS.txt');
      expect(await medium.read('dist/CHECKSUMS.txt')).toBe(`${ABC}  B\n${EMPTY}  a.zip\n${ABC}  b.zip\n`);
    });

    it('writeChecksumFile believes the digest that an artifact brings, and reads the others', async () => {
      const medium = new MemoryMedium({ b: 'abc' });
      const known = { path: 'gone', os: 'linux', arch: 'amd64', checksum: EMPTY };
      await writeChecksumFile(medium, [known, ...of('b')], 'sums');
      expect(await medium.read('sums')).toBe(`${ABC}  b\n${EMPTY}  gone\n`);
    });

    it('writeChecksumFile of nothing is an empty file', async () => {
      const medium = new MemoryMedium();
      await writeChecksumFile(medium, [], 'sums');
      expect(await medium.read('sums')).toBe('');
    });

    needs('sha256sum')('sha256sum accepts it for every name, and writes the same lines', async () => {
      await onDisk(async (medium, path) => {
        for (const name of ODD) await medium.write(`dist/${name}`, name);
        await writeChecksumFile(medium, of(...ODD.map((name) => `dist/${name}`)), 'dist/CHECKSUMS.txt');
        const cwd = `${path}/dist`;
        expect((await run(cwd, 'sha256sum', '--strict', '-c', 'CHECKSUMS.txt')).match(/: OK$/gm)).toHaveLength(
          ODD.length,
        );
        const theirs = await run(cwd, 'sha256sum', '--', ...ODD);
        const sorted = (text: string): string[] => text.trimEnd().split('\n').sort();
        expect(sorted(await medium.read('dist/CHECKSUMS.txt'))).toEqual(sorted(theirs));
        expect(await verifyChecksumFile(medium, 'dist/CHECKSUMS.txt')).toMatchObject({ ok: true, extra: [] });
      });
    });
  });

  describe('Bad', () => {
    it.each([
      [of('dist/linux_amd64/app', 'dist/linux_arm64/app'), 'app'],
      [of('dist/a', 'other/CHECKSUMS.txt'), 'CHECKSUMS.txt'],
    ])('writeChecksumFile refuses two artifacts of one name', async (artifacts, name) => {
      const medium = new MemoryMedium(Object.fromEntries(artifacts.map(({ path }) => [path, 'x'])));
      await expect(writeChecksumFile(medium, artifacts, 'dist/CHECKSUMS.txt')).rejects.toMatchObject({
        code: 'ERR_BUILD_CHECKSUM_DUPLICATE',
        op: 'build.writeChecksumFile',
        path: 'dist/CHECKSUMS.txt',
        hint: expect.stringContaining('names of their own'),
        message: expect.stringMatching(
          new RegExp(`^Cannot write "dist/CHECKSUMS.txt": "\\S+" and "\\S+" are both called "${name}"$`),
        ),
      });
      expect(await medium.exists('dist/CHECKSUMS.txt')).toBe(false);
    });

    it('writeChecksumFile that is cancelled leaves the old file, also where all digests are known', async () => {
      const medium = new MemoryMedium({ sums: 'old' });
      const known = { path: 'a', os: 'linux', arch: 'amd64', checksum: EMPTY };
      const signal = AbortSignal.abort('enough');
      await expect(writeChecksumFile(medium, [known], 'sums', { signal })).rejects.toBe('enough');
      expect(await medium.read('sums')).toBe('old');
    });

    it('writeChecksumFile refuses what is missing and leaves the old file', async () => {
      const medium = new MemoryMedium({ sums: 'old' });
      await expect(writeChecksumFile(medium, of('missing'), 'sums')).rejects.toMatchObject({
        code: 'ERR_BUILD_ARTIFACT_NOT_FOUND',
      });
      expect(await medium.read('sums')).toBe('old');
    });
  });
});
