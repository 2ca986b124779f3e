import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { CoreError } from './errors.ts';

/**
 * Writes all chunks and finishes the stream, or destroys it where anything fails. It settles when the stream has closed,
 * either way, so that nothing runs on behind the caller's back: of a `writeStream` that failed, the unfinished file is
 * gone by then. Node's `pipeline` does not wait for that.
 *
 * @throws What the chunks or the stream fail with; `ERR_STREAM_PREMATURE_CLOSE` for a stream that somebody else destroyed
 *   without a reason, and `ERR_STREAM_WRITE_AFTER_END` for one that somebody else ended before the last chunk.
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
      if (isOver(stream)) {
        await closed; // says why, unless it was ended well
        throw endedEarly();
      }
      if (!stream.write(chunk)) await drainedOrOver(stream);
    }
    if (!isOver(stream)) stream.end();
    await closed;
  } catch (error) {
    stream.destroy();
    await closed.catch(() => undefined);
    throw error;
  }
}

function isOver(stream: Writable): boolean {
  return stream.destroyed || stream.errored !== null || stream.writableEnded;
}

function endedEarly(): CoreError {
  return new CoreError('Cannot write the next chunk: somebody else has ended the stream before it', {
    code: 'ERR_STREAM_WRITE_AFTER_END',
    op: 'io.pump',
    hint: 'Leave the end of the stream to pump().',
  });
}

/** Not `once(stream, 'drain')`: a stream that is ended, or destroyed without an error, never drains. */
async function drainedOrOver(stream: Writable): Promise<void> {
  const events = ['drain', 'finish', 'error', 'close'];
  let wake!: () => void;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  for (const event of events) stream.on(event, wake);
  await woken;
  for (const event of events) stream.off(event, wake);
}
