import type { Binary } from '../binary.ts';
import { Segment, SEGMENT } from './segment.ts';

const MAGIC = 0xfeedfacf;
const EXECUTABLE = 2;
const HEADER_BYTES = 32;
/** Enough for every header: the kernel takes no more. */
const MOST_HEAD_BYTES = 1 << 20;

const CODE_SIGNATURE = 0x1d;
const CHAINED_FIXUPS = 0x80000034;

/** Commands that say where something is in the last segment, with the places where they say it. */
const LINKS: ReadonlyMap<number, readonly number[]> = new Map([
  [0x02, [8, 16]], // symbols
  [0x0b, [32, 40, 48, 56, 64, 72]], // dynamic symbols
  [0x22, [8, 16, 24, 32, 40]], // rebases, binds, exports
  [0x80000022, [8, 16, 24, 32, 40]], // the same, required
  [CODE_SIGNATURE, [8]],
  [0x1e, [8]], // split segments
  [0x26, [8]], // starts of functions
  [0x29, [8]], // data in code
  [0x2b, [8]], // requirements of libraries
  [0x2e, [8]], // hints for optimizing
  [0x80000033, [8]], // exports
  [CHAINED_FIXUPS, [8]],
]);

/** Commands that say nothing of places in the file: libraries, loader, names, versions, the entry. */
const OTHERS: ReadonlySet<number> = new Set([
  ...[SEGMENT, 0x0c, 0x0e, 0x1b, 0x24, 0x2a, 0x32],
  ...[0x80000018, 0x8000001c, 0x8000001f, 0x80000023, 0x80000028],
]);

interface Command {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Where something is in the file. */
export interface FilePlace {
  readonly offset: number;
  readonly size: number;
}

/** What a macOS executable says of itself at its beginning, which can be changed and written back. */
export class MachFile {
  readonly #head: Buffer;
  readonly #commands: readonly Command[];
  readonly #segments: readonly Segment[];
  readonly #binary: Binary;

  constructor(binary: Binary, head: Buffer) {
    this.#binary = binary;
    this.#head = head;
    this.#commands = [...commandsOf(binary, head)];
    this.#segments = this.#commands.filter(({ type }) => type === SEGMENT).map(({ bytes }) => new Segment(bytes));
    const unknown = this.#commands.find(({ type }) => !LINKS.has(type) && !OTHERS.has(type));
    if (unknown !== undefined) throw binary.unfit(`its load command ${unknown.type.toString(16)} is not known here`);
  }

  /** How many there are. */
  get segments(): number {
    return this.#segments.length;
  }

  /** The last segment: symbols, fixups, the signature. */
  get links(): Segment {
    const last = this.#segments.at(-1);
    if (last?.name !== '__LINKEDIT') throw this.#binary.unfit('its last segment is not that of its links');
    return last;
  }

  get textSize(): number {
    return this.#segments.find(({ name }) => name === '__TEXT')?.fileSize ?? 0;
  }

  get signature(): FilePlace {
    const command = this.#find(CODE_SIGNATURE);
    if (command === undefined) throw this.#binary.unfit('it has no signature that could be replaced');
    return placeOf(command);
  }

  get fixups(): FilePlace | undefined {
    const command = this.#find(CHAINED_FIXUPS);
    return command === undefined ? undefined : placeOf(command);
  }

  /** How many bytes there are before the first section. */
  get headSize(): number {
    return Math.min(...this.#segments.flatMap(({ sectionOffsets }) => sectionOffsets));
  }

  /** Sets every place in the last segment to what `move` says. */
  moveLinks(move: (offset: number) => number): void {
    for (const { type, bytes } of this.#commands) {
      for (const at of LINKS.get(type) ?? []) {
        const offset = bytes.readUInt32LE(at);
        if (offset !== 0) bytes.writeUInt32LE(move(offset), at);
      }
    }
  }

  placeSignature(offset: number, size: number): void {
    const bytes = this.#find(CODE_SIGNATURE);
    bytes?.writeUInt32LE(offset, 8);
    bytes?.writeUInt32LE(size, 12);
  }

  resizeFixups(size: number): void {
    this.#find(CHAINED_FIXUPS)?.writeUInt32LE(size, 12);
  }

  /** All that is before the first section, with the command of a segment before that of the last one. */
  headWith(segment: Buffer): Buffer {
    const index = this.#commands.findLastIndex(({ type }) => type === SEGMENT);
    const commands = this.#commands.map(({ bytes }) => bytes);
    const used = Buffer.concat([this.#head.subarray(0, HEADER_BYTES), ...commands.toSpliced(index, 0, segment)]);
    const { headSize } = this;
    if (used.length > headSize) throw this.#binary.unfit('there is no room in its header');
    used.writeUInt32LE(commands.length + 1, 16);
    used.writeUInt32LE(used.length - HEADER_BYTES, 20);
    return Buffer.concat([used, Buffer.alloc(headSize - used.length)]);
  }

  #find(type: number): Buffer | undefined {
    return this.#commands.find((command) => command.type === type)?.bytes;
  }
}

function* commandsOf(binary: Binary, head: Buffer): Generator<Command> {
  let at = HEADER_BYTES;
  for (let left = head.readUInt32LE(16); left > 0; left -= 1) {
    const size = at + 8 > head.length ? 0 : head.readUInt32LE(at + 4);
    if (size < 8 || at + size > head.length) throw binary.unfit('its load commands end in the middle');
    yield { type: head.readUInt32LE(at), bytes: head.subarray(at, at + size) };
    at += size;
  }
}

function placeOf(command: Buffer): FilePlace {
  return { offset: command.readUInt32LE(8), size: command.readUInt32LE(12) };
}

/** @throws `ERR_BUILD_RUNTIME_UNAVAILABLE` where it is no executable of 64 bits, or says what is not understood here. */
export async function readMach(binary: Binary): Promise<MachFile> {
  const header = await binary.read(0, HEADER_BYTES);
  const size = HEADER_BYTES + header.readUInt32LE(20);
  const isKnown = header.readUInt32LE(0) === MAGIC && header.readUInt32LE(12) === EXECUTABLE;
  if (!isKnown || size > MOST_HEAD_BYTES) throw binary.unfit('it is no macOS executable of 64 bits');
  return new MachFile(binary, await binary.read(0, size));
}
