import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';

/** How far back deflate looks. */
export const WINDOW_BYTES: number = 1 << 15;

/**
 * What a level means to zlib. Node's zlib (Chromium's) searches otherwise than zlib does: one level lower it makes what
 * `gzip` makes, but for 1 to 2 %, in four fifths of the time.
 */
const ZLIB_LEVELS: readonly number[] = [1, 2, 3, 4, 4, 5, 6, 7, 9];

/** Of the statistics that a block of codes shares: with fewer of them the codes fit programs better. */
const MEM_LEVEL = 7;

/** What stands before and after a block decides its bytes. */
export interface BlockPlace {
  /** Its end primes the block, so that little is lost at the border. Empty before the first one. */
  readonly previous: Uint8Array;
  /** 1 to 9 */
  readonly level: number;
  /** The last one finishes the stream, every other one ends on a byte border (a sync flush). */
  readonly last: boolean;
}

/** What is packed at once: the way to the thread pool and back takes longer. */
const TINY_BYTES = 4096;

/** What a block of 1 MiB is packed to, or less. */
const USUAL_BYTES = 1 << 19;

const deflateInPool = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);

/** Raw deflate of one block, in the thread pool. One after the other such blocks make one stream, for any inflate. */
export async function deflateBlock(block: Uint8Array, place: BlockPlace): Promise<Buffer> {
  const options = optionsFor(block.length, place);
  return block.length <= TINY_BYTES ? deflateRawSync(block, options) : await deflateInPool(block, options);
}

function optionsFor(length: number, { previous, level, last }: BlockPlace): ZlibOptions {
  return {
    level: ZLIB_LEVELS[level - 1] ?? level,
    memLevel: MEM_LEVEL,
    // most blocks come out in one piece, and nothing is copied together; the few others need more room than is usual
    chunkSize: Math.max(1024, Math.min(length + (length >> 6) + 64, USUAL_BYTES)),
    finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(previous.length > 0 && { dictionary: previous.subarray(-WINDOW_BYTES) }),
  };
}
