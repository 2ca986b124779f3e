import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { checksum, checksumAll } from '../../src/checksum/checksum.ts';

const { allowedNodeEnvironmentFlags: flagsOfNode } = process;
const RESTRICTED = flagsOfNode.has('--permission') ? '--permission' : '--experimental-permission';
const linux = { os: 'linux', arch: 'amd64' };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('checksum', () => {
  describe('Good', () => {
    it.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000])(
      'checksum of %d bytes is their SHA-256',
      async (size) => {
        const bytes = Buffer.alloc(size, 'some text');
        const artifact = { ...linux, path: 'f', kind: 'archive' as const };
        expect(await checksum(new MemoryMedium({ f: bytes }), artifact)).toEqual({
          ...artifact,
          checksum: sha256(bytes),
          size,
        });
      },
    );

    it('checksum reads anew, whatever the artifact says', async () => {
      const result = await checksum(new MemoryMedium({ f: 'abc' }), { ...linux, path: 'f', checksum: 'old', size: 99 });
      expect(result).toMatchObject({ checksum: sha256(Buffer.from('abc')), size: 3 });
    });

    it('checksumAll keeps the order', async () => {
      const names = Array.from({ length: 20 }, (_, i) => `f${String(i)}`);
      const medium = new MemoryMedium(Object.fromEntries(names.map((name) => [name, name])));
      const results = await checksumAll(
        medium,
        names.map((path) => ({ ...linux, path })),
      );
      expect(results.map((result) => result.checksum)).toEqual(names.map((name) => sha256(Buffer.from(name))));
    });

    it.each([
      ['', []],
      [' which may start no thread', [RESTRICTED, '--allow-fs-read=*']],
    ])('checksumAll of large files: a program%s ends by itself', (_, flags) => {
      const fixture = fileURLToPath(new URL('fixtures/digest-and-end.mjs', import.meta.url));
      const { stdout, status } = spawnSync(process.execPath, [...flags, fixture], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      const digest = sha256(Buffer.alloc(32 << 20, 'large'));
      expect({ status, digests: JSON.parse(stdout) as unknown }).toEqual({ status: 0, digests: [digest, digest] });
    });
  });

  describe('Bad', () => {
    it.each([
      ['', 'ERR_BUILD_INVALID_ARTIFACT'],
      ['missing', 'ERR_BUILD_ARTIFACT_NOT_FOUND'],
      ['dir', 'ERR_BUILD_ARTIFACT_NOT_FILE'],
    ])('checksum refuses %j', async (path, code) => {
      const medium = new MemoryMedium({ dir: {}, f: '' });
      await expect(checksum(medium, { ...linux, path })).rejects.toMatchObject({ code, path, op: 'build.checksum' });
      await expect(
        checksumAll(medium, [
          { ...linux, path: 'f' },
          { ...linux, path },
        ]),
      ).rejects.toMatchObject({ code });
    });
  });

  describe('Ugly', () => {
    it('checksum that is cancelled rejects with the reason itself', async () => {
      const medium = new MemoryMedium({ f: 'abc' });
      await expect(checksum(medium, { ...linux, path: 'f' }, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
      await expect(checksumAll(medium, [{ ...linux, path: 'f' }], { signal: AbortSignal.abort('no') })).rejects.toBe(
        'no',
      );
    });
  });
});
