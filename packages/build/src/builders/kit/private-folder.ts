import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';

import { type CancelOptions, localMedium } from '@core/io';

import { pathBelow } from '../../paths.ts';

/** Does work that has a folder on the disk which only this user can enter, and which is removed afterwards. */
export async function withPrivateFolder<T>(
  work: (folder: string) => Promise<T>,
  { signal }: CancelOptions = {},
): Promise<T> {
  const disk = localMedium();
  const temporary = (await disk.realPath(tmpdir(), { signal })) ?? tmpdir();
  const folder = pathBelow(temporary, `core-build-${randomUUID()}`);
  try {
    await disk.ensureDir(folder, { signal });
    await disk.chmod(folder, 0o700, { signal });
    return await work(folder);
  } finally {
    await disk.deleteAll(folder);
  }
}
