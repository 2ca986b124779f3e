import type { Writable } from 'node:stream';

import { unlessAborted } from '@core/io';

import type { OutputChunk } from '../output/output-chunk.ts';

/**
 * Writes chunks to a stream, which is left open, no faster than it takes them; resolves when it has taken all.
 *
 * @throws The stream's error; the reason of the signal, also where the stream never answers.
 */
export async function pump(chunks: AsyncIterable<OutputChunk>, stream: Writable, signal: AbortSignal): Promise<void> {
  let taken = Promise.resolve();
  for await (const { bytes } of chunks) {
    const written = write(stream, bytes);
    taken = written.taken;
    taken.catch(() => undefined); // the stream is told to have failed, and the next write fails too
    if (!written.hasRoom) await unlessAborted(taken, signal);
  }
  await unlessAborted(taken, signal);
}

function write(stream: Writable, bytes: Uint8Array): { readonly hasRoom: boolean; readonly taken: Promise<void> } {
  let hasRoom = true;
  const taken = new Promise<void>((resolve, reject) => {
    hasRoom = stream.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
  return { hasRoom, taken };
}
