import { posix } from 'node:path';

import type { CancelOptions, Medium } from '@core/io';

import { BuildError } from './errors.ts';
import { given } from './given.ts';
import { pathBelow } from './paths.ts';
import { readIfFile } from './read-if-file.ts';

/** What a build needs to know of a package.json; fields of a wrong type are left out, as npm does. */
export interface NodePackage {
  /** Path of the file in the medium. */
  readonly path: string;
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly main?: string;
  /** Names of programs with their files; a `bin` that is one string is named after the package. */
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Names that may be missing: optional dependencies and optional peers. */
  readonly optional: readonly string[];
  /** As it is written: `pnpm@9.1.0+sha512.…`. */
  readonly packageManager?: string;
  /** Patterns of the folders that are members of its workspace. */
  readonly workspaces: readonly string[];
}

/** The name of a package without its scope: `@core/io` is `io`. */
export function unscopedName(name: string): string {
  return name.replace(/^@[^/]*\//, '');
}

/** The package.json of a folder; `undefined` where there is none. */
export async function readPackage(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<NodePackage | undefined> {
  const path = pathBelow(dir, 'package.json');
  const text = await readIfFile(medium, path, options);
  return text === undefined ? undefined : parsePackage(path, text);
}

function parsePackage(path: string, text: string): NodePackage {
  const json = parseObject(path, text);
  const name = stringOf(json['name']);
  const dependencies = Object.keys(recordOf(json['dependencies']));
  const optional = Object.keys(recordOf(json['optionalDependencies']));
  return {
    path,
    bin: programsOf(json['bin'], name),
    scripts: stringsOf(json['scripts']),
    dependencies: dependencies.filter((dependency) => !optional.includes(dependency)),
    devDependencies: Object.keys(recordOf(json['devDependencies'])),
    optional: [...optional, ...optionalPeers(json)],
    workspaces: patternsOf(json['workspaces']),
    ...given({
      name,
      version: stringOf(json['version']),
      description: stringOf(json['description']),
      main: stringOf(json['main']),
      packageManager: stringOf(json['packageManager']),
    }),
  };
}

function parseObject(path: string, text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (isRecord(json)) return json;
    throw new SyntaxError('it is not an object');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BuildError(`Cannot read the package ${JSON.stringify(path)}: ${why}`, {
      code: 'ERR_BUILD_PACKAGE_INVALID',
      op: 'build.package',
      path,
      hint: 'Make it one JSON object, as `npm init` does.',
      cause,
    });
  }
}

/** As npm reads them: the package is the root of every path, so that none leads out of it. */
function programsOf(bin: unknown, name: string | undefined): Record<string, string> {
  const written = typeof bin === 'string' && bin !== '' ? { [unscopedName(name ?? '')]: bin } : stringsOf(bin);
  return Object.fromEntries(Object.entries(written).map(([program, file]) => [program, withinPackage(file)]));
}

function withinPackage(file: string): string {
  return posix.join('/', file.replaceAll('\\', '/')).slice(1);
}

/** A list, or an object that holds one. */
function patternsOf(workspaces: unknown): string[] {
  const patterns: unknown = isRecord(workspaces) ? workspaces['packages'] : workspaces;
  return Array.isArray(patterns) ? patterns.filter((pattern) => typeof pattern === 'string') : [];
}

function optionalPeers(json: Record<string, unknown>): string[] {
  const meta = Object.entries(recordOf(json['peerDependenciesMeta']));
  return meta.flatMap(([name, peer]) => (isRecord(peer) && peer['optional'] === true ? [name] : []));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function stringsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(recordOf(value));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
