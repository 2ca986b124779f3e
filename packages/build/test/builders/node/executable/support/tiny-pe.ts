/** What can be different in a {@link tinyPe}. */
export interface TinyPe {
  readonly magic?: string;
  readonly optionalMagic?: number;
  readonly resources?: boolean;
  /** Of the resource that is there, of the type of Node's. */
  readonly name?: string;
  readonly relocations?: boolean;
  /** What is behind the resources instead. */
  readonly behind?: string;
  readonly trailer?: string;
  /** Where a resource is that is not there. */
  readonly leaf?: number;
  /** A directory that holds itself. */
  readonly loop?: boolean;
}

const [PE_AT, TABLE_AT] = [0x80, 0x80 + 24 + 240];
const RESOURCES_AT = 0x2000;

/** A Windows executable with code, two resources, relocations and a signature, of which only the headers are true. */
export function tinyPe(options: TinyPe = {}): Buffer {
  const { magic = 'MZ', relocations = true, resources = true, behind = '.reloc' } = options;
  const content = encodeTree(options);
  const sections = [
    { name: '.text', address: 0x1000, content: Buffer.from('the code') },
    { name: '.rsrc', address: RESOURCES_AT, content },
    ...(relocations ? [{ name: behind, address: 0x3000, content: Buffer.from('the relocations') }] : []),
  ];
  const head = Buffer.alloc(0x400);
  head.write(magic, 0);
  head.writeUInt32LE(PE_AT, 60);
  head.write('PE\0\0', PE_AT);
  [0x8664, sections.length].forEach((word, at) => head.writeUInt16LE(word, PE_AT + 4 + at * 2));
  head.writeUInt16LE(240, PE_AT + 20);
  const optional = head.subarray(PE_AT + 24, TABLE_AT);
  optional.writeUInt16LE(options.optionalMagic ?? 0x20b, 0);
  for (const [value, at] of [
    [0x1000, 32],
    [0x200, 36],
    [0x4000, 56],
    [0x400, 60],
  ] as const)
    optional.writeUInt32LE(value, at);
  optional.writeUInt16LE(3, 68);
  const directory = (index: number, address: number, size: number): void => {
    optional.writeUInt32LE(address, 112 + index * 8);
    optional.writeUInt32LE(size, 116 + index * 8);
  };
  if (resources) directory(2, RESOURCES_AT, content.length);
  if (relocations && behind === '.reloc') directory(5, 0x3000, 15);
  const parts: Buffer[] = [head];
  let offset = head.length;
  sections.forEach((section, index) => {
    const size = Math.ceil(section.content.length / 0x200) * 0x200;
    const row = head.subarray(TABLE_AT + index * 40);
    row.write(section.name, 0);
    [section.content.length, section.address, size, offset].forEach((word, at) => row.writeUInt32LE(word, 8 + at * 4));
    parts.push(section.content, Buffer.alloc(size - section.content.length));
    offset += size;
  });
  const signature = Buffer.from('the signature...');
  directory(4, offset, signature.length);
  return Buffer.concat([...parts, signature, Buffer.from(options.trailer ?? '')]);
}

/** One raw resource with a name, one version with a number. */
function encodeTree({ name = 'ANOTHER', leaf, loop = false }: TinyPe): Buffer {
  const bytes = Buffer.alloc(0x180);
  const directory = (at: number, entries: readonly (readonly [title: number, content: number])[]): void => {
    const named = entries.filter(([title]) => title >= 0x80000000).length;
    bytes.writeUInt16LE(named, at + 12);
    bytes.writeUInt16LE(entries.length - named, at + 14);
    entries.flat().forEach((word, index) => bytes.writeUInt32LE(word, at + 16 + index * 4));
  };
  const below = (at: number): number => 0x80000000 + at;
  directory(0, [
    [10, below(0x20)],
    [16, below(0x38)],
  ]);
  directory(0x20, [[below(0xa0), below(0x50)]]);
  directory(0x38, [[1, below(0x68)]]);
  directory(0x50, [[1033, loop ? below(0) : 0x80]]);
  directory(0x68, [[1033, 0x90]]);
  [leaf ?? RESOURCES_AT + 0xe0, 7, 1200].forEach((word, at) => bytes.writeUInt32LE(word, 0x80 + at * 4));
  [RESOURCES_AT + 0xf0, 9].forEach((word, at) => bytes.writeUInt32LE(word, 0x90 + at * 4));
  bytes.writeUInt16LE(name.length, 0xa0);
  bytes.write(name, 0xa2, 'utf16le');
  bytes.write('another', 0xe0);
  bytes.write('a version', 0xf0);
  return bytes;
}
