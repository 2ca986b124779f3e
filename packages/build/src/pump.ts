import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/**
 * Writes all chunks and finishes the stream, or destroys it where anything fails. Returns when the stream is closed,
 * either way: nothing runs on behind the caller's back.
 */
export async function pump(chunks: AsyncIterable<Uint8Array>, stream: Writable): Promise<void> {
  const closed = finished(stream);
  closed.catch(() => undefined); // awaited below, unless something else fails first
  try {
    for await (const chunk of chunks) {
      if (stream.errored !== null) throw stream.errored;
      if (!stream.write(chunk)) await once(stream, 'drain');
    }
    stream.end();
    await closed;
  } catch (error) {
    stream.destroy();
    await closed.catch(() => undefined);
    throw error;
  }
}
