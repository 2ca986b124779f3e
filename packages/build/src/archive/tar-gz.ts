import type { ArchiveEncoder } from './encoder.ts';
import { gzip } from './gzip.ts';
import { tar } from './tar.ts';

/**
 * A tar file in one gzip member.
 *
 * @example
 * ```ts
 * import { tarGzEncoder, unpackWithReader } from '@core/build/testing';
 *
 * const parts: Uint8Array[] = [];
 * const entries = [{ kind: 'dir', name: 'docs' }] as const;
 * for await (const part of tarGzEncoder.encode(entries, { mtime: 1e9, level: 6, workers: 1 })) parts.push(part);
 * const [entry] = await unpackWithReader(Buffer.concat(parts));
 * assert.equal(entry?.name, 'docs');
 * ```
 */
export const tarGzEncoder: ArchiveEncoder = {
  format: 'gz',
  extension: '.tar.gz',
  encode: (entries, options) => gzip(tar(entries, options), options),
};
