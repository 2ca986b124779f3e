import { blockDeflate, Tally } from './block-deflate.ts';
import type { EncodeOptions } from './encoder.ts';

/** No name, no time, operating system "unknown": the same on every machine. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** One gzip member that holds the chunks. */
export async function* gzip(
  chunks: AsyncIterable<Uint8Array>,
  options: Pick<EncodeOptions, 'level' | 'workers'>,
): AsyncGenerator<Uint8Array> {
  const tally = new Tally();
  yield HEADER;
  yield* blockDeflate(chunks, options, tally);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(tally.crc, 0);
  trailer.writeUInt32LE(tally.size % 2 ** 32, 4);
  yield trailer;
}
