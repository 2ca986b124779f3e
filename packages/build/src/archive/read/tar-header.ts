import type { ArchiveFile } from './archive-file.ts';
import { decodeText } from './decode-text.ts';

/** The fields of a tar header that matter here. */
export interface TarHeader {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly mode: number;
  /** Seconds since the epoch; before it they are negative. */
  readonly mtime: number;
  readonly target: string;
}

/** Reads a header block: ustar, POSIX or GNU. */
export function parseTarHeader(file: ArchiveFile, block: Buffer): TarHeader {
  if (octal(file, block.subarray(148, 156)) !== headerSum(block)) throw file.corrupt('a tar header in it is damaged');
  if (block.toString('latin1', 257, 262) !== 'ustar') throw file.corrupt('it holds no tar file that is known');
  const prefixed = block[262] === 0 && block[345] !== 0; // GNU has other things in the place of the prefix
  const prefix = prefixed ? `${text(file, block.subarray(345, 500))}/` : '';
  return {
    name: prefix + text(file, block.subarray(0, 100)),
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0),
    size: number(file, block.subarray(124, 136)),
    mode: number(file, block.subarray(100, 108)) & 0o7777,
    mtime: time(file, block.subarray(136, 148)),
    target: text(file, block.subarray(157, 257)),
  };
}

/** The sum of all bytes, those of the sum itself taken for spaces. */
function headerSum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < block.length; at += 1) {
    if (at < 148 || at >= 156) sum += block[at] ?? 0;
  }
  return sum;
}

function text(file: ArchiveFile, field: Buffer): string {
  const end = field.indexOf(0);
  return decodeText(file, end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or, where the first bit is set, a binary number. */
function number(file: ArchiveFile, field: Buffer): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) === 0) return octal(file, field);
  const value = BigInt(`0x${field.toString('hex')}`) - (0x80n << BigInt(8 * (field.length - 1)));
  if (first !== 0x80 || value > BigInt(Number.MAX_SAFE_INTEGER)) throw file.corrupt('a number in it is too large');
  return Number(value);
}

/** As {@link number}; GNU writes a moment before 1970 as a binary number below zero. */
function time(file: ArchiveFile, field: Buffer): number {
  if (field[0] !== 0xff) return number(file, field);
  return Number(BigInt.asIntN(8 * field.length, BigInt(`0x${field.toString('hex')}`)));
}

function octal(file: ArchiveFile, field: Buffer): number {
  const digits = /^[ \0]*([0-7]*)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  if (digits === undefined) throw file.corrupt('a tar header in it is damaged');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}
