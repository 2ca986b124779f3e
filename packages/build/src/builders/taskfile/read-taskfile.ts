import type { CancelOptions, Medium } from '@core/io';
import { LineCounter, parseDocument, YAMLError } from 'yaml';

import { BuildError } from '../../errors.ts';
import { pathBelow } from '../../paths.ts';

/** What a Taskfile says without being run. */
export interface Taskfile {
  /** Its path in the medium. */
  readonly path: string;
  /** Names, also other names, of the tasks that can be called, each with its definition. */
  readonly tasks: ReadonlyMap<string, unknown>;
  /** The names before the colon of tasks from other files. */
  readonly includes: ReadonlySet<string>;
  /** Whether tasks of other files are called without a colon. */
  readonly flattened: boolean;
  /** Variables that are plain texts. */
  readonly variables: ReadonlyMap<string, string>;
}

/** In the order in which task looks: https://taskfile.dev/docs/guide#supported-file-names */
const NAMES = ['Taskfile.yml', 'taskfile.yml', 'Taskfile.yaml', 'taskfile.yaml'];
const DIST = NAMES.map((name) => name.replace('.', '.dist.'));

/** The schema that is known. */
const VERSION = /^v?3(?:\.\d+)*$/;

/**
 * The Taskfile of a folder; `undefined` where there is none.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` where it is no YAML, or not of version 3.
 */
export async function readTaskfile(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<Taskfile | undefined> {
  for (const name of [...NAMES, ...DIST]) {
    const path = pathBelow(dir, name);
    if (await medium.isFile(path, options)) return parseTaskfile(path, await medium.read(path, options));
  }
  return undefined;
}

/** The same for the text of one. */
export function parseTaskfile(path: string, text: string): Taskfile {
  const all = parseMap(path, text);
  const version = all['version'];
  if ((typeof version !== 'string' && typeof version !== 'number') || !VERSION.test(String(version))) {
    throw invalid(path, 'it is not of version 3', "Begin it with: version: '3'");
  }
  const includes = Object.entries(mapOf(all['includes']));
  return {
    path,
    tasks: new Map(Object.entries(mapOf(all['tasks'])).flatMap(namesOf)),
    includes: new Set(includes.map(([name]) => name)),
    flattened: includes.some(([, include]) => mapOf(include)['flatten'] === true),
    variables: new Map(
      Object.entries(mapOf(all['vars']))
        .filter(isPlain)
        .map(([name, value]) => [name, String(value)]),
    ),
  };
}

/** A task under each of its names; one that is internal has none. */
function namesOf([name, task]: [string, unknown]): [string, unknown][] {
  const { aliases, internal } = mapOf(task);
  if (internal === true) return [];
  const others: unknown[] = Array.isArray(aliases) ? aliases : [];
  return [name, ...others.filter((alias) => typeof alias === 'string')].map((one) => [one, task]);
}

/** No list or map, and nothing that is only known when it is run. */
function isPlain([, value]: [string, unknown]): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && !value.includes('{{'));
}

/**
 * The map that a file of YAML is.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` with line and column where it is none.
 */
export function parseMap(path: string, text: string): Record<string, unknown> {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value: unknown = document.toJS();
    if (isMap(value)) return value;
    throw new TypeError('it is not a map');
  } catch (cause) {
    const at = cause instanceof YAMLError ? lines.linePos(cause.pos[0]) : undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(path, why, 'Correct it, and try `task --list-all`.', { line: at?.line, column: at?.col, cause });
  }
}

function invalid(path: string, why: string, hint: string, more: object = {}): BuildError {
  return new BuildError(`Cannot read ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_BUILD_PACKAGE_INVALID',
    op: 'build.taskfile',
    ...{ path, hint },
    ...more,
  });
}

/** A map, or an empty one. */
export function mapOf(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
