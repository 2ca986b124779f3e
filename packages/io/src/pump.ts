import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/**
 * Writes all chunks and finishes the stream, or destroys it where anything fails. It settles when the stream has closed,
 * either way, so that nothing runs on behind the caller's back: of a `writeStream` that failed, the unfinished file is
 * gone by then. Node's `pipeline` does not wait for that.
 *
 * @throws What the chunks or the stream fail with.
 * @example
 * ```ts
 * import { MemoryMedium, pump } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'a.txt': 'content' });
 * await pump(medium.readStream('a.txt'), medium.writeStream('b.txt'));
 * assert.equal(await medium.read('b.txt'), 'content');
 * ```
 */
export async function pump(chunks: AsyncIterable<Uint8Array | string>, stream: Writable): Promise<void> {
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
