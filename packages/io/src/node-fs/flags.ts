import { CONSTANTS } from './constants.ts';
import { invalidType, invalidValue, outOfRange } from './errors.ts';

/** What `flags` of `open` ask for. */
export interface OpenFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
  readonly directory: boolean;
  readonly noFollow: boolean;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC, O_DIRECTORY, O_NOFOLLOW } = CONSTANTS;

const NAMED: Record<string, number> = {
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  w: O_TRUNC | O_CREAT | O_WRONLY,
  wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'w+': O_TRUNC | O_CREAT | O_RDWR,
  'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  a: O_APPEND | O_CREAT | O_WRONLY,
  ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  as: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'a+': O_APPEND | O_CREAT | O_RDWR,
  'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'as+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};

const SPELLINGS: Record<string, string> = {
  sr: 'rs',
  'sr+': 'rs+',
  xw: 'wx',
  'xw+': 'wx+',
  xa: 'ax',
  'xa+': 'ax+',
  sa: 'as',
  'sa+': 'as+',
};

/** A text such as `wx+` or a number made of `O_…`; nothing is `usual`. */
export function parseFlags(flags: unknown, usual: string): OpenFlags {
  const number = toNumber(flags ?? usual);
  const access = number & (O_WRONLY | O_RDWR);
  return {
    read: access !== O_WRONLY,
    write: access !== O_RDONLY,
    append: (number & O_APPEND) !== 0,
    create: (number & O_CREAT) !== 0,
    exclusive: (number & O_CREAT) !== 0 && (number & O_EXCL) !== 0,
    truncate: (number & O_TRUNC) !== 0,
    directory: (number & O_DIRECTORY) !== 0,
    noFollow: (number & O_NOFOLLOW) !== 0,
  };
}

function toNumber(flags: unknown): number {
  if (typeof flags === 'number') return checkedWhole('flags', flags, 0x7fffffff);
  const name = typeof flags === 'string' ? (SPELLINGS[flags] ?? flags) : '';
  const number = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (number === undefined) throw invalidValue('flags', 'is invalid', flags);
  return number;
}

/** Permission bits as a number or an octal text; nothing is `undefined`. */
export function parseMode(mode: unknown): number | undefined {
  if (mode === undefined || mode === null) return undefined;
  if (typeof mode === 'number') return checkedWhole('mode', mode, 0xffffffff) & 0o7777;
  if (typeof mode !== 'string') throw invalidType('mode', 'of type number', mode);
  if (/^[0-7]+$/.test(mode)) return Number.parseInt(mode, 8) & 0o7777;
  throw invalidValue('mode', 'must be a 32-bit unsigned integer or an octal string', mode);
}

function checkedWhole(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw outOfRange(name, `>= 0 && <= ${String(most)}`, value);
}

/** The bits that a new file or directory gets: what is asked for, less what the process masks out. */
export function masked(mode: number): number {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it
  return mode & ~process.umask() & 0o7777;
}
