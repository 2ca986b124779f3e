import { createHash } from 'node:crypto';

import type { CancelOptions, Medium, ReadHandle } from '@core/io';

import { ReadBuffers } from './read-buffers.ts';

/** What a file has in it. */
export interface FileDigest {
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
  readonly size: number;
}

/** How a file is read for its digest. */
export interface DigestOptions extends CancelOptions {
  /** Shared by those that read many files. */
  readonly buffers?: ReadBuffers;
}

/** The digest of a file. One chunk is read while the one before is hashed; two buffers serve for all of them. */
export async function digestFile(
  medium: Medium,
  path: string,
  { signal, buffers = new ReadBuffers() }: DigestOptions,
): Promise<FileDigest> {
  await using handle = await medium.open(path, { signal });
  const { size: expected } = await handle.stat();
  const first = buffers.take(expected);
  const pair = [first];
  const hash = createHash('sha256');
  let size = 0;
  let coming = read(handle, first, 0);
  for (let turn = 1; ; turn += 1) {
    const chunk = await coming;
    signal?.throwIfAborted();
    size += chunk.length;
    // where there was room for more, the end has been seen; where the file has grown or shrunk, it is looked for
    const ended = chunk.length === 0 || (size === expected && chunk.length < first.length);
    if (!ended) coming = read(handle, (pair[turn % 2] ??= buffers.take(expected)), size);
    hash.update(chunk);
    if (!ended) continue;
    for (const buffer of pair) buffers.giveBack(buffer);
    return { checksum: hash.digest('hex'), size };
  }
}

function read(handle: ReadHandle, buffer: Buffer, position: number): Promise<Uint8Array> {
  const chunk = handle.read(buffer, 0, buffer.length, position).then((count) => buffer.subarray(0, count));
  chunk.catch(() => undefined); // its failure may wait until somebody asks for the bytes
  return chunk;
}
