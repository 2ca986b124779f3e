import { createHash } from 'node:crypto';

import type { CancelOptions, Medium, ReadHandle } from '@core/io';

/** Large reads: with small ones the hash waits more than it works. */
const READ_BYTES = 1 << 20;

/** What a file has in it. */
export interface FileDigest {
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
  readonly size: number;
}

/** The digest of a file. One chunk is read while the one before is hashed; two buffers serve for all of them. */
export async function digestFile(medium: Medium, path: string, { signal }: CancelOptions): Promise<FileDigest> {
  await using handle = await medium.open(path, { signal });
  const { size: expected } = await handle.stat();
  // a byte more than the file has: a small one is read, and its end seen, at once
  const buffers = [0, 1].map(() => Buffer.allocUnsafe(Math.min(READ_BYTES, expected + 1)));
  const hash = createHash('sha256');
  let size = 0;
  let coming = read(handle, buffers[0], 0);
  for (let turn = 1; ; turn += 1) {
    const chunk = await coming;
    signal?.throwIfAborted();
    if (chunk.length === 0) return { checksum: hash.digest('hex'), size };
    size += chunk.length;
    coming = read(handle, buffers[turn % 2], size);
    hash.update(chunk);
  }
}

function read(handle: ReadHandle, buffer: Buffer = Buffer.alloc(0), position: number): Promise<Uint8Array> {
  const chunk = handle.read(buffer, 0, buffer.length, position).then((count) => buffer.subarray(0, count));
  chunk.catch(() => undefined); // its failure may wait until somebody asks for the bytes
  return chunk;
}
