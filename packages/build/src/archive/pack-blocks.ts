import { BuildError } from '../errors.ts';
import { cutBlocks } from './cut-blocks.ts';
import type { EncodeOptions } from './encoder.ts';

/** Somebody who packs one block at a time. */
export interface Packer extends AsyncDisposable {
  /** The packed bytes. The block may be gone afterwards. */
  pack(block: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

/** How chunks are packed. */
export interface BlockPacking extends Pick<EncodeOptions, 'signal' | 'workers'> {
  /** A constant of the format: the bytes follow from it. */
  readonly blockBytes: number;
  /** Gets one more packer. All of them make the same bytes. */
  readonly hire: () => Packer | Promise<Packer>;
}

/** One block, packed. */
export interface PackedBlock {
  /** How many bytes went in. */
  readonly size: number;
  readonly bytes: Buffer;
}

/**
 * The chunks by blocks, which are packed side by side and given in order. At most `workers + 1` blocks are in memory.
 * When this ends, for whatever reason, nothing runs on.
 *
 * @throws `ERR_BUILD_COMPRESSION_FAILED`, or the reason of the signal.
 */
export async function* packBlocks(
  chunks: AsyncIterable<Uint8Array>,
  packing: BlockPacking,
): AsyncGenerator<PackedBlock> {
  await using crew = new Crew(packing);
  const running: Promise<PackedBlock>[] = [];
  for await (const block of cutBlocks(chunks, packing.blockBytes)) {
    running.push(crew.pack(block));
    if (running.length > packing.workers) yield* first(running, packing);
  }
  while (running.length > 0) yield* first(running, packing);
}

async function* first(running: Promise<PackedBlock>[], { signal }: BlockPacking): AsyncGenerator<PackedBlock> {
  const packed = await running[0];
  signal?.throwIfAborted();
  void running.shift(); // it has been waited for
  if (packed !== undefined) yield packed;
}

/** The packers: as many as there is work for, `workers` at most. */
class Crew implements AsyncDisposable {
  readonly #packing: BlockPacking;
  readonly #packers: (Packer | Promise<Packer>)[] = [];
  readonly #idle: Packer[] = [];
  readonly #queue: ((packer: Packer) => void)[] = [];

  constructor(packing: BlockPacking) {
    this.#packing = packing;
  }

  /** Packs a block. Whether this fails may be looked at later. */
  pack(block: Uint8Array<ArrayBuffer>): Promise<PackedBlock> {
    const packed = this.#pack(block);
    packed.catch(() => undefined);
    return packed;
  }

  async #pack(block: Uint8Array<ArrayBuffer>): Promise<PackedBlock> {
    const size = block.length;
    const packer = await this.#next();
    try {
      const { buffer, byteOffset, length } = await packer.pack(block);
      return { size, bytes: Buffer.from(buffer, byteOffset, length) };
    } catch (error) {
      const { signal } = this.#packing;
      throw signal?.aborted === true && error === signal.reason ? error : failed(error);
    } finally {
      this.#release(packer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#packers.map(async (packer) => (await packer)[Symbol.asyncDispose]()));
  }

  #next(): Packer | Promise<Packer> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const { hire, workers } = this.#packing;
    if (this.#packers.length >= workers) return new Promise((take) => this.#queue.push(take));
    const packer = hire();
    this.#packers.push(packer);
    return packer;
  }

  #release(packer: Packer): void {
    const take = this.#queue.shift();
    if (take === undefined) this.#idle.push(packer);
    else take(packer);
  }
}

function failed(cause: unknown): BuildError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BuildError(`Cannot compress: ${why}`, {
    code: 'ERR_BUILD_COMPRESSION_FAILED',
    op: 'build.archive',
    hint: 'If memory is short, use fewer workers or a lower level.',
    cause,
  });
}
