/** What can be wrong with a {@link tinyMach}. */
export interface TinyMach {
  readonly magic?: number;
  readonly fileType?: number;
  /** A command more. */
  readonly command?: number;
  readonly signed?: boolean;
  /** Of the header, bytes that nobody uses. */
  readonly room?: number;
  /** For how many segments there are fixups. */
  readonly fixups?: number;
  readonly last?: string;
  /** So many bytes fewer are said to be load commands. */
  readonly cut?: number;
  readonly trailer?: string;
}

const PAGE = 0x4000;
const BASE = 0x100000000;

/** A macOS executable of three segments with chained fixups, symbols, texts, and room for a signature: all of a Node. */
export function tinyMach(options: TinyMach = {}): Buffer {
  const { magic = 0xfeedfacf, fileType = 2, signed = true, room = 0x200, fixups = 3, last = '__LINKEDIT' } = options;
  const chained = encodeFixups(fixups);
  const strings = Buffer.from('the strings\0');
  const [fixupsAt, stringsAt] = [2 * PAGE, 2 * PAGE + chained.length];
  const signatureAt = Math.ceil((stringsAt + strings.length) / 16) * 16;
  const end = signatureAt + (signed ? 64 : 0);
  const commands = [
    segment({ name: '__PAGEZERO', address: 0, memory: BASE, offset: 0, size: 0 }),
    segment({ name: '__TEXT', address: BASE, memory: 2 * PAGE, offset: 0, size: 2 * PAGE }, '__text'),
    segment({ name: last, address: BASE + 2 * PAGE, memory: PAGE, offset: 2 * PAGE, size: end - 2 * PAGE }),
    words(0x80000034, fixupsAt, chained.length),
    words(2, 0, 0, stringsAt, strings.length),
    ...(options.command === undefined ? [] : [words(options.command, 0)]),
    ...(signed ? [words(0x1d, signatureAt, 64)] : []),
  ];
  const used = 32 + commands.reduce((sum, { length }) => sum + length, 0);
  commands[1]?.writeUInt32LE(used + room, 72 + 48);
  const file = Buffer.alloc(end);
  [magic, 0x0100000c, 0, fileType, commands.length, used - 32 - (options.cut ?? 0)].forEach((word, at) =>
    file.writeUInt32LE(word, at * 4),
  );
  Buffer.concat(commands).copy(file, 32);
  chained.copy(file, fixupsAt);
  strings.copy(file, stringsAt);
  return Buffer.concat([file, Buffer.from(options.trailer ?? '')]);
}

function words(type: number, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + values.length * 4);
  [type, bytes.length, ...values].forEach((word, at) => bytes.writeUInt32LE(word, at * 4));
  return bytes;
}

interface Place {
  readonly name: string;
  readonly address: number;
  readonly memory: number;
  readonly offset: number;
  readonly size: number;
}

function segment({ name, address, memory, offset, size }: Place, section?: string): Buffer {
  const bytes = Buffer.alloc(section === undefined ? 72 : 152);
  bytes.writeUInt32LE(0x19, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.write(name, 8);
  [address, memory, offset, size].forEach((value, at) => bytes.writeBigUInt64LE(BigInt(value), 24 + at * 8));
  if (section === undefined) return bytes;
  bytes.writeUInt32LE(1, 64);
  bytes.write(section, 72);
  bytes.write(name, 88);
  return bytes;
}

/** Fixups of so many segments, of which the second has some; the starts are followed by imports. */
function encodeFixups(segments: number): Buffer {
  const starts = 32;
  const first = Math.ceil((4 + segments * 4) / 8) * 8;
  const bytes = Buffer.alloc(starts + first + 24 + 16);
  [0, starts, starts + first + 24, starts + first + 32].forEach((word, at) => bytes.writeUInt32LE(word, at * 4));
  bytes.writeUInt32LE(segments, starts);
  bytes.writeUInt32LE(first, starts + 8);
  bytes.writeUInt32LE(24, starts + first);
  return bytes;
}
