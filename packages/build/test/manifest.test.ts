import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import fc from 'fast-check';

import { decodeManifest, encodeManifest, MANIFEST_FILE, readManifest, type ReleaseManifest } from '../src/index.ts';
import { pathsOf } from '../src/manifest.ts';

const file = (path: string) => ({ path, size: 3, sha256: 'ab' });
const artifact = (path: string) => ({ ...file(path), os: 'linux', arch: 'amd64', kind: 'binary' as const });

const MANIFEST: ReleaseManifest = {
  project: { name: 'hello', version: '1.0.0', type: 'node' },
  createdAt: '2024-01-31T12:00:00Z',
  artifacts: [artifact('linux_amd64/hello')],
  archives: [{ ...artifact('hello.tar.gz'), kind: 'archive' }],
  files: [file('notes.txt')],
  attestations: [file('sbom.cdx.json')],
  checksumFile: 'CHECKSUMS.txt',
  signatures: [file('CHECKSUMS.txt.asc')],
  tools: { esbuild: '0.28.2' },
};

describe('encodeManifest', () => {
  describe('Good', () => {
    it('encodeManifest writes the documented keys', () => {
      const text = encodeManifest(MANIFEST);
      expect(text.endsWith('}\n')).toBe(true);
      expect(JSON.parse(text)).toEqual({
        format: 1,
        project: { name: 'hello', version: '1.0.0', type: 'node' },
        created_at: '2024-01-31T12:00:00Z',
        artifacts: [{ path: 'linux_amd64/hello', os: 'linux', arch: 'amd64', kind: 'binary', size: 3, sha256: 'ab' }],
        archives: [{ path: 'hello.tar.gz', os: 'linux', arch: 'amd64', kind: 'archive', size: 3, sha256: 'ab' }],
        files: [{ path: 'notes.txt', size: 3, sha256: 'ab' }],
        checksum_file: 'CHECKSUMS.txt',
        attestations: [{ path: 'sbom.cdx.json', size: 3, sha256: 'ab' }],
        signatures: [{ path: 'CHECKSUMS.txt.asc', size: 3, sha256: 'ab' }],
        tools: { esbuild: '0.28.2' },
      });
    });

    it('encodeManifest gives the same text whatever the order of its lists', () => {
      const names = fc.uniqueArray(fc.stringMatching(/^[a-zé😀]{1,8}$/u), { minLength: 2, maxLength: 8 });
      fc.assert(
        fc.property(names, (list) => {
          const one = {
            ...MANIFEST,
            archives: list.map(artifact),
            tools: Object.fromEntries(list.map((n) => [n, '1'])),
          };
          const other = {
            ...one,
            archives: [...one.archives].reverse(),
            tools: Object.fromEntries(Object.entries(one.tools).reverse()),
          };
          expect(encodeManifest(other)).toBe(encodeManifest(one));
        }),
      );
    });

    it('decodeManifest gives back what encodeManifest was given', () => {
      expect(decodeManifest(encodeManifest(MANIFEST), 'm')).toEqual(MANIFEST);
      const { project, artifacts, archives, files, attestations, signatures, tools } = MANIFEST;
      const least = { project, artifacts, archives, files, attestations, signatures, tools };
      expect(decodeManifest(encodeManifest(least), 'm')).toEqual(least);
    });

    it('pathsOf names every file once', () => {
      expect(pathsOf(MANIFEST)).toEqual([
        ...['linux_amd64/hello', 'hello.tar.gz', 'notes.txt', 'sbom.cdx.json', 'CHECKSUMS.txt.asc', 'CHECKSUMS.txt'],
        'manifest.json',
      ]);
    });
  });

  describe('Bad', () => {
    const json = JSON.parse(encodeManifest(MANIFEST)) as Record<string, unknown>;
    it.each([
      ['', ''],
      ['[]', 'the file is not an object'],
      ['{}', 'format is not 1'],
      [JSON.stringify({ ...json, format: 2 }), 'format is not 1'],
      [JSON.stringify({ ...json, project: 1 }), 'project is not an object'],
      [JSON.stringify({ ...json, project: {} }), 'project.name is not a text'],
      [JSON.stringify({ ...json, archives: {} }), 'archives is not a list'],
      [JSON.stringify({ ...json, archives: [{ ...artifact('a'), size: -1 }] }), 'a size is no number'],
      [JSON.stringify({ ...json, archives: [{ ...artifact('a'), os: 1 }] }), 'os is not a text'],
      [JSON.stringify({ ...json, tools: { a: 1 } }), 'tools.a is not a text'],
    ])('decodeManifest refuses %j', (text, why) => {
      expect(() => decodeManifest(text, 'dist/manifest.json')).toThrow(
        expect.objectContaining({
          code: 'ERR_BUILD_MANIFEST_INVALID',
          path: 'dist/manifest.json',
          message: expect.stringContaining(why),
        }),
      );
    });

    it.each(['../x', '/etc/passwd', 'a//b', 'a/../b', '.', ''])('decodeManifest refuses the path %j', (path) => {
      for (const list of ['artifacts', 'archives', 'files', 'attestations', 'signatures']) {
        const text = JSON.stringify({ ...json, [list]: [artifact(path)] });
        expect(() => decodeManifest(text, 'm')).toThrow(/path/);
      }
      expect(() => decodeManifest(JSON.stringify({ ...json, checksum_file: path }), 'm')).toThrow(/path/);
    });

    it('readManifest gives nothing where there is no release, and refuses what is none', async () => {
      expect(await readManifest(new MemoryMedium({ dist: 'a file' }), 'dist')).toBeUndefined();
      const medium = new MemoryMedium({ [`dist/${MANIFEST_FILE}`]: 'x' });
      await expect(readManifest(medium, 'dist')).rejects.toMatchObject({ code: 'ERR_BUILD_MANIFEST_INVALID' });
    });
  });
});
