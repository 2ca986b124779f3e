/** What a Node says of itself, in the order of its text. */
export const SENTENCES: readonly string[] = [
  'Read SEA magic %x\n',
  'Read SEA flags %x\n',
  'Read SEA resource exec argv extension %u\n',
  'Read SEA code path %p, size=%zu\n',
  'Read SEA resource %s %p, size=%zu\n',
];

export const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';

/** What can be wrong with a {@link tinyElf}. */
export interface TinyElf {
  readonly text?: string;
  readonly bits?: number;
  readonly noteAlignment?: number;
  readonly flags?: number;
  readonly sectionsFirst?: boolean;
  /** Bytes behind the table of sections. */
  readonly trailer?: string;
}

const [TEXT_AT, DATA_AT, NOTES_AT] = [0x1000, 0x2000, 0x200];
const BASE = 0x400000;
/** Of the data in the file, and of what is zero after it. */
const [DATA_BYTES, ZERO_BYTES] = [0x100, 0x300];

/**
 * An executable that has the parts of a Node, in a few kilobytes: text that is loaded, notes, data with zeros behind it,
 * and sections, of which the last two are not loaded.
 */
export function tinyElf(options: TinyElf = {}): Buffer {
  const { text = `${[`${FUSE}0`, ...SENTENCES].join('\0')}\0`, bits = 2, noteAlignment = 4, flags = 6 } = options;
  const comment = DATA_AT + DATA_BYTES;
  const sectionsAt = options.sectionsFirst === true ? 0x800 : comment + 0x40;
  const file = Buffer.alloc(comment + 0x40 + 5 * 64);
  file.set([0x7f, 0x45, 0x4c, 0x46, bits, 1, 1], 0);
  file.writeUInt16LE(62, 18);
  for (const [value, at] of [[64, 32] as const, [sectionsAt, 40] as const]) file.writeBigUInt64LE(BigInt(value), at);
  for (const [value, at] of [
    [56, 54],
    [3, 56],
    [64, 58],
    [5, 60],
  ] as const)
    file.writeUInt16LE(value, at);
  const program = (index: number, [type, rights, ...rest]: readonly number[]): void => {
    file.writeUInt32LE(type ?? 0, 64 + index * 56);
    file.writeUInt32LE(rights ?? 0, 68 + index * 56);
    rest.forEach((value, at) => file.writeBigUInt64LE(BigInt(value), 72 + index * 56 + at * 8));
  };
  const at = (offset: number): number => BASE + offset;
  program(0, [1, 5, 0, at(0), at(0), DATA_AT, DATA_AT, 0x1000]);
  program(1, [1, flags, DATA_AT, at(DATA_AT), at(DATA_AT), DATA_BYTES, DATA_BYTES + ZERO_BYTES, 0x1000]);
  program(2, [4, 4, NOTES_AT, at(NOTES_AT), at(NOTES_AT), 20, 20, noteAlignment]);
  file.set(Buffer.from('040000000400000001000000474e550001020304', 'hex'), NOTES_AT);
  file.write(text, TEXT_AT, 'latin1');
  file.fill('d', DATA_AT, comment);
  file.write('the comment', comment);
  const section = (index: number, [type, rights, ...rest]: readonly number[]): void => {
    file.writeUInt32LE(type ?? 0, sectionsAt + index * 64 + 4);
    [rights ?? 0, ...rest].forEach((value, at) => {
      file.writeBigUInt64LE(BigInt(value), sectionsAt + index * 64 + 8 + at * 8);
    });
  };
  section(1, [7, 2, at(NOTES_AT), NOTES_AT, 20]);
  section(2, [8, 0x403, at(DATA_AT), DATA_AT, 8]); // thread-local, it has no place
  section(3, [8, 3, at(comment), comment, ZERO_BYTES]);
  section(4, [1, 0, 0, comment, 0x40]);
  return Buffer.concat([file, Buffer.from(options.trailer ?? '')]);
}

/** A part of a file: from where, how much, and where in memory. */
interface Part {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
  readonly memory: number;
}

/** What an executable that was made looks like from outside. */
export interface ElfView {
  readonly loads: readonly Part[];
  /** The bytes of notes by their names. */
  readonly notes: ReadonlyMap<string, Buffer>;
  readonly sections: readonly (Pick<Part, 'address' | 'offset' | 'size'> & { readonly type: number })[];
}

/** Reads an executable as the loader does: notes are where memory has them, not where the file does. */
export function viewElf(file: Buffer): ElfView {
  const u64 = (at: number): number => Number(file.readBigUInt64LE(at));
  const programs = Array.from({ length: file.readUInt16LE(56) }, (_, index) => u64(32) + index * 56);
  const partAt = (at: number): Part => ({
    ...{ offset: u64(at + 8), address: u64(at + 16), size: u64(at + 32), memory: u64(at + 40) },
  });
  const loads = programs.filter((at) => file.readUInt32LE(at) === 1).map(partAt);
  const notes = programs.filter((at) => file.readUInt32LE(at) === 4).map(partAt);
  const sections = Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = u64(40) + index * 64;
    return { type: file.readUInt32LE(at + 4), address: u64(at + 16), offset: u64(at + 24), size: u64(at + 32) };
  });
  return { loads, notes: new Map(notes.flatMap((part) => [...notesIn(loaded(file, loads, part))])), sections };
}

function loaded(file: Buffer, loads: readonly Part[], { address, memory }: Part): Buffer {
  const load = loads.find((one) => one.address <= address && address + memory <= one.address + one.size);
  if (load === undefined) throw new Error('A note is not loaded');
  const start = load.offset + address - load.address;
  return file.subarray(start, start + memory);
}

function* notesIn(bytes: Buffer): Generator<[string, Buffer]> {
  for (let at = 0; at + 12 <= bytes.length;) {
    const [nameSize, size] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const content = at + 12 + ((nameSize + 3) & ~3);
    yield [bytes.toString('latin1', at + 12, at + 11 + nameSize), bytes.subarray(content, content + size)];
    at = content + ((size + 3) & ~3);
  }
}
