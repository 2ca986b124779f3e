import type { ArchiveEncoder } from './encoder.ts';
import { tar } from './tar.ts';
import { zstd } from './zstd/zstd.ts';

/**
 * A tar file in zstd frames; levels 7, 8 and 9 are zstd's 9, 12 and 19.
 *
 * @example
 * ```ts
 * import { tarZstEncoder, unpackWithReader } from '@core/build/testing';
 *
 * const parts: Uint8Array[] = [];
 * const entries = [{ kind: 'dir', name: 'docs' }] as const;
 * for await (const part of tarZstEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
 * const [entry] = await unpackWithReader(Buffer.concat(parts));
 * assert.equal(entry?.name, 'docs');
 * ```
 */
export const tarZstEncoder: ArchiveEncoder = {
  format: 'zst',
  extension: '.tar.zst',
  encode: (entries, options) => zstd(tar(entries, options), options),
};
