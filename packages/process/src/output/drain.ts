import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** So many turns of the loop without a byte, and nothing that the process itself wrote can still be under way. */
const QUIET_TURNS = 2;
/**
 * A grandchild that never stops writing is never quiet. What the process itself left behind fits into the buffers of
 * the system, which are read in a few turns and are far smaller than this.
 */
const MOST_TURNS = 64;
const MOST_BYTES = 16_777_216;

/**
 * Reads what a process that has exited left in its streams, then closes them, also where another process keeps the
 * other end open.
 *
 * Whoever reads the streams has to be listening; they flow from here on.
 */
export async function drain(streams: readonly Readable[]): Promise<void> {
  let bytes = 0;
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.length;
  };
  for (const stream of streams) stream.on('data', count).resume();

  let quiet = 0;
  for (let turn = 0; turn < MOST_TURNS && quiet < QUIET_TURNS && bytes < MOST_BYTES; turn += 1) {
    if (streams.every((stream) => stream.readableEnded || stream.destroyed)) break;
    const before = bytes;
    await nextTurn();
    quiet = bytes === before && streams.every((stream) => stream.readableLength === 0) ? quiet + 1 : 0;
  }
  for (const stream of streams) stream.off('data', count).destroy();
}
