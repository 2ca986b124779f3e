import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { archive, verifyRelease } from '../../src/index.ts';
import { build } from '../support/read-release.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

let medium: MemoryMedium;
const TGZ = 'dist/hello_linux_amd64.tar.gz';

beforeEach(async () => {
  medium = new MemoryMedium({
    'package.json': '{ "name": "hello", "bin": "cli.js" }',
    'cli.js': 'console.log(1)',
    '.core/build.yaml': 'node: { output: script }',
  });
  await build(medium);
});

async function problems(): Promise<readonly string[]> {
  const { ok, problems: found } = await verifyRelease(medium, 'dist');
  expect(ok).toBe(found.length === 0);
  return found;
}

/** Changes the manifest as its text. */
async function edit(change: (text: string) => string): Promise<void> {
  await medium.write('dist/manifest.json', change(await medium.read('dist/manifest.json')));
}

describe('verifyRelease', () => {
  describe('Good', () => {
    it('verifyRelease finds a release right, also where it was moved to', async () => {
      expect(await problems()).toEqual([]);
      await medium.rename('dist', 'moved/elsewhere');
      expect(await verifyRelease(medium, 'moved/elsewhere')).toMatchObject({ ok: true });
    });
  });

  describe('Bad', () => {
    it('verifyRelease tells of a changed, a longer and a missing program', async () => {
      const text = await medium.read('dist/linux_amd64/hello');
      await medium.write('dist/linux_amd64/hello', text.replace('1', '2'));
      expect(await problems()).toEqual(['linux_amd64/hello: its content is not what the manifest says']);
      await medium.write('dist/linux_amd64/hello', `${text}!`);
      expect(await problems()).toEqual([expect.stringMatching(/^linux_amd64\/hello: it has \d+ bytes, not \d+$/)]);
      await medium.delete('dist/linux_amd64/hello');
      expect(await problems()).toEqual([expect.stringMatching(/^linux_amd64\/hello: Cannot .*/)]);
    });

    it('verifyRelease tells of a damaged and a missing archive', async () => {
      const bytes = await medium.readBytes(TGZ);
      bytes[60] = (bytes[60] ?? 0) ^ 1;
      await medium.write(TGZ, bytes);
      const found = await problems();
      expect(found[0]).toMatch(/^hello_linux_amd64\.tar\.gz: its content is not what the manifest says/);
      expect(found).toContain('CHECKSUMS.txt: hello_linux_amd64.tar.gz is different');
      await medium.delete(TGZ);
      expect(await problems()).toContain('CHECKSUMS.txt: hello_linux_amd64.tar.gz is missing');
    });

    it('verifyRelease tells of an archive that holds another program, or none', async () => {
      for (const [name, why] of [
        ['hello', /hello in it is not the one that was built/],
        ['other', /hello is not in it/],
      ] as const) {
        await medium.write(`x/linux_amd64/${name}`, 'another');
        const {
          path,
          checksum = '',
          size,
        } = await archive(medium, { path: `x/linux_amd64/${name}`, os: 'linux', arch: 'amd64' });
        await medium.rename(path, TGZ);
        await edit((text) => {
          const json = JSON.parse(text) as { archives: object[] };
          json.archives = json.archives.map((one) => ({ ...one, sha256: checksum, size }));
          return JSON.stringify(json);
        });
        expect(await problems()).toContainEqual(expect.stringMatching(why));
      }
    });

    it('verifyRelease tells of an archive for a target that nothing was built for', async () => {
      await edit((text) => text.replace('"arch": "amd64"', '"arch": "arm64"'));
      expect(await problems()).toEqual([
        'hello_linux_amd64.tar.gz: the manifest has nothing that was built for its target',
      ]);
    });

    it('verifyRelease tells of a file of checksums that is missing, wrong or silent', async () => {
      await medium.write('dist/CHECKSUMS.txt', 'nonsense\n');
      expect(await problems()).toEqual([
        'CHECKSUMS.txt: line 1 says nothing',
        'CHECKSUMS.txt: there is no right line for hello_linux_amd64.tar.gz',
      ]);
      await medium.delete('dist/CHECKSUMS.txt');
      expect(await problems()).toEqual([expect.stringMatching(/^CHECKSUMS\.txt: Cannot read/)]);
    });

    it('verifyRelease refuses a folder without a manifest, and one that is none', async () => {
      await expect(verifyRelease(medium, 'nowhere')).rejects.toMatchObject({ code: 'ERR_BUILD_RELEASE_INVALID' });
      await edit(() => '{}');
      await expect(verifyRelease(medium, 'dist')).rejects.toMatchObject({ code: 'ERR_BUILD_MANIFEST_INVALID' });
    });

    it('verifyRelease rejects with the reason of its signal', async () => {
      const reason = new Error('enough');
      await expect(verifyRelease(medium, 'dist', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
});
