import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';

import { crc32 } from './crc32.ts';
import type { EncodeOptions } from './encoder.ts';

/**
 * Bytes of input in one block. A constant of the format, as the level's meaning is: the bytes of an archive follow from
 * it, so it must not depend on the machine.
 */
export const BLOCK_BYTES: number = 1 << 20;

/** How far back deflate looks: what is taken from the block before, so that little is lost at the border. */
const WINDOW_BYTES = 1 << 15;

/** A whole packed block fits in one piece of output: nothing is copied together. */
const OUTPUT_BYTES = BLOCK_BYTES + (BLOCK_BYTES >> 6);

const EMPTY = Buffer.alloc(0);

const packRaw = promisify(deflateRaw) as (
  input: Uint8Array,
  options: { level: number; memLevel: number; dictionary?: Uint8Array; finishFlush: number; chunkSize: number },
) => Promise<Buffer>;

/** What is known of the input once it has gone through. */
export class Tally {
  crc: number = 0;
  size: number = 0;

  add(block: Uint8Array): void {
    this.crc = crc32(block, this.crc);
    this.size += block.length;
  }
}

/**
 * Raw deflate of `chunks` by blocks, which are compressed side by side and given in order. Each block is primed with
 * the end of the one before and ends on a byte border (a sync flush), so that they make one stream that any inflate
 * reads. The bytes depend on content and level only. At most `workers + 1` blocks are in memory.
 */
export async function* blockDeflate(
  chunks: AsyncIterable<Uint8Array>,
  options: Pick<EncodeOptions, 'level' | 'workers'>,
  tally: Tally,
): AsyncGenerator<Uint8Array> {
  const { level, workers } = options;
  const running: Promise<Buffer>[] = [];
  let previous: Uint8Array = EMPTY;
  let waiting: Uint8Array | undefined;
  try {
    for await (const block of blocksOf(chunks)) {
      tally.add(block);
      if (waiting !== undefined) {
        running.push(pack(waiting, { previous, level, last: false }));
        previous = waiting;
      }
      waiting = block;
      while (running.length > workers) yield await first(running);
    }
    running.push(pack(waiting ?? EMPTY, { previous, level, last: true }));
    while (running.length > 0) yield await first(running);
  } finally {
    await Promise.allSettled(running);
  }
}

async function first(running: Promise<Buffer>[]): Promise<Buffer> {
  const packed = await (running[0] ?? Promise.resolve(EMPTY));
  void running.shift(); // it has been waited for
  return packed;
}

interface BlockPlace {
  readonly previous: Uint8Array;
  readonly level: number;
  readonly last: boolean;
}

function pack(block: Uint8Array, { previous, level, last }: BlockPlace): Promise<Buffer> {
  const packed = packRaw(block, {
    level,
    memLevel: 9,
    chunkSize: Math.max(1024, Math.min(OUTPUT_BYTES, block.length + (block.length >> 6) + 64)),
    finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(previous.length > 0 && { dictionary: previous.subarray(-WINDOW_BYTES) }),
  });
  packed.catch(() => undefined); // its failure is looked at when its turn comes
  return packed;
}

/** Re-cuts chunks of any size into blocks of {@link BLOCK_BYTES}; only the last may be shorter. */
async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + BLOCK_BYTES - length);
      parts.push(part);
      from += part.length;
      length += part.length;
      if (length < BLOCK_BYTES) continue;
      yield joined(parts);
      parts = [];
      length = 0;
    }
  }
  if (length > 0) yield joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}
