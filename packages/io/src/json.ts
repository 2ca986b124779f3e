import { IoError, type IoErrorOptions } from './errors.ts';
import { findJsonFault } from './json-fault.ts';
import type { CancelOptions, Medium, WriteOptions } from './medium.ts';
import { compareNames, describe } from './path.ts';

/**
 * A file that is no JSON, and where it stops to be: `line` and `column` count from 1.
 *
 * @example
 * ```ts
 * import { InvalidJsonError, MemoryMedium, readJson } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'a.json': '{\n  "port": oops\n}' });
 * const error = await readJson(medium, 'a.json').catch((reason: unknown) => reason);
 * assert(error instanceof InvalidJsonError);
 * assert.equal(error.line, 2);
 * ```
 */
export class InvalidJsonError extends IoError {
  /** From 1 up. */
  readonly line: number;
  /** From 1 up, in UTF-16 code units, as editors count. */
  readonly column: number;

  constructor(
    options: Omit<IoErrorOptions, 'code' | 'reason'>,
    at: { readonly line: number; readonly column: number },
  ) {
    const reason = `its content is not valid JSON at line ${String(at.line)}, column ${String(at.column)}`;
    super({ ...options, code: 'ERR_INVALID_JSON', reason });
    this.line = at.line;
    this.column = at.column;
  }
}

/**
 * The value of a JSON file. A byte order mark at its beginning is fine. The type is the caller's claim: nothing checks it.
 *
 * @throws `ERR_INVALID_JSON` (an {@link InvalidJsonError}, which has line and column), and whatever `read` refuses with.
 *
 * @example
 * ```ts
 * import { MemoryMedium, readJson } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'package.json': '{ "name": "demo" }', 'broken.json': '{\n  "name": demo\n}' });
 * assert.deepEqual(await readJson(medium, 'package.json'), { name: 'demo' });
 * await assert.rejects(readJson(medium, 'broken.json'), {
 *   code: 'ERR_INVALID_JSON',
 *   message: 'Cannot read "broken.json": its content is not valid JSON at line 2, column 11',
 * });
 * ```
 */
export async function readJson<T = unknown>(medium: Medium, path: string, options?: CancelOptions): Promise<T> {
  const text = (await medium.read(path, options)).replace(/^\uFEFF/u, '');
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new InvalidJsonError({ op: 'readJson', path, cause }, position(text, findJsonFault(text)));
  }
}

function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/u);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** How {@link writeJson} writes. */
export interface WriteJsonOptions extends WriteOptions {
  /** Spaces of a level, from 0 (all in one line) to 10; 2 by default. */
  readonly indent?: number | undefined;
  /** Put the keys of every object in order, so that equal values give equal files. */
  readonly sortKeys?: boolean | undefined;
}

/**
 * Writes a value as JSON with a newline at the end, atomically as {@link Medium.write}.
 *
 * @throws `TypeError` before anything is written where the value cannot be JSON: `undefined`, a function, a symbol, a
 * `BigInt` anywhere, an object that holds itself.
 *
 * @example
 * ```ts
 * import { MemoryMedium, writeJson } from '@core/io';
 *
 * const medium = new MemoryMedium();
 * await writeJson(medium, 'a.json', { b: 1, a: [true] }, { sortKeys: true });
 * assert.equal(await medium.read('a.json'), '{\n  "a": [\n    true\n  ],\n  "b": 1\n}\n');
 * ```
 */
export async function writeJson(
  medium: Medium,
  path: string,
  value: unknown,
  options: WriteJsonOptions = {},
): Promise<void> {
  const { indent = 2, sortKeys = false, ...write } = options;
  if (!Number.isInteger(indent) || indent < 0 || indent > 10) {
    throw new RangeError(`indent must be a whole number from 0 to 10, not ${String(indent)}`);
  }
  const text = JSON.stringify(value, sortKeys ? sorted : undefined, indent) as string | undefined;
  if (text === undefined) throw new TypeError(`The value must be one that JSON has, not ${describe(value)}`);
  await medium.write(path, `${text}\n`, write);
}

/** Hands objects to `JSON.stringify` with their keys in order; arrays and what is no object stay. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareNames(a, b)));
}
