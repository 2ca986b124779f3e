import type { ArchiveEncoder, EncodedEntry } from './encoder.ts';
import { tar } from './tar.ts';
import { xz } from './xz/xz.ts';

/**
 * A tar file in one xz stream; levels 8 and 9 are as 7.
 *
 * @example
 * ```ts
 * import { tarXzEncoder, unpackWithReader } from '@core/build/testing';
 *
 * const parts: Uint8Array[] = [];
 * const entries = [{ kind: 'dir', name: 'docs' }] as const;
 * for await (const part of tarXzEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
 * const [entry] = await unpackWithReader(Buffer.concat(parts));
 * assert.equal(entry?.name, 'docs');
 * ```
 */
export const tarXzEncoder: ArchiveEncoder = {
  format: 'xz',
  extension: '.tar.xz',
  encode: (entries, options) => xz(tar(entries, options), { ...options, expectedBytes: tarBytes(entries) }),
};

/** Headers, long names and padding of an entry, and more. */
const ENTRY_BYTES = 2048;
/** What a tar file ends with, at most. */
const END_BYTES = 10_240;

function tarBytes(entries: readonly EncodedEntry[]): number {
  return entries.reduce((sum, entry) => sum + ENTRY_BYTES + (entry.kind === 'file' ? entry.size : 0), END_BYTES);
}
