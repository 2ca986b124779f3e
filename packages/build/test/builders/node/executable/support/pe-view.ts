const RESOURCES = 2;

/** A section of a Windows executable. */
interface SectionView {
  readonly name: string;
  readonly address: number;
  readonly memory: number;
  readonly offset: number;
  readonly size: number;
}

/** What a Windows executable says of itself in its headers. */
export interface PeView {
  readonly sections: readonly SectionView[];
  /** Address and size of each of the 16 directories. */
  readonly directories: readonly (readonly [address: number, size: number])[];
  /** 3 is a program for the console. */
  readonly subsystem: number;
  readonly imageSize: number;
  readonly checksum: number;
  readonly checksumAt: number;
  /** Bytes of each resource by type, name and language: `10/NODE_SEA_BLOB/0`. */
  readonly resources: ReadonlyMap<string, Buffer>;
}

export function viewPe(file: Buffer): PeView {
  const start = file.readUInt32LE(60);
  const optional = start + 24;
  const table = optional + file.readUInt16LE(start + 20);
  const u32 = (at: number): number => file.readUInt32LE(at);
  const sections = Array.from({ length: file.readUInt16LE(start + 6) }, (_, index) => table + index * 40).map((at) => ({
    ...{ name: file.toString('latin1', at, at + 8).replaceAll('\0', ''), memory: u32(at + 8), address: u32(at + 12) },
    ...{ size: u32(at + 16), offset: u32(at + 20) },
  }));
  const directories = Array.from({ length: 16 }, (_, index) => optional + 112 + index * 8).map(
    (at) => [u32(at), u32(at + 4)] as const,
  );
  const [address = 0] = directories[RESOURCES] ?? [];
  return {
    ...{ sections, directories, subsystem: file.readUInt16LE(optional + 68), imageSize: u32(optional + 56) },
    ...{ checksum: u32(optional + 64), checksumAt: optional + 64 },
    resources: new Map(resourcesAt(image(file, sections), { address, at: 0, path: '' })),
  };
}

/** Bytes as they are in memory. */
type Image = (address: number, size: number) => Buffer;

function image(file: Buffer, sections: readonly SectionView[]): Image {
  return (address, size) => {
    const section = sections.find((one) => one.address <= address && address + size <= one.address + one.memory);
    if (section === undefined) throw new Error(`Nothing is at ${String(address)}`);
    const start = section.offset + address - section.address;
    return file.subarray(start, start + size);
  };
}

interface Here {
  readonly address: number;
  readonly at: number;
  readonly path: string;
}

function* resourcesAt(bytes: Image, { address, at, path }: Here): Generator<[string, Buffer]> {
  const head = bytes(address + at, 16);
  for (let index = 0; index < head.readUInt16LE(12) + head.readUInt16LE(14); index += 1) {
    const entry = bytes(address + at + 16 + index * 8, 8);
    const [title, content] = [entry.readUInt32LE(0), entry.readUInt32LE(4)];
    const below = `${path}${title >= 0x80000000 ? textAt(bytes, address + title - 0x80000000) : String(title)}`;
    if (content >= 0x80000000) {
      yield* resourcesAt(bytes, { address, at: content - 0x80000000, path: `${below}/` });
      continue;
    }
    const leaf = bytes(address + content, 16);
    yield [below, bytes(leaf.readUInt32LE(0), leaf.readUInt32LE(4))];
  }
}

function textAt(bytes: Image, address: number): string {
  return bytes(address + 2, bytes(address, 2).readUInt16LE(0) * 2).toString('utf16le');
}
