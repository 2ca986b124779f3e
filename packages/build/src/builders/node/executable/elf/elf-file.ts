import type { Binary } from '../binary.ts';

const HEADER_BYTES = 64;
const PROGRAM_BYTES = 56;
const SECTION_BYTES = 64;

const KINDS: Readonly<Record<number, 'load' | 'note'>> = { 1: 'load', 4: 'note' };
const WRITABLE = 2;

const PROGBITS = 1;
const NOTES = 7;
const NOBITS = 8;
const LOADED = 2n;
const THREAD_LOCAL = 0x400n;

/** One line of the table that says what is loaded; a change is one of the table's bytes. */
export class ProgramHeader {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get type(): 'load' | 'note' | undefined {
    return KINDS[this.#bytes.readUInt32LE(0)];
  }

  get isWritable(): boolean {
    return (this.#bytes.readUInt32LE(4) & WRITABLE) !== 0;
  }

  get offset(): number {
    return number(this.#bytes, 8);
  }

  get address(): number {
    return number(this.#bytes, 16);
  }

  get fileSize(): number {
    return number(this.#bytes, 32);
  }

  get memorySize(): number {
    return number(this.#bytes, 40);
  }

  get alignment(): number {
    return number(this.#bytes, 48);
  }

  /** All of it comes from the file. */
  resize(size: number): void {
    for (const at of [32, 40]) setNumber(this.#bytes, at, size);
  }

  move(offset: number, address: number, size: number): void {
    setNumber(this.#bytes, 8, offset);
    for (const at of [16, 24]) setNumber(this.#bytes, at, address);
    this.resize(size);
  }
}

/** One line of the table that says what is where, for linkers and debuggers. */
export class SectionHeader {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isNotes(): boolean {
    return this.#bytes.readUInt32LE(4) === NOTES && this.isLoaded;
  }

  /** It has a place in memory, and none in the file. */
  get isEmpty(): boolean {
    return this.#bytes.readUInt32LE(4) === NOBITS;
  }

  get isLoaded(): boolean {
    return (this.#bytes.readBigUInt64LE(8) & LOADED) !== 0n;
  }

  get isThreadLocal(): boolean {
    return (this.#bytes.readBigUInt64LE(8) & THREAD_LOCAL) !== 0n;
  }

  get address(): number {
    return number(this.#bytes, 16);
  }

  get offset(): number {
    return number(this.#bytes, 24);
  }

  setOffset(offset: number): void {
    setNumber(this.#bytes, 24, offset);
  }

  /** Gives it content in the file. */
  fill(offset: number, size: number): void {
    this.#bytes.writeUInt32LE(PROGBITS, 4);
    this.setOffset(offset);
    setNumber(this.#bytes, 32, size);
  }
}

/** The tables of an ELF executable, which can be changed and written back. */
export class ElfFile {
  readonly header: Buffer;
  readonly programTable: Buffer;
  readonly programsAt: number;
  /** Where the sections were. */
  readonly sectionsAt: number;
  #sectionTable: Buffer;

  constructor(header: Buffer, { programs, sections }: { readonly programs: Buffer; readonly sections: Buffer }) {
    this.header = header;
    this.programTable = programs;
    this.#sectionTable = sections;
    this.programsAt = number(header, 32);
    this.sectionsAt = number(header, 40);
  }

  get sectionTable(): Buffer {
    return this.#sectionTable;
  }

  get programs(): ProgramHeader[] {
    return rows(this.programTable, PROGRAM_BYTES).map((row) => new ProgramHeader(row));
  }

  get sections(): SectionHeader[] {
    return rows(this.sectionTable, SECTION_BYTES).map((row) => new SectionHeader(row));
  }

  /** Adds a section for notes, named as one that there is: programs that strip others keep what is in a section. */
  addNotes({ offset, address, fileSize }: ProgramHeader): void {
    const index = this.sections.findIndex(({ isNotes }) => isNotes);
    if (index === -1) return;
    const row = Buffer.from(rows(this.#sectionTable, SECTION_BYTES)[index] ?? Buffer.alloc(SECTION_BYTES));
    [address, offset, fileSize].forEach((value, at) => {
      setNumber(row, 16 + at * 8, value);
    });
    this.#sectionTable = Buffer.concat([this.#sectionTable, row]);
    this.header.writeUInt16LE(this.header.readUInt16LE(60) + 1, 60);
  }

  moveSections(bytes: number): void {
    setNumber(this.header, 40, this.sectionsAt + bytes);
  }
}

/** @throws `ERR_BUILD_RUNTIME_UNAVAILABLE` where it is no executable of 64 bits in little-endian order. */
export async function readElf(binary: Binary): Promise<ElfFile> {
  const header = await binary.read(0, HEADER_BYTES);
  const isKnown = header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2 && header[5] === 1;
  const sizes = [header.readUInt16LE(54), header.readUInt16LE(58)];
  if (!isKnown || sizes[0] !== PROGRAM_BYTES || sizes[1] !== SECTION_BYTES) {
    throw binary.unfit('it is no ELF executable of 64 bits');
  }
  const [programsAt, sectionsAt] = [number(header, 32), number(header, 40)];
  const programs = await binary.read(programsAt, programsAt + header.readUInt16LE(56) * PROGRAM_BYTES);
  const sections = await binary.read(sectionsAt, sectionsAt + header.readUInt16LE(60) * SECTION_BYTES);
  return new ElfFile(header, { programs, sections });
}

function rows(table: Buffer, bytes: number): Buffer[] {
  return Array.from({ length: table.length / bytes }, (_, row) => table.subarray(row * bytes, (row + 1) * bytes));
}

function number(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

function setNumber(bytes: Buffer, at: number, value: number): void {
  bytes.writeBigUInt64LE(BigInt(value), at);
}
