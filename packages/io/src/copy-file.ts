import { Caution } from './caution.ts';
import type { DriverSink } from './driver.ts';
import type { Medium, ReadHandle } from './medium.ts';
import { StreamSink } from './stream-sink.ts';

/** Bytes of one buffer, and of a piece where pieces have to be waited for: then the fewer, the better. */
const BUFFER_BYTES = 4 * 1024 * 1024;
/**
 * Bytes of a piece else: a disk reads and writes so many at once, without a hop to the thread pool, the processor's cache
 * holds them, and the system finds memory for them that it has just used. With pieces of megabytes a copy takes up to
 * ten times as long on a virtual machine whose host takes back what it leaves free in big blocks.
 */
const PIECE_BYTES = 64 * 1024;

/** Two buffers that one file after the other is copied through. */
export type BufferPair = readonly [Uint8Array, Uint8Array];

/** A file on its way. */
export interface FileCopy {
  readonly src: Medium;
  readonly from: string;
  readonly dst: Medium;
  readonly to: string;
  readonly signal: AbortSignal;
  /** Told after each piece. */
  readonly onBytes: (bytes: number) => void;
}

/** Memory that is lent to one copy after the other: no more is ever taken than copies run at once. */
export class BufferPool {
  readonly #free: BufferPair[] = [];

  async lend<T>(work: (buffers: BufferPair) => Promise<T>): Promise<T> {
    const buffers = this.#free.pop() ?? [Buffer.allocUnsafeSlow(BUFFER_BYTES), Buffer.allocUnsafeSlow(BUFFER_BYTES)];
    try {
      return await work(buffers);
    } finally {
      this.#free.push(buffers);
    }
  }
}

/** Copies one file with its mode; it appears when it is whole. */
export async function copyFile(copy: FileCopy, buffers: BufferPair): Promise<void> {
  const { src, from, dst, to, signal } = copy;
  const handle = await src.open(from, { signal });
  try {
    const mode = src.capabilities.mode ? (await handle.stat()).mode : undefined;
    const first = await fill(handle, buffers[0].subarray(0, PIECE_BYTES), 0);
    if (first < PIECE_BYTES) {
      await dst.write(to, buffers[0].subarray(0, first), { mode, signal });
      copy.onBytes(first);
    } else {
      await pump(copy, { handle, buffers, sink: new StreamSink(dst.writeStream(to, { mode, signal })) });
    }
  } finally {
    await handle.close();
  }
}

interface Pump {
  readonly handle: ReadHandle;
  readonly buffers: BufferPair;
  readonly sink: DriverSink;
}

/** Reads into one buffer while the other, which holds a whole piece when this begins, is written. */
async function pump({ signal, onBytes }: FileCopy, { handle, buffers, sink }: Pump): Promise<void> {
  const caution = new Caution({ waitedMs: 2, first: 8, most: 64 });
  try {
    let [full, spare] = buffers;
    let position = PIECE_BYTES;
    for (let bytes = PIECE_BYTES; bytes > 0; [full, spare] = [spare, full]) {
      signal.throwIfAborted();
      const isBig = caution.next();
      const began = performance.now();
      const piece = isBig ? spare : spare.subarray(0, PIECE_BYTES);
      const [, read] = await both(sink.write(full.subarray(0, bytes)), fill(handle, piece, position));
      if (!isBig) caution.took(performance.now() - began);
      onBytes(bytes);
      position += read;
      bytes = read;
    }
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** Waits for both also where one fails: no buffer is given away while it is in use. */
async function both<A, B>(first: A | Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const results = await Promise.allSettled([first, second]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as [A, B];
}

/** Fills the buffer as far as the file goes. */
async function fill(handle: ReadHandle, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const read = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}
