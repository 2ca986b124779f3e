// eslint-disable-next-line n/no-unsupported-features/node-builtins -- it is there from 20.12 on, and stable from 22 on
import { createHash, hash } from 'node:crypto';

import type { Medium, OpenOptions, ReadHandle } from '@core/io';

import { type HashThreads, hashThreads, WORTH_SENDING } from './hash-threads.ts';
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
  /** What may hash large files beside the others. */
  readonly threads?: HashThreads | undefined;
}

/** What so many digests share that are made side by side. */
export function sharedBy(count: number): DigestOptions {
  return { walker: {}, buffers: new ReadBuffers(), threads: count > 1 ? hashThreads : undefined };
}

/** The digest of a file. A small one is read and hashed in one piece. */
export async function digestFile(medium: Medium, path: string, options: DigestOptions): Promise<FileDigest> {
  const { buffers = new ReadBuffers() } = options;
  await using handle = await medium.open(path, options);
  const size = handle.initialSize ?? (await handle.stat()).size;
  const beside = size < WORTH_SENDING ? undefined : await options.threads?.digest(handle, size, options);
  if (beside !== undefined) return beside;
  const first = buffers.take(size);
  const count = await handle.read(first, 0, first.length, 0);
  options.signal?.throwIfAborted();
  // there was room for more: the end has been seen
  const isWhole = count === size && count < first.length;
  const digest = isWhole
    ? { checksum: hash('sha256', first.subarray(0, count), 'hex'), size }
    : await digestOn({ handle, size, first, count, buffers }, options.signal);
  buffers.giveBack(first);
  return digest;
}

interface Begun {
  readonly handle: ReadHandle;
  readonly size: number;
  readonly first: Buffer<ArrayBuffer>;
  readonly count: number;
  readonly buffers: ReadBuffers;
}

/** From the first chunk on: one is read while the one before is hashed; two buffers serve for all of them. */
async function digestOn(
  { handle, size: expected, first, count, buffers }: Begun,
  signal: AbortSignal | undefined,
): Promise<FileDigest> {
  const sha256 = createHash('sha256');
  const second = buffers.take(expected);
  let size = 0;
  let [full, spare, read] = [first, second, count];
  for (;;) {
    size += read;
    // where the file has grown or shrunk, its end is looked for
    const ended = read === 0 || (size === expected && read < full.length);
    const coming = ended ? undefined : ahead(handle, spare, size);
    sha256.update(full.subarray(0, read));
    if (coming === undefined) break;
    read = await coming;
    signal?.throwIfAborted();
    [full, spare] = [spare, full];
  }
  buffers.giveBack(second);
  return { checksum: sha256.digest('hex'), size };
}

function ahead(handle: ReadHandle, buffer: Uint8Array, position: number): Promise<number> {
  const reading = handle.read(buffer, 0, buffer.length, position);
  reading.catch(() => undefined); // its failure may wait until somebody asks for the bytes
  return reading;
}
