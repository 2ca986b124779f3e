import { type CancelOptions, type Medium, MemoryMedium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import { tableIn, textIn, type TomlTable } from '../../toml.ts';
import { readJsonObject } from '../kit/json-object.ts';
import { withoutComments } from './jsonc.ts';

/** The names of the file, in the order in which Deno looks for them. */
const FILES = ['deno.json', 'deno.jsonc'];

/** What a build needs to know of a deno.json (https://docs.deno.com/runtime/fundamentals/configuration/). */
export interface DenoJson {
  /** Path of the file in the medium. */
  readonly path: string;
  readonly name?: string;
  readonly version?: string;
  /** The module that others get. */
  readonly exports?: string;
  /** Commands by the names of their tasks. */
  readonly tasks: ReadonlyMap<string, string>;
  /** Whether it says what a compiled program may do: `deno compile` then wants a flag. */
  readonly hasCompilePermissions: boolean;
  /** Whether it does without a lock file. */
  readonly unlocked: boolean;
}

/**
 * The deno.json or deno.jsonc of a project that must have one.
 *
 * @throws `ERR_BUILD_NO_PROJECT` where there is none, `ERR_BUILD_PACKAGE_INVALID` where it is no JSON object.
 */
export async function requiredDenoJson(medium: Medium, dir: string, options: CancelOptions = {}): Promise<DenoJson> {
  for (const name of FILES) {
    const path = pathBelow(dir, name);
    if (await medium.isFile(path, options)) return parseDenoJson(path, await readJsonc(medium, path, options));
  }
  throw new BuildError(`Cannot build ${JSON.stringify(dir)}: it has no deno.json`, {
    code: 'ERR_BUILD_NO_PROJECT',
    op: 'build.deno',
    path: pathBelow(dir, 'deno.json'),
    hint: 'Run `deno init` in it, or name another folder.',
  });
}

async function readJsonc(medium: Medium, path: string, options: CancelOptions): Promise<TomlTable> {
  const plain = new MemoryMedium();
  await plain.write(path, withoutComments(await medium.read(path, options)));
  return (await readJsonObject(plain, path, options)) ?? {};
}

function parseDenoJson(path: string, json: TomlTable): DenoJson {
  const tasks = tableIn(json, 'tasks');
  const commands = Object.keys(tasks).flatMap((name): [string, string][] => {
    const command = textIn(tasks, name) ?? textIn(tableIn(tasks, name), 'command');
    return command === undefined ? [] : [[name, command]];
  });
  const permissions = tableIn(json, 'compile')['permissions'];
  const isEmpty = typeof permissions === 'object' && permissions !== null && Object.keys(permissions).length === 0;
  return {
    path,
    tasks: new Map(commands),
    hasCompilePermissions: permissions !== undefined && permissions !== null && !isEmpty,
    unlocked: json['lock'] === false,
    ...given({
      name: textIn(json, 'name'),
      version: textIn(json, 'version'),
      exports: textIn(json, 'exports') ?? textIn(tableIn(json, 'exports'), '.'),
    }),
  };
}
