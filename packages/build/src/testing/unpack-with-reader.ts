import { MemoryMedium } from '@core/io';

import { readArchive } from '../archive/read/archive-reader.ts';
import { isExecutable } from '../archive/reproducible.ts';
import type { UnpackedEntry } from './archive-conformance.ts';

/**
 * Reads an archive with `readArchive`: how a new encoder is held against the reader of this package.
 *
 * @example
 * ```ts
 * import { archive } from '@core/build';
 * import { unpackWithReader } from '@core/build/testing';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ app: 'the program' });
 * const { path } = await archive(medium, { path: 'app', os: 'linux', arch: 'amd64' });
 * const [entry] = await unpackWithReader(await medium.readBytes(path));
 * assert.equal(entry?.name, 'app');
 * ```
 */
export async function unpackWithReader(archive: Uint8Array): Promise<UnpackedEntry[]> {
  const reader = await readArchive(new MemoryMedium({ archive }), 'archive');
  const entries: UnpackedEntry[] = [];
  for await (const entry of reader.entries()) {
    const { name, kind, mode, target, mtime } = entry;
    const content = await entry.bytes();
    const executable = isExecutable(mode);
    if (kind === 'hardlink') throw new TypeError(`An encoder must not make hard links: ${JSON.stringify(name)}`);
    entries.push({ name, kind, executable, target, content, mtime: mtime.getTime() / 1000 });
  }
  return entries;
}
