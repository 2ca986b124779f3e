import { ByteReader } from './byte-reader.ts';
import { BLOCK, LONG_NAME, LONG_TARGET, type TarEntry } from './tar-entry.ts';

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  ...{ '\0': 'file', '0': 'file', '7': 'file', '5': 'dir', '1': 'hardlink', '2': 'symlink' },
};
/** Longer names are no names: no path of Linux has more than 4,096 bytes. */
const MOST_TEXT_BYTES = 65_536;
/** Tars fill up their last record, which has 10 KiB unless they are told otherwise. A hostile one may never end. */
const MOST_PADDING_BYTES = 1_048_576;

/**
 * The entries of a tar stream as GNU's tar, busybox and POSIX write it, in their order. What is neither file nor directory
 * nor link is left out. The content of an entry is to be read before the next one is asked for; what was not is skipped.
 * The source is read to its own end, since only there it tells whether the program that wrote it has failed.
 *
 * @throws `Error` for what is no tar stream, is cut, or goes on behind its end; for a name that leads out of the
 *   directory.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, undefined> {
  const reader = new ByteReader(source);
  let texts: Partial<Record<string, string>> = {};
  try {
    for (;;) {
      const header = parseHeader(await reader.take(BLOCK));
      if (header === undefined) break;
      const { type, size } = header;
      if (type === LONG_NAME || type === LONG_TARGET) texts = { ...texts, [type]: await textOf(reader, size) };
      else if (type === 'x') texts = { ...texts, ...paxTexts(await textOf(reader, size)) };
      else {
        yield* entryOf(reader, header, texts);
        texts = {};
      }
    }
    await skipPadding(reader);
  } finally {
    await reader.close();
  }
  return undefined;
}

/** Reads what fills up the last record, to the end of the source. */
async function skipPadding(reader: ByteReader): Promise<void> {
  let length = 0;
  for await (const piece of reader.stream(MOST_PADDING_BYTES + 1)) length += piece.length;
  if (length > MOST_PADDING_BYTES) throw new Error('the stream goes on behind its end');
}

interface Header {
  readonly name: string;
  readonly target: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

async function* entryOf(
  reader: ByteReader,
  header: Header,
  texts: Partial<Record<string, string>>,
): AsyncGenerator<TarEntry, undefined> {
  const kind = KINDS[header.type];
  const size = kind === 'file' || kind === undefined ? Number(texts['size'] ?? header.size) : 0;
  let left = size;
  async function* content(): AsyncGenerator<Uint8Array, undefined> {
    for await (const piece of reader.stream(left)) {
      left -= piece.length;
      yield piece;
    }
    if (left > 0) throw new Error('the stream was cut');
    return undefined;
  }
  const name = safeName(texts[LONG_NAME] ?? header.name);
  const target = texts[LONG_TARGET] ?? header.target;
  if (kind !== undefined && name !== '') yield { name, kind, mode: header.mode, target, size, content: content() };
  const over = left + ((BLOCK - (size % BLOCK)) % BLOCK);
  for await (const skipped of reader.stream(over)) left -= skipped.length;
  return undefined;
}

/** `undefined` at the end, which is a block of zeros. */
function parseHeader(block: Buffer): Header | undefined {
  if (block.length < BLOCK) throw new Error('the stream was cut');
  if (block.every((byte) => byte === 0)) return undefined;
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (sum !== number(block, 148, 8)) throw new Error('it is no tar stream');
  const isPosix = text(block, 257, 6) === 'ustar';
  const prefix = isPosix ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    target: text(block, 157, 100),
    mode: number(block, 100, 8) & 0o7777,
    size: number(block, 124, 12),
    type: String.fromCharCode(block[156] ?? 0),
  };
}

/** Octal digits, or a binary number whose first bit says that it is one. */
function number(block: Buffer, at: number, length: number): number {
  if (((block[at] ?? 0) & 0x80) !== 0) return Number(block.readBigUInt64BE(at + length - 8));
  const digits = text(block, at, length).trim();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function text(block: Buffer, at: number, length: number): string {
  const bytes = block.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end === -1 ? length : end).toString('utf8');
}

async function textOf(reader: ByteReader, size: number): Promise<string> {
  if (size > MOST_TEXT_BYTES) throw new Error('it is no tar stream');
  const bytes = await reader.take(size);
  await reader.take((BLOCK - (size % BLOCK)) % BLOCK);
  return bytes.toString('utf8').replace(/\0+$/, '');
}

/** What POSIX says of the next entry: `<length> <key>=<value>\n`. */
function paxTexts(records: string): Partial<Record<string, string>> {
  const texts: Partial<Record<string, string>> = {};
  const bytes = Buffer.from(records);
  for (let at = 0; at < bytes.length;) {
    const length = Number.parseInt(bytes.subarray(at).toString('latin1'), 10);
    if (!(length > 0)) break;
    const [, key, value] = /^\d+ ([^=]+)=([^]*)\n$/.exec(bytes.subarray(at, at + length).toString('utf8')) ?? [];
    if (key === 'path') texts[LONG_NAME] = value;
    else if (key === 'linkpath') texts[LONG_TARGET] = value;
    else if (key === 'size') texts['size'] = value;
    at += length;
  }
  return texts;
}

/** Relative, and inside: `''` for the directory itself. */
export function safeName(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new Error(`it holds a name that leads out of it: ${JSON.stringify(name)}`);
  return parts.join('/');
}
