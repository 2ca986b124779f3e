import { BLOCK, LONG_NAME, LONG_TARGET, type TarEntry } from './tar-entry.ts';

const NAME_BYTES = 100;
const TYPES = { dir: '5', file: '0', hardlink: '1', symlink: '2' } as const;
/** The most that 11 octal digits can say. */
const MOST_OCTAL = 8 ** 11 - 1;

/**
 * A tar stream in GNU's form: unlike the pax form of POSIX, busybox reads long and foreign names of it.
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html
 *
 * @throws `Error` where a content has not the size that its entry tells.
 */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array, undefined> {
  for await (const entry of entries) {
    const name = entry.kind === 'dir' ? `${entry.name}/` : entry.name;
    yield* longText(LONG_NAME, name);
    yield* longText(LONG_TARGET, entry.target);
    yield header({ ...entry, name, type: TYPES[entry.kind] });
    yield* contentOf(entry);
  }
  yield Buffer.alloc(2 * BLOCK);
  return undefined;
}

async function* contentOf({ name, size, content }: TarEntry): AsyncGenerator<Uint8Array, undefined> {
  let length = 0;
  for await (const piece of content) {
    length += piece.length;
    if (length > size) break;
    yield piece;
  }
  if (length !== size) throw new Error(`${JSON.stringify(name)} was changed while it was read`);
  yield padding(size);
  return undefined;
}

/** An entry before the entry, where a text does not fit into its header. */
function* longText(type: string, text: string): Generator<Uint8Array, undefined> {
  const bytes = Buffer.from(`${text}\0`);
  if (bytes.length - 1 <= NAME_BYTES) return undefined;
  yield header({ name: '././@LongLink', target: '', type, mode: 0, size: bytes.length });
  yield bytes;
  yield padding(bytes.length);
  return undefined;
}

interface Header extends Pick<TarEntry, 'mode' | 'name' | 'size' | 'target'> {
  readonly type: string;
}

function header({ name, mode, size, target, type }: Header): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): number =>
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  Buffer.from(name).copy(block, 0, 0, NAME_BYTES);
  octal(mode, 100, 7);
  octal(0, 108, 7); // of root, unless whoever reads it is another one
  octal(0, 116, 7);
  if (size <= MOST_OCTAL) octal(size, 124, 11);
  else writeLarge(block, size);
  octal(0, 136, 11);
  block.fill(' ', 148, 156); // as it counts in its own sum
  block.write(type, 156, 'latin1');
  Buffer.from(target).copy(block, 157, 0, NAME_BYTES);
  block.write('ustar  \0', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** As a binary number, whose first bit says that it is one. */
function writeLarge(block: Buffer, size: number): void {
  block.writeBigUInt64BE(BigInt(size), 128);
  block[124] = 0x80;
}

function padding(size: number): Uint8Array {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
