import type { ArchiveFile } from './archive-file.ts';
import { decodeText } from './decode-text.ts';

const SPACE = 0x20;
const NEWLINE = 0x0a;
const LONGEST_LENGTH = 20;

/** The records of a PAX header: `length key=value\n`, one after the other. */
export function parsePax(file: ArchiveFile, bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let rest = bytes; rest.length > 0;) {
    const space = rest.subarray(0, LONGEST_LENGTH).indexOf(SPACE);
    const digits = rest.toString('latin1', 0, Math.max(0, space));
    const length = /^[1-9]\d*$/.test(digits) ? Number(digits) : 0;
    if (length <= space + 1 || length > rest.length || rest[length - 1] !== NEWLINE) throw damaged(file);
    const record = decodeText(file, rest.subarray(space + 1, length - 1));
    const equals = record.indexOf('=');
    if (equals < 1) throw damaged(file);
    records.set(record.slice(0, equals), record.slice(equals + 1));
    rest = rest.subarray(length);
  }
  return records;
}

/** The moment that a record says, if it is there, in whole seconds; before 1970 it is negative. */
export function paxTime(file: ArchiveFile, records: ReadonlyMap<string, string>, key: string): number | undefined {
  const value = records.get(key);
  if (value === undefined) return undefined;
  if (/^-?\d{1,16}(?:\.\d*)?$/.test(value)) return Math.floor(Number(value));
  throw damaged(file);
}

/** The whole number that a record says, if it is there. */
export function paxNumber(file: ArchiveFile, records: ReadonlyMap<string, string>, key: string): number | undefined {
  const value = records.get(key);
  if (value === undefined) return undefined;
  const number = /^\d{1,16}(?:\.\d*)?$/.test(value) ? Math.floor(Number(value)) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw damaged(file);
}

function damaged(file: ArchiveFile): Error {
  return file.corrupt('a PAX header in it is damaged');
}
