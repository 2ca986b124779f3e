import { BLOCK_BYTES, Blocks } from './blocks.ts';
import { crc32 } from './crc32.ts';
import { type BlockPlace, deflateBlock, WINDOW_BYTES } from './deflate.ts';
import type { EncodeOptions } from './encoder.ts';
import { inOrder } from './in-order.ts';

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
 * the end of the one before, so that they make one stream that any inflate reads. The bytes depend on content and level
 * only. At most `workers + 4` blocks are in memory.
 */
export function blockDeflate(
  chunks: AsyncIterable<Uint8Array>,
  { level, workers }: Pick<EncodeOptions, 'level' | 'workers'>,
  tally: Tally,
): AsyncGenerator<Uint8Array> {
  return inOrder(deflatedBlocks(chunks, level, tally), blocksAhead(workers));
}

/** Bytes that are under way for so many workers: one block more, so that none waits while another one is given away. */
export function blocksAhead(workers: number): number {
  return (workers + 1) * BLOCK_BYTES;
}

/** A block that is being deflated. */
export interface DeflatedBlock {
  readonly bytes: Promise<Uint8Array>;
  /** Of the block before it was deflated. */
  readonly weight: number;
}

/** The blocks of a stream, each begun when it is given. */
export async function* deflatedBlocks(
  chunks: AsyncIterable<Uint8Array>,
  level: number,
  tally: Tally,
): AsyncGenerator<DeflatedBlock> {
  const blocks = new Blocks();
  const deflated = async (block: Buffer, place: BlockPlace): Promise<Uint8Array> => {
    const bytes = await deflateBlock(block, place);
    blocks.giveBack(block);
    return bytes;
  };
  let previous: Uint8Array = EMPTY;
  let waiting: Buffer | undefined;
  for await (const block of blocks.of(chunks)) {
    tally.add(block);
    if (waiting !== undefined) {
      const end = Buffer.from(waiting.subarray(-WINDOW_BYTES)); // the block is filled again when it is done
      yield { bytes: deflated(waiting, { previous, level, last: false }), weight: waiting.length };
      previous = end;
    }
    waiting = block;
  }
  const rest = waiting ?? EMPTY;
  yield { bytes: deflated(rest, { previous, level, last: true }), weight: rest.length };
}

const EMPTY = Buffer.alloc(0);
