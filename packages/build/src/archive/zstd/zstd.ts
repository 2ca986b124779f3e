import type { EncodeOptions } from '../encoder.ts';
import { packBlocks, type Packer } from '../pack-blocks.ts';
import { ThreadPacker } from '../thread-packer.ts';
import { ZSTD_ENGINE } from './zstd-engine.ts';

const MIB = 1 << 20;

/** What the levels from 7 up are in zstd, whose own go up to 19; the others are the same. */
const HIGH_LEVELS: Readonly<Record<number, number>> = { 7: 9, 8: 12, 9: 19 };

/** How much goes into a frame: constants of the format, as the meaning of a level is. */
const FRAME_BYTES = 4 * MIB;
const LARGE_FRAME_BYTES = 16 * MIB;

/**
 * Frames that each hold some of the chunks, with length and checksum: together they are one zstd file. Memory: for each
 * worker 20 to 150 MiB, by level; and one frame's content more.
 */
export async function* zstd(
  chunks: AsyncIterable<Uint8Array>,
  { level, workers, signal }: Pick<EncodeOptions, 'level' | 'signal' | 'workers'>,
): AsyncGenerator<Uint8Array> {
  const high = HIGH_LEVELS[level];
  const blockBytes = high === undefined ? FRAME_BYTES : LARGE_FRAME_BYTES;
  const settings = { level: high ?? level };
  const hire = (): Packer => new ThreadPacker({ engine: ZSTD_ENGINE, settings, signal });
  for await (const { bytes } of packBlocks(chunks, { hire, blockBytes, workers, signal })) yield bytes;
}
