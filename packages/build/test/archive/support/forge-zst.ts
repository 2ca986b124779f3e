import xxhash from 'xxhash-wasm';

/** A frame of a zstd file as an attacker may want it. */
export interface ForgedFrame {
  readonly blocks: readonly Uint8Array[];
  /** What the header says; nothing by default. */
  readonly size?: number;
  readonly checksum?: Uint8Array;
  /** The byte of the window; 1 MiB by default. */
  readonly window?: number;
  /** More bits of the first byte. */
  readonly flags?: number;
}

/** A zstd frame. */
export function zstFrame({ blocks, size, checksum, window = 0x50, flags = 0 }: ForgedFrame): Buffer {
  const sizeField = Buffer.alloc(size === undefined ? 0 : 8);
  if (size !== undefined) sizeField.writeBigUInt64LE(BigInt(size));
  const first = (size === undefined ? 0 : 0xc0) | (checksum === undefined ? 0 : 4) | flags;
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, first, window]);
  return Buffer.concat([header, sizeField, ...blocks, checksum ?? Buffer.alloc(0)]);
}

/** What a block says of itself. */
export interface ForgedBlock {
  readonly isLast?: boolean;
  readonly size?: number;
}

/** A block: 0 is stored, 1 is one byte many times, 2 is compressed. */
export function zstBlock(
  type: number,
  content: Uint8Array,
  { isLast = false, size = content.length }: ForgedBlock = {},
): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (isLast ? 1 : 0), 0, 3);
  return Buffer.concat([header, content]);
}

/** The content in blocks that are stored. */
export function storedBlocks(content: Uint8Array, blockBytes: number = 1 << 17): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < content.length; at += blockBytes) {
    const isLast = at + blockBytes >= content.length;
    blocks.push(zstBlock(0, content.subarray(at, at + blockBytes), { isLast }));
  }
  return blocks;
}

/** A frame without content. */
export function skippable(content: Uint8Array, size: number = content.length): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a5e, 0);
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, content]);
}

/** The checksum of a frame with this content. */
export async function checksum(content: Uint8Array): Promise<Buffer> {
  const hashing = await xxhash();
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Number(hashing.h64Raw(content) & 0xffffffffn));
  return bytes;
}
