import { MemoryMedium } from '@core/io';

import { readArchive } from '../../../src/archive/read/archive-reader.ts';
import type { ReadEntry } from '../../../src/archive/read/checked-entries.ts';
import type { ReadLimits } from '../../../src/archive/read/limits.ts';

/** What an archive holds, with contents as text. */
export interface Listed extends Pick<ReadEntry, 'kind' | 'mode' | 'name' | 'target'> {
  readonly text: string;
}

/** Reads an archive from memory to its end. */
export async function list(bytes: Uint8Array, limits: ReadLimits = {}): Promise<Listed[]> {
  const reader = await readArchive(new MemoryMedium({ a: bytes }), 'a', { limits });
  const listed: Listed[] = [];
  for await (const entry of reader.entries()) {
    const { name, kind, mode, target } = entry;
    listed.push({ name, kind, mode, target, text: Buffer.from(await entry.bytes()).toString('latin1') });
  }
  return listed;
}

/** The names in an archive; contents are left to be checked by the way. */
export async function names(bytes: Uint8Array, limits: ReadLimits = {}): Promise<string[]> {
  const reader = await readArchive(new MemoryMedium({ a: bytes }), 'a', { limits });
  const found: string[] = [];
  for await (const { name } of reader.entries()) found.push(name);
  return found;
}
