import type { CancelOptions, Medium } from '@core/io';
import { parse, TomlError } from 'smol-toml';

import { BuildError } from './errors.ts';
import { readIfFile } from './read-if-file.ts';

/** A table of a TOML file. Look into it with {@link tableIn}, {@link tablesIn}, {@link textIn} and {@link textsIn}. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** Nothing that a tool of a build reads is nested deeper. */
const MAX_DEPTH = 100;

/**
 * A TOML file; `undefined` where there is no such file.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` with line and column where it is no TOML.
 */
export async function readToml(
  medium: Medium,
  path: string,
  options: CancelOptions = {},
): Promise<TomlTable | undefined> {
  const text = await readIfFile(medium, path, options);
  return text === undefined ? undefined : parseToml(path, text);
}

/**
 * The text of the TOML file at `path` (TOML 1.0, https://toml.io/en/v1.0.0).
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` with line and column where it is no TOML.
 */
export function parseToml(path: string, text: string): TomlTable {
  try {
    return parse(text.replace(/^\uFEFF/, ''), { maxDepth: MAX_DEPTH });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const { line, column } = cause;
    const reason = (cause.message.split('\n', 1)[0] ?? '').replace(/^Invalid TOML document: /, '');
    const where = `line ${String(line)}, column ${String(column)}`;
    throw new BuildError(`Cannot read ${JSON.stringify(path)}: ${where}: ${reason}`, {
      code: 'ERR_BUILD_PACKAGE_INVALID',
      op: 'build.package',
      path,
      line,
      column,
      hint: 'Correct it there: the file is not TOML.',
      cause,
    });
  }
}

/** The table under a key; an empty one where there is none. */
export function tableIn(table: TomlTable, key: string): TomlTable {
  const value = own(table, key);
  return isTable(value) ? value : {};
}

/** The tables of the list under a key, as `[[bin]]` makes it; none where there is no list. */
export function tablesIn(table: TomlTable, key: string): TomlTable[] {
  const value = own(table, key);
  return Array.isArray(value) ? value.filter(isTable) : [];
}

/** The text under a key; `undefined` where there is none, or an empty one. */
export function textIn(table: TomlTable, key: string): string | undefined {
  const value = own(table, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of the list under a key; none where there is no list. */
export function textsIn(table: TomlTable, key: string): string[] {
  const value = own(table, key);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function own(table: TomlTable, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
