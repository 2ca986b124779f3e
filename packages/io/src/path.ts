import { ErrnoSignal } from './errno.ts';

/** The longest name of a file in bytes of UTF-8, as Linux, macOS and Windows have it. */
const NAME_MAX_BYTES = 255;

/**
 * The one spelling of a path inside a medium: names joined by `/`, none of them empty, `.` or `..`; the root is `''`.
 *
 * A leading `/` means the root, `..` cannot climb over it, a trailing `/` says nothing.
 *
 * @throws `TypeError` where `path` is not a string; an error with the code `ERR_INVALID_PATH` for NUL or a lone
 * surrogate, with `ENAMETOOLONG` for a name over 255 bytes.
 *
 * @example
 * ```ts
 * import { normalizePath } from '@core/io';
 *
 * assert.equal(normalizePath('/a/./b/../c/'), 'a/c');
 * assert.equal(normalizePath('a/../../b'), 'b');
 * assert.equal(normalizePath('/'), '');
 * ```
 */
export function normalizePath(path: string): string {
  if (typeof path !== 'string') throw new TypeError(`The path must be a string, not ${describe(path)}`);
  if (isPlain(path)) return path;
  if (path.includes('\0')) throw new ErrnoSignal('ERR_INVALID_PATH', { hint: 'Take the NUL character out.' });
  if (!path.isWellFormed()) {
    throw new ErrnoSignal('ERR_INVALID_PATH', { hint: 'It holds half of a surrogate pair, which UTF-8 cannot spell.' });
  }
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(checkedLength(name));
  }
  return names.join('/');
}

/** Whether the path is already in its one spelling, by one pass over short ASCII names: the usual case, kept cheap. */
function isPlain(path: string): boolean {
  const { length } = path;
  if (length === 0 || length > NAME_MAX_BYTES) return length === 0;
  let nameStart = 0;
  for (let i = 0; i <= length; i += 1) {
    const code = i === length ? 0x2f : path.charCodeAt(i);
    if (code === 0x2f) {
      if (i === nameStart) return false;
      nameStart = i + 1;
    } else if (code === 0 || code > 0x7e || (code === 0x2e && i === nameStart)) {
      return false; // NUL, beyond ASCII, or a name that begins with a dot: the slow way decides
    }
  }
  return true;
}

function checkedLength(name: string): string {
  if (name.length * 3 > NAME_MAX_BYTES && Buffer.byteLength(name) > NAME_MAX_BYTES) {
    throw new ErrnoSignal('ENAMETOOLONG', { hint: `A name may have ${String(NAME_MAX_BYTES)} bytes of UTF-8.` });
  }
  return name;
}

/** The names of a normalized path, from the root down; none for the root. */
export function splitPath(normalized: string): string[] {
  return normalized === '' ? [] : normalized.split('/');
}

/** The directory of a normalized path; the root's is the root. */
export function parentPath(normalized: string): string {
  const slash = normalized.lastIndexOf('/');
  return slash < 0 ? '' : normalized.slice(0, slash);
}

/** The last name of a normalized path; the root's is `''`. */
export function baseName(normalized: string): string {
  return normalized.slice(normalized.lastIndexOf('/') + 1);
}

/** A normalized path and one more name or normalized path below it. */
export function joinPath(directory: string, below: string): string {
  if (directory === '') return below;
  return below === '' ? directory : `${directory}/${below}`;
}

/** Whether the normalized `path` is `directory` itself or below it. */
export function isWithin(directory: string, path: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`);
}

/**
 * The order of names on every medium: by code point, which is also the order of their UTF-8 bytes (`strcmp`), so that
 * it depends on no locale.
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // code units sort as code points once surrogates are moved behind the rest of the basic plane
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** From here on code units do not sort as code points do. */
const SURROGATE_OR_ABOVE = /[\ud800-\uffff]/;

/** Sorts what has a name as {@link compareNames} does, in place; names of a usual alphabet by the engine's own order. */
export function sortByName<T extends { readonly name: string }>(named: T[]): T[] {
  const isUsual = !named.some(({ name }) => SURROGATE_OR_ABOVE.test(name));
  return named.sort(isUsual ? (a, b) => (a.name < b.name ? -1 : 1) : (a, b) => compareNames(a.name, b.name));
}

/** What a value is, for the message of a `TypeError`. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return typeof value;
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === 'function' ? `an instance of ${constructor.name}` : 'an object';
}
