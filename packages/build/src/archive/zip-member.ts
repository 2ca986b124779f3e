import { deflatedBlocks, Tally } from './block-deflate.ts';
import { BLOCK_BYTES } from './blocks.ts';
import { crc32 } from './crc32.ts';
import { deflateBlock } from './deflate.ts';
import type { EncodedEntry, FileEntry } from './encoder.ts';
import { exactly } from './exactly.ts';
import type { Piece } from './in-order.ts';
import { EXECUTABLE_MODE, FILE_MODE } from './reproducible.ts';
import {
  centralHeader,
  dataDescriptor,
  dosTime,
  localHeader,
  METHOD,
  type ZipRecord,
  type ZipSizes,
} from './zip-records.ts';

/** From here on an entry gets 64-bit sizes: its packed size, which is not known yet, may be a little larger. */
export const WIDE_FROM_BYTES: number = 0xf000_0000;

/** Type bits of `stat(2)`. */
const TYPE_BITS = { file: 0o100000, dir: 0o040000, symlink: 0o120000 } as const;

/** One entry of a zip file. What the directory says of it is known when all its pieces are out. */
export class ZipMember {
  readonly #entry: EncodedEntry;
  #record: ZipRecord;
  #sizes: ZipSizes = { crc: 0, size: 0, packed: 0 };
  #length = 0;

  constructor(entry: EncodedEntry, mtime: number) {
    this.#entry = entry;
    this.#record = recordOf(entry, mtime);
  }

  /** From the first byte of its header to the last one that belongs to it. */
  get length(): number {
    return this.#length;
  }

  /** What the directory at the end says of it; `offset` is where it begins. */
  centralHeader(offset: number): Buffer {
    return centralHeader(this.#record, this.#sizes, offset);
  }

  async *pieces(level: number): AsyncGenerator<Piece> {
    const entry = this.#entry;
    if (entry.kind !== 'file') yield { bytes: this.#stored(Buffer.from(target(entry))), weight: 0 };
    else if (this.#record.streamed) yield* this.#streamed(entry, level);
    else yield await this.#whole(entry, level);
  }

  /** Header, blocks, and the sizes, which are known last. */
  async *#streamed(entry: FileEntry, level: number): AsyncGenerator<Piece> {
    const tally = new Tally();
    let packed = 0;
    yield { bytes: this.#counted(localHeader(this.#record, this.#sizes)), weight: 0 };
    for await (const { bytes, weight } of deflatedBlocks(exactly(entry), level, tally)) {
      const block = bytes.then((deflated) => {
        packed += deflated.length;
        return this.#counted(deflated);
      });
      yield { bytes: block, weight };
    }
    const descriptor = (): Uint8Array => {
      this.#sizes = { crc: tally.crc, size: tally.size, packed };
      return this.#counted(dataDescriptor(this.#record, this.#sizes));
    };
    yield { bytes: descriptor, weight: 0 };
  }

  /** A content of one block: its header has the sizes. */
  async #whole(entry: FileEntry, level: number): Promise<Piece> {
    const block = await gathered(exactly(entry), entry.size);
    if (block.length === 0) return { bytes: this.#stored(block), weight: 0 };
    const deflated = deflateBlock(block, { previous: EMPTY, level, last: true });
    const bytes = deflated.then((packed) =>
      packed.length < block.length ? this.#deflated(block, packed) : this.#stored(block),
    );
    return { bytes, weight: block.length };
  }

  #deflated(content: Uint8Array, packed: Uint8Array): Uint8Array {
    this.#sizes = { crc: crc32(content), size: content.length, packed: packed.length };
    return this.#counted(Buffer.concat([localHeader(this.#record, this.#sizes), packed]));
  }

  #stored(content: Uint8Array): Uint8Array {
    this.#record = { ...this.#record, method: METHOD.stored };
    this.#sizes = { crc: crc32(content), size: content.length, packed: content.length };
    return this.#counted(Buffer.concat([localHeader(this.#record, this.#sizes), content]));
  }

  #counted(bytes: Uint8Array): Uint8Array {
    this.#length += bytes.length;
    return bytes;
  }
}

const EMPTY = Buffer.alloc(0);

/** A copy of all chunks, which are not there for long. */
async function gathered(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const content = Buffer.allocUnsafeSlow(size);
  let length = 0;
  for await (const chunk of chunks) {
    content.set(chunk, length);
    length += chunk.length;
  }
  return content;
}

function target(entry: EncodedEntry): string {
  return entry.kind === 'symlink' ? entry.target : '';
}

function recordOf(entry: EncodedEntry, mtime: number): ZipRecord {
  const size = entry.kind === 'file' ? entry.size : 0;
  return {
    name: Buffer.from(entry.kind === 'dir' ? `${entry.name}/` : entry.name),
    method: METHOD.deflated,
    dosTime: dosTime(mtime),
    unixMode: TYPE_BITS[entry.kind] | permissions(entry),
    streamed: size > BLOCK_BYTES,
    wide: size >= WIDE_FROM_BYTES,
  };
}

function permissions(entry: EncodedEntry): number {
  if (entry.kind === 'symlink') return 0o777;
  return entry.kind === 'dir' || entry.executable ? EXECUTABLE_MODE : FILE_MODE;
}
