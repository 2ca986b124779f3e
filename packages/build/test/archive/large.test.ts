import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { onDisk, run } from './support/tools.ts';

const FIVE_GIB = 5 * 2 ** 30;
const PACK = fileURLToPath(new URL('fixtures/pack-large.mjs', import.meta.url));

/** Packs a file of 5 GiB (of zeros, which take no room) in a process of its own; gives the megabytes that it took. */
async function packed(format: 'gz' | 'zip', test: (path: string, megabytes: number) => Promise<void>): Promise<void> {
  await onDisk(async (medium, path) => {
    await medium.write('large', '');
    await truncate(join(path, 'large'), FIVE_GIB);
    await test(path, Number(await run(path, process.execPath, PACK, path, format)));
  });
}

describe('archives of 5 GiB', () => {
  describe('Ugly', () => {
    needs(
      'linux',
      'unzip',
      'bsdtar',
      'python3',
    )(
      'archive packs 5 GiB as zip within 150 MB, in the sizes of zip64 that others read',
      async () => {
        await packed('zip', async (path, megabytes) => {
          expect(megabytes).toBeLessThan(150);
          expect(await run(path, 'unzip', '-Zs', 'large_linux_amd64.zip')).toContain(` ${String(FIVE_GIB)} `);
          expect(await run(path, 'bsdtar', '-tvf', 'large_linux_amd64.zip')).toContain(` ${String(FIVE_GIB)} `);
          const script = `import zipfile; print(zipfile.ZipFile('large_linux_amd64.zip').infolist()[0].file_size)`;
          expect(await run(path, 'python3', '-c', script)).toBe(`${String(FIVE_GIB)}\n`);
        });
      },
      300_000,
    );

    needs('linux', 'python3')(
      'archive packs 5 GiB as tar.gz within 150 MB, and tar has room for the size',
      async () => {
        await packed('gz', async (path, megabytes) => {
          expect(megabytes).toBeLessThan(150);
          const script = `import tarfile; print(tarfile.open('large_linux_amd64.tar.gz', 'r|gz').next().size)`;
          expect(await run(path, 'python3', '-c', script)).toBe(`${String(FIVE_GIB)}\n`);
        });
      },
      300_000,
    );
  });
});
