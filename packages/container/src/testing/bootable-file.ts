import { writeFile } from 'node:fs/promises';

const SECTOR = 2048;
const DESCRIPTOR = 16 * SECTOR;
/** What makes it boot, as "El Torito" has it: a record that names a catalog. */
const RECORD = 17 * SECTOR;
const CATALOG = 18 * SECTOR;

/**
 * Writes a small file that every manager takes for a bootable CD, and a {@link FakeHypervisor} boots; its path.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openImage } from '@core/container';
 * import { bootableFile } from '@core/container/testing';
 * import { localMedium } from '@core/io';
 *
 * const dir = mkdtempSync(join(tmpdir(), 'image-'));
 * const path = await bootableFile(join(dir, 'web.iso'));
 * assert.equal((await openImage(localMedium(), path)).format, 'iso');
 * rmSync(dir, { recursive: true });
 * ```
 */
export async function bootableFile(path: string): Promise<string> {
  const image = Buffer.alloc(DESCRIPTOR + 3 * SECTOR);
  image.write('\u0001CD001\u0001', DESCRIPTOR, 'latin1'); // the volume descriptor of ECMA-119
  image.write('\0CD001\u0001EL TORITO SPECIFICATION', RECORD, 'latin1');
  image.writeUInt32LE(CATALOG / SECTOR, RECORD + 0x47);
  image[CATALOG] = 1;
  await writeFile(path, image);
  return path;
}
