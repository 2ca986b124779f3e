import type { Binary } from '../binary.ts';

const DOS_HEADER_BYTES = 64;
const COFF_HEADER_BYTES = 24;
const SECTION_BYTES = 40;
const PE32_PLUS = 0x20b;

/** Places in the optional header. */
const INITIALIZED_SIZE = 8;
const SECTION_ALIGNMENT = 32;
const FILE_ALIGNMENT = 36;
const IMAGE_SIZE = 56;
const HEADERS_SIZE = 60;
const CHECKSUM = 64;
const DIRECTORIES = 112;

const DIRECTORY_NUMBERS = { resources: 2, certificates: 4, relocations: 5 } as const;

type DirectoryName = keyof typeof DIRECTORY_NUMBERS;

/** Where a part is in memory, and how large it is. */
export interface Place {
  readonly address: number;
  readonly size: number;
}

/** One line of the table of sections; a change is one of the table's bytes. */
export class Section {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** In memory. */
  get size(): number {
    return this.#bytes.readUInt32LE(8);
  }

  get address(): number {
    return this.#bytes.readUInt32LE(12);
  }

  get fileSize(): number {
    return this.#bytes.readUInt32LE(16);
  }

  get offset(): number {
    return this.#bytes.readUInt32LE(20);
  }

  resize(size: number, fileSize: number): void {
    this.#bytes.writeUInt32LE(size, 8);
    this.#bytes.writeUInt32LE(fileSize, 16);
  }

  move(file: number, memory: number): void {
    this.#bytes.writeUInt32LE(this.address + memory, 12);
    this.#bytes.writeUInt32LE(this.offset + file, 20);
  }
}

/** The headers of a Windows executable, which can be changed and written back. */
export class PeFile {
  /** Everything before the first section. */
  readonly head: Buffer;
  readonly #optional: Buffer;
  readonly #table: Buffer;

  constructor(head: Buffer, { optional, table }: { readonly optional: Buffer; readonly table: Buffer }) {
    this.head = head;
    this.#optional = optional;
    this.#table = table;
  }

  get sections(): Section[] {
    const rows = this.#table.length / SECTION_BYTES;
    return Array.from(
      { length: rows },
      (_, row) => new Section(this.#table.subarray(row * SECTION_BYTES, (row + 1) * SECTION_BYTES)),
    );
  }

  get fileAlignment(): number {
    return this.#optional.readUInt32LE(FILE_ALIGNMENT);
  }

  get sectionAlignment(): number {
    return this.#optional.readUInt32LE(SECTION_ALIGNMENT);
  }

  directory(name: DirectoryName): Place {
    const at = DIRECTORIES + DIRECTORY_NUMBERS[name] * 8;
    return { address: this.#optional.readUInt32LE(at), size: this.#optional.readUInt32LE(at + 4) };
  }

  setDirectory(name: DirectoryName, { address, size }: Place): void {
    const at = DIRECTORIES + DIRECTORY_NUMBERS[name] * 8;
    this.#optional.writeUInt32LE(address, at);
    this.#optional.writeUInt32LE(size, at + 4);
  }

  /** So much more is in the file, and so much in memory; what is behind the resources has moved by it. */
  grow({ file, memory }: { readonly file: number; readonly memory: number }): void {
    const { address, size } = this.directory('relocations');
    if (address > this.directory('resources').address) {
      this.setDirectory('relocations', { address: address + memory, size });
    }
    this.#add(INITIALIZED_SIZE, file);
    this.#add(IMAGE_SIZE, memory);
  }

  setChecksum(checksum: number): void {
    this.#optional.writeUInt32LE(checksum, CHECKSUM);
  }

  #add(at: number, bytes: number): void {
    this.#optional.writeUInt32LE(this.#optional.readUInt32LE(at) + bytes, at);
  }
}

/** The headers, with a checksum of 0. @throws `ERR_BUILD_RUNTIME_UNAVAILABLE` where it is no program of 64 bits. */
export async function readPe(binary: Binary): Promise<PeFile> {
  const dos = await binary.read(0, DOS_HEADER_BYTES);
  const start = dos.readUInt32LE(60);
  const coff = await binary.read(start, start + COFF_HEADER_BYTES + 2);
  const isKnown = dos.toString('latin1', 0, 2) === 'MZ' && coff.toString('latin1', 0, 4) === 'PE\0\0';
  if (!isKnown || coff.readUInt16LE(COFF_HEADER_BYTES) !== PE32_PLUS || coff.readUInt32LE(12) !== 0) {
    throw binary.unfit('it is no Windows executable of 64 bits');
  }
  const optionalAt = start + COFF_HEADER_BYTES;
  const tableAt = optionalAt + coff.readUInt16LE(20);
  const tableEnd = tableAt + coff.readUInt16LE(6) * SECTION_BYTES;
  const size = (await binary.read(optionalAt, tableAt)).readUInt32LE(HEADERS_SIZE);
  const head = await binary.read(0, size);
  const pe = new PeFile(head, {
    optional: head.subarray(optionalAt, tableAt),
    table: head.subarray(tableAt, tableEnd),
  });
  pe.setChecksum(0);
  return pe;
}
