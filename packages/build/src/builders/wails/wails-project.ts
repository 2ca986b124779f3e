import type { CancelOptions, Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import { textIfThere } from '../kit/text-if-there.ts';
import { mapOf, parseMap, readTaskfile, type Taskfile } from '../taskfile/read-taskfile.ts';

/** What a Wails project says of itself. */
export interface WailsProject {
  /** The major version of Wails. */
  readonly wails: 2 | 3;
  readonly name?: string;
  readonly version?: string;
  /** Name of the program, without `.exe`. */
  readonly binary?: string;
  /** What builds it, from version 3 on. */
  readonly taskfile?: Taskfile;
}

/** The file of version 2: https://wails.io/docs/reference/project-config */
export const WAILS_FILE = 'wails.json';

const REQUIRED = /^\s*(?:require\s+)?github\.com\/wailsapp\/wails\/v(?<major>[23])\s/m;

/**
 * What the project in a folder says; `undefined` where it is none. go.mod decides which Wails it is, then the schema
 * that wails.json names; else one with a Taskfile is of version 3.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` where wails.json or the Taskfile cannot be read.
 */
export async function readWailsProject(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<WailsProject | undefined> {
  const path = pathBelow(dir, WAILS_FILE);
  const text = await textIfThere(medium, path, options);
  const required = REQUIRED.exec((await textIfThere(medium, pathBelow(dir, 'go.mod'), options)) ?? '')?.groups?.[
    'major'
  ];
  if (text === undefined && required === undefined) return undefined;
  const json = text === undefined ? {} : parseWailsFile(path, text);
  const major = required ?? /[./]v(?<major>[23])\b/.exec(textOf(json['$schema']) ?? '')?.groups?.['major'];
  const taskfile = major === '2' ? undefined : await readTaskfile(medium, dir, options);
  if (major === '2' || (major === undefined && taskfile === undefined)) return { wails: 2, ...ofWailsFile(json) };
  return { wails: 3, ...ofWailsFile(json), ...(await ofTaskfile(medium, { dir, taskfile, ...options })) };
}

function ofWailsFile(json: Record<string, unknown>): Omit<WailsProject, 'wails'> {
  const name = textOf(json['name']);
  const binary = (textOf(json['outputfilename']) ?? name)?.replace(/\.exe$/i, '');
  return given({ name, binary, version: versionOf(mapOf(json['info'])['productVersion']) });
}

async function ofTaskfile(
  medium: Medium,
  { dir, taskfile, signal }: CancelOptions & { readonly dir: string; readonly taskfile: Taskfile | undefined },
): Promise<Omit<WailsProject, 'wails'>> {
  const path = pathBelow(dir, 'build/config.yml');
  const config = await textIfThere(medium, path, { signal });
  const info = config === undefined ? {} : mapOf(parseMap(path, config)['info']);
  const name = taskfile?.variables.get('APP_NAME');
  return given({ taskfile, name, binary: name, version: versionOf(info['version']) });
}

function parseWailsFile(path: string, text: string): Record<string, unknown> {
  try {
    return mapOf(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BuildError(`Cannot read ${JSON.stringify(path)}: ${why}`, {
      code: 'ERR_BUILD_PACKAGE_INVALID',
      op: 'build.wails',
      path,
      hint: 'Make it one JSON object, as `wails init` does.',
      cause,
    });
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function versionOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && /^[^\s/\\]+$/.test(text) ? text : undefined;
}
