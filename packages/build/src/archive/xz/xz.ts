import type { EncodeOptions } from '../encoder.ts';
import { packBlocks } from '../pack-blocks.ts';
import { VliReader } from './vli.ts';
import { blockHeader, CHECK, EDGE_BYTES, paddingOf, streamEnd, streamHeader, type XzRecord } from './xz-format.ts';
import { xzPacker, type XzPackerSource } from './xz-packer.ts';

const MIB = 1 << 20;
const STEP_BYTES = 1 << 16;

/**
 * MiB of input in one block, by preset, from 1 up: three times the dictionary, as `xz -T` has it. Constants of the
 * format, as the meaning of a level is.
 */
const BLOCKS_MIB: readonly number[] = [3, 6, 12, 12, 24, 24];

/** The highest preset, and its block. Those above take more memory than WebAssembly has. */
const HIGHEST = { preset: 7, blockMib: 48 } as const;

/** Room for two sizes of up to 2^28, also where they are shorter: as `xz -T` does it. */
const BLOCK_HEADER_BYTES = 20;

const CRC64_BYTES = 8;

/** What decides the bytes beside the content, and what does not. */
export interface XzOptions extends Pick<EncodeOptions, 'level' | 'signal' | 'workers'> {
  /** About so many bytes will come, or a few less: more than one block is then cut into an even number of equal ones. */
  readonly expectedBytes?: number | undefined;
}

/**
 * One xz stream that holds the chunks, in blocks with a CRC-64 each: what `xz -T` makes of them. All packers make the
 * same bytes. Memory: for each worker, by level, 9 to 190 MiB of the encoder's and a block; and one block more.
 */
export async function* xz(
  chunks: AsyncIterable<Uint8Array>,
  { level, workers, signal, expectedBytes }: XzOptions,
  packer: XzPackerSource = xzPacker,
): AsyncGenerator<Uint8Array> {
  const preset = Math.min(level, HIGHEST.preset);
  const blockBytes = evenly((BLOCKS_MIB[preset - 1] ?? HIGHEST.blockMib) * MIB, expectedBytes);
  const records: XzRecord[] = [];
  yield streamHeader(CHECK.crc64);
  const hire = (): ReturnType<XzPackerSource> => packer({ preset, signal });
  for await (const { size, bytes } of packBlocks(chunks, { hire, blockBytes, workers, signal })) {
    const { dictionary, packed, check } = onlyBlock(bytes);
    const unpadded = BLOCK_HEADER_BYTES + packed.length + CRC64_BYTES;
    records.push({ unpadded, size });
    yield blockHeader({ dictionary, sizes: [packed.length, size], length: BLOCK_HEADER_BYTES });
    yield packed;
    yield Buffer.concat([Buffer.alloc(paddingOf(unpadded)), check]);
  }
  yield streamEnd(CHECK.crc64, records);
}

/**
 * The size of a block: of three full ones the third would be packed alone, while another worker waits. It follows from
 * the content alone, never from the number of workers.
 */
function evenly(most: number, expectedBytes = 0): number {
  if (expectedBytes <= most) return most;
  const blocks = 2 * Math.ceil(expectedBytes / most / 2);
  return Math.ceil(expectedBytes / blocks / STEP_BYTES) * STEP_BYTES;
}

interface Block {
  readonly dictionary: number;
  readonly packed: Buffer;
  readonly check: Buffer;
}

/** The content of a stream that the engine made: one block, without sizes in its header. */
function onlyBlock(stream: Buffer): Block {
  const headerBytes = (stream.readUInt8(EDGE_BYTES) + 1) * 4;
  const indexBytes = (stream.readUInt32LE(stream.length - EDGE_BYTES + 4) + 1) * 4;
  const indexStart = stream.length - EDGE_BYTES - indexBytes;
  const index = new VliReader(stream, indexStart + 1);
  const [, unpadded = 0] = [index.next(), index.next()];
  return {
    dictionary: stream.readUInt8(EDGE_BYTES + 4),
    packed: stream.subarray(EDGE_BYTES + headerBytes, EDGE_BYTES + unpadded - CRC64_BYTES),
    check: stream.subarray(indexStart - CRC64_BYTES, indexStart),
  };
}
