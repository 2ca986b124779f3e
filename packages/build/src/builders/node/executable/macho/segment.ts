import { alignUp } from '../binary.ts';

export const SEGMENT = 0x19;
const SEGMENT_BYTES = 72;
const SECTION_BYTES = 80;

const NAME_BYTES = 16;
const READABLE = 1;
/** As a power of two. */
const ALIGNMENT = 4;

/** A command that says what is loaded where; a change is one of the command's bytes. */
export class Segment {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get name(): string {
    return nameAt(this.#bytes, 8);
  }

  get address(): number {
    return Number(this.#bytes.readBigUInt64LE(24));
  }

  get offset(): number {
    return Number(this.#bytes.readBigUInt64LE(40));
  }

  get fileSize(): number {
    return Number(this.#bytes.readBigUInt64LE(48));
  }

  /** Where its sections begin in the file, of those that are in it. */
  get sectionOffsets(): number[] {
    const count = this.#bytes.readUInt32LE(64);
    const offsets = Array.from({ length: count }, (_, index) =>
      this.#bytes.readUInt32LE(SEGMENT_BYTES + index * SECTION_BYTES + 48),
    );
    return offsets.filter((offset) => offset > 0);
  }

  /** Further back, in the file and in memory. */
  move(bytes: number): void {
    this.#bytes.writeBigUInt64LE(BigInt(this.address + bytes), 24);
    this.#bytes.writeBigUInt64LE(BigInt(this.offset + bytes), 40);
  }

  resize(fileSize: number, pageBytes: number): void {
    this.#bytes.writeBigUInt64LE(BigInt(alignUp(fileSize, pageBytes)), 32);
    this.#bytes.writeBigUInt64LE(BigInt(fileSize), 48);
  }
}

function nameAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + NAME_BYTES).replace(/\0.*$/s, '');
}

/** Where a new segment is, and how much of it is content. */
export interface NewSegment {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  readonly contentSize: number;
}

/** The command of the segment in which Node looks for its program. */
export function encodeSegment({ offset, address, size, contentSize }: NewSegment): Buffer {
  const bytes = Buffer.alloc(SEGMENT_BYTES + SECTION_BYTES);
  bytes.writeUInt32LE(SEGMENT, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.write('NODE_SEA', 8);
  [address, size, offset, size].forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 24 + index * 8));
  [READABLE, READABLE, 1, 0].forEach((value, index) => bytes.writeUInt32LE(value, 56 + index * 4));
  const section = bytes.subarray(SEGMENT_BYTES);
  section.write('__NODE_SEA_BLOB', 0);
  section.write('NODE_SEA', NAME_BYTES);
  section.writeBigUInt64LE(BigInt(address), 32);
  section.writeBigUInt64LE(BigInt(contentSize), 40);
  section.writeUInt32LE(offset, 48);
  section.writeUInt32LE(ALIGNMENT, 52);
  return bytes;
}
