import { createHash } from 'node:crypto';

/** A load command as it is in the file. */
export interface MachCommand {
  readonly type: number;
  readonly bytes: Buffer;
}

export function commandsOf(file: Buffer): MachCommand[] {
  const commands: MachCommand[] = [];
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left -= 1) {
    const size = file.readUInt32LE(at + 4);
    commands.push({ type: file.readUInt32LE(at), bytes: file.subarray(at, at + size) });
    at += size;
  }
  return commands;
}

/** A segment, with where its sections are in the file. */
export interface SegmentView {
  readonly name: string;
  readonly address: number;
  readonly memory: number;
  readonly offset: number;
  readonly size: number;
  readonly sections: readonly { readonly name: string; readonly offset: number; readonly size: number }[];
}

const text = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + 16).replaceAll('\0', '');
const u64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

export function segmentsOf(file: Buffer): SegmentView[] {
  return commandsOf(file)
    .filter(({ type }) => type === 0x19)
    .map(({ bytes }) => ({
      ...{ name: text(bytes, 8), address: u64(bytes, 24), memory: u64(bytes, 32) },
      ...{ offset: u64(bytes, 40), size: u64(bytes, 48) },
      sections: Array.from({ length: bytes.readUInt32LE(64) }, (_, index) => 72 + index * 80).map((at) => ({
        ...{ name: text(bytes, at), offset: bytes.readUInt32LE(at + 48), size: u64(bytes, at + 40) },
      })),
    }));
}

/** Where commands say that something is, in the order of `mach-o/loader.h`: what it is, offset, and size in bytes. */
const LINKED: Readonly<
  Record<number, readonly (readonly [name: string, offset: number, size: number, unit: number])[]>
> = {
  0x02: [
    ['symbols', 8, 12, 16],
    ['strings', 16, 20, 1],
  ],
  0x0b: [['indirect symbols', 56, 60, 4]],
  0x80000022: [
    ['rebases', 8, 12, 1],
    ['binds', 16, 20, 1],
    ['weak binds', 24, 28, 1],
    ['lazy binds', 32, 36, 1],
    ['exports', 40, 44, 1],
  ],
  0x26: [['starts of functions', 8, 12, 1]],
  0x29: [['data in code', 8, 12, 1]],
  0x80000033: [['exports', 8, 12, 1]],
  0x80000034: [['fixups', 8, 12, 1]],
};

/** The bytes that commands point to, by what they are. */
export function linkedParts(file: Buffer): Map<string, Buffer> {
  const parts = commandsOf(file).flatMap(({ type, bytes }) =>
    (LINKED[type] ?? []).map(([name, offset, size, unit]): [string, Buffer] => {
      const start = bytes.readUInt32LE(offset);
      return [name, file.subarray(start, start + bytes.readUInt32LE(size) * unit)];
    }),
  );
  return new Map(parts);
}

/** What a code directory says, and whether every page is what it says. */
export interface SignatureView {
  readonly identifier: string;
  readonly version: number;
  readonly flags: number;
  readonly hashType: number;
  readonly pages: number;
  /** Numbers of pages whose digest is another. */
  readonly wrong: readonly number[];
  /** The signature follows what is signed, and is the end of the file and of its last segment. */
  readonly isAtEnd: boolean;
  /** From where to where code is executed; only newer versions say it. */
  readonly executed: readonly [base: number, size: number, flags: number];
}

const [SUPER_BLOB, CODE_DIRECTORY] = [0xfade0cc0, 0xfade0c02];

/** Reads the signature of a macOS executable as the kernel does: `kern/cs_blobs.h` of xnu. */
export function signatureOf(file: Buffer): SignatureView {
  const command = commandsOf(file).find(({ type }) => type === 0x1d);
  if (command === undefined) throw new Error('There is no signature');
  const [start, size] = [command.bytes.readUInt32LE(8), command.bytes.readUInt32LE(12)];
  const blob = file.subarray(start, start + size);
  if (blob.readUInt32BE(0) !== SUPER_BLOB || blob.readUInt32BE(4) > size) throw new Error('It is no signature');
  const directory = blob.subarray(directoryAt(blob));
  const u32 = (at: number): number => directory.readUInt32BE(at);
  const [limit, pageBytes] = [u32(32), 1 << (directory[39] ?? 0)];
  const pages = u32(28);
  const last = segmentsOf(file).at(-1);
  return {
    ...{ version: u32(8), flags: u32(12), hashType: directory[37] ?? 0, pages },
    identifier: directory.toString('utf8', u32(20), directory.indexOf(0, u32(20))),
    wrong: Array.from({ length: pages }, (_, page) => page).filter((page) => {
      const digest = createHash('sha256').update(
        file.subarray(page * pageBytes, Math.min(limit, (page + 1) * pageBytes)),
      );
      return !digest.digest().equals(directory.subarray(u32(16) + page * 32, u32(16) + page * 32 + 32));
    }),
    isAtEnd:
      pages === Math.ceil(limit / pageBytes) &&
      limit === start &&
      start + size === file.length &&
      (last?.offset ?? 0) + (last?.size ?? 0) === file.length,
    executed: [
      Number(directory.readBigUInt64BE(64)),
      Number(directory.readBigUInt64BE(72)),
      Number(directory.readBigUInt64BE(80)),
    ],
  };
}

function directoryAt(blob: Buffer): number {
  for (let index = 0; index < blob.readUInt32BE(8); index += 1) {
    const at = blob.readUInt32BE(16 + index * 8);
    if (blob.readUInt32BE(12 + index * 8) === 0 && blob.readUInt32BE(at) === CODE_DIRECTORY) return at;
  }
  throw new Error('There is no code directory');
}

/** Chained fixups as they say where the starts of each segment are: the bytes of those of each, by its number. */
export function fixupStarts(fixups: Buffer): Map<number, Buffer> {
  const starts = fixups.subarray(fixups.readUInt32LE(4));
  const found = new Map<number, Buffer>();
  for (let index = 0; index < starts.readUInt32LE(0); index += 1) {
    const at = starts.readUInt32LE(4 + index * 4);
    found.set(index, at === 0 ? Buffer.alloc(0) : starts.subarray(at, at + starts.readUInt32LE(at)));
  }
  return found;
}

/** What chained fixups have behind the starts: the imports and the texts of their names. */
export function fixupImports(fixups: Buffer): Buffer {
  return fixups.subarray(fixups.readUInt32LE(8));
}
