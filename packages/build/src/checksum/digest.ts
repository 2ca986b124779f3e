import { createHash } from 'node:crypto';

import type { Medium, OpenOptions, ReadHandle } from '@core/io';

import { ReadBuffers } from './read-buffers.ts';

/** What a file has in it. */
export interface FileDigest {
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
  readonly size: number;
}

/** How a file is read for its digest: with one `walker` for those that read many files. */
export interface DigestOptions extends OpenOptions {
  /** Shared as the walker is. */
  readonly buffers?: ReadBuffers;
}

/** The digest of a file. One chunk is read while the one before is hashed; two buffers serve for all of them. */
export async function digestFile(
  medium: Medium,
  path: string,
  { signal, walker, buffers = new ReadBuffers() }: DigestOptions,
): Promise<FileDigest> {
  await using handle = await medium.open(path, { signal, walker });
  const { size: expected } = await handle.stat();
  const first = buffers.take(expected);
  const pair = [first];
  const sha256 = createHash('sha256');
  let size = 0;
  let count = await handle.read(first, 0, first.length, 0);
  for (let turn = 0; ; turn += 1) {
    signal?.throwIfAborted();
    const chunk = (pair[turn % 2] ?? first).subarray(0, count);
    size += count;
    // where there was room for more, the end has been seen; where the file has grown or shrunk, it is looked for
    const ended = count === 0 || (size === expected && count < first.length);
    const coming = ended ? undefined : ahead(handle, (pair[(turn + 1) % 2] ??= buffers.take(expected)), size);
    sha256.update(chunk);
    if (coming === undefined) break;
    count = await coming;
  }
  for (const buffer of pair) buffers.giveBack(buffer);
  return { checksum: sha256.digest('hex'), size };
}

function ahead(handle: ReadHandle, buffer: Uint8Array, position: number): Promise<number> {
  const reading = handle.read(buffer, 0, buffer.length, position);
  reading.catch(() => undefined); // its failure may wait until somebody asks for the bytes
  return reading;
}
