import type { EncodedEntry, FileEntry } from './encoder.ts';
import { EXECUTABLE_MODE, FILE_MODE } from './reproducible.ts';

/** Everything in a tar file begins at a multiple of this. */
export const TAR_BLOCK_BYTES: number = 512;

/** What ends a tar file: two blocks of zeros. */
export const TAR_END: Buffer = Buffer.alloc(2 * TAR_BLOCK_BYTES);

/** How many zeros fill the last block of so many bytes. */
export function padding(size: number): number {
  return (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
}

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** The largest size that eleven octal digits can say, one byte below 8 GiB. */
const MOST_OCTAL = 8 ** 11 - 1;

const TYPES: Readonly<Record<EncodedEntry['kind'], string>> = { file: '0', symlink: '2', dir: '5' };

/** The fields of a header block; what a PAX record says is not in its field, or is cut there. */
interface HeaderFields {
  readonly name: Buffer;
  readonly prefix: Buffer;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: string;
  readonly target: Buffer;
}

/**
 * What stands before the content of an entry: a ustar header of POSIX.1-2001 (pax), with a PAX header before it where a
 * name, a target or a size does not fit in. Owner and group are 0 and have no names.
 */
export function tarHeader(entry: EncodedEntry, mtime: number): Buffer {
  // tar takes the slash of a directory's name from its writer
  const name = Buffer.from(entry.kind === 'dir' ? `${entry.name}/` : entry.name);
  const target = Buffer.from(entry.kind === 'symlink' ? entry.target : '');
  const size = entry.kind === 'file' ? entry.size : 0;
  const split = isAscii(name) ? splitName(name) : undefined;
  const records = [
    ...(split === undefined ? [paxRecord('path', name)] : []),
    ...(target.length > NAME_BYTES || !isAscii(target) ? [paxRecord('linkpath', target)] : []),
    ...(size > MOST_OCTAL ? [paxRecord('size', Buffer.from(String(size)))] : []),
  ];
  const header = block({
    ...(split ?? { name: cut(name), prefix: EMPTY }),
    mode: modeOf(entry),
    size: size > MOST_OCTAL ? 0 : size,
    mtime,
    type: TYPES[entry.kind],
    target: cut(target),
  });
  return records.length === 0 ? header : Buffer.concat([paxHeader(Buffer.concat(records), mtime), header]);
}

/** The zeros after a content. */
export function tarPadding({ size }: Pick<FileEntry, 'size'>): Buffer {
  return TAR_END.subarray(0, padding(size));
}

const EMPTY = Buffer.alloc(0);

function modeOf(entry: EncodedEntry): number {
  if (entry.kind === 'symlink') return 0o777;
  return entry.kind === 'dir' || entry.executable ? EXECUTABLE_MODE : FILE_MODE;
}

/** The name of a PAX header is for those who do not know what it is, and unpack it: Python writes the same. */
const PAX_NAME = Buffer.from('././@PaxHeader');

function paxHeader(records: Buffer, mtime: number): Buffer {
  const fields = { name: PAX_NAME, prefix: EMPTY, mode: FILE_MODE, mtime, type: 'x', target: EMPTY };
  const header = block({ ...fields, size: records.length });
  return Buffer.concat([header, records, TAR_END.subarray(0, padding(records.length))]);
}

/** `length key=value\n`, where the length counts its own digits too. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length > length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** A name that fits into the two fields of ustar, cut at a slash where it is long; `undefined` where it does not. */
function splitName(name: Buffer): Pick<HeaderFields, 'name' | 'prefix'> | undefined {
  if (name.length <= NAME_BYTES) return { name, prefix: EMPTY };
  const slash = name.indexOf(SLASH, name.length - NAME_BYTES - 1);
  // the slash of a directory ends its name, and parts nothing
  if (slash < 1 || slash > PREFIX_BYTES || slash === name.length - 1) return undefined;
  return { name: name.subarray(slash + 1), prefix: name.subarray(0, slash) };
}

const SLASH = 0x2f;

function isAscii(text: Buffer): boolean {
  return text.every((byte) => byte < 0x80);
}

/** As much of a text as its field holds, no character of it halved. */
function cut(text: Buffer): Buffer {
  let end = Math.min(text.length, NAME_BYTES);
  while (end < text.length && end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return text.subarray(0, end);
}

function block({ name, prefix, mode, size, mtime, type, target }: HeaderFields): Buffer {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  name.copy(header, 0);
  const numbers = `${octal(mode, 7)}\0${NOBODY}${octal(size, 11)}\0${octal(mtime, 11)}\0`;
  header.write(`${numbers}        ${type}`, NAME_BYTES, 'latin1'); // the sum takes itself for spaces
  target.copy(header, 157);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 329, 'latin1'); // numbers of a device
  prefix.copy(header, 345);
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
    'latin1',
  );
  return header;
}

/** User and group 0. */
const NOBODY = '0000000\x000000000\0';

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
