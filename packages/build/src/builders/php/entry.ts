import { type CancelOptions, localMedium } from '@core/io';

import type { ProjectSettings } from '../../config/build-config.ts';
import { BuildError } from '../../errors.ts';
import { nameOf, pathBelow } from '../../paths.ts';
import { isWithin, realPathOf } from '../kit/copy-tree.ts';
import type { ComposerJson } from './composer-json.ts';
import { isReachable } from './phar.ts';

/** The program that is made of a PHP project. */
export interface PhpEntry {
  /** Path of the file from the project's folder, as it is written. */
  readonly file: string;
  readonly binary: string;
  /** Where it was found: for messages. */
  readonly source: string;
}

/** The entry that project and configuration name; `undefined` for a project that is no program: a library, a website. */
export function findPhpEntry(
  json: ComposerJson,
  { binary, main }: Pick<ProjectSettings, 'binary' | 'main'>,
): PhpEntry | undefined {
  if (main !== '.') return { ...entryOf(main), source: 'project.main of the configuration' };
  const programs = json.bin.map(entryOf);
  const [only, ...others] = programs;
  if (only === undefined) return undefined;
  const named = (name: string | undefined) => programs.find((program) => program.binary === name);
  if (binary !== undefined && others.length > 0 && named(binary) === undefined) throw noSuchProgram(json, binary);
  const program = named(binary) ?? named(nameOf(json.name ?? '')) ?? only;
  return { ...program, source: `bin of ${json.path}` };
}

/** The names of all programs that a release could have. */
export function programNames(json: ComposerJson): string[] {
  return json.bin.map((file) => entryOf(file).binary);
}

function entryOf(file: string): { readonly file: string; readonly binary: string } {
  return { file: file.replace(/^(?:\.\/+)+/, ''), binary: nameOf(file).replace(/\.(?:phar|php)$/i, '') };
}

/**
 * The file of the program from the project's folder, links followed: a program finds its own files from where it is.
 *
 * @throws `ERR_BUILD_NO_ENTRY` where it does not exist, is not in the project, or has a name that no PHAR can have.
 */
export async function locatePhpEntry(folder: string, entry: PhpEntry, options: CancelOptions): Promise<string> {
  const disk = localMedium();
  const top = (await disk.realPath(folder, options)) ?? folder;
  const path = /^(?:\/|[A-Za-z]:)/.test(entry.file) ? entry.file : pathBelow(top, entry.file);
  const real = await realPathOf(disk, path, options);
  if (real === undefined || !(await disk.isFile(real, options))) throw missingEntry(entry, 'it does not exist');
  if (!isWithin(top, real)) throw missingEntry(entry, 'it is not in the project');
  const name = real.slice(top.length + 1);
  if (!isReachable(name)) throw missingEntry(entry, 'PHP opens no file of that name in a PHAR');
  return name;
}

function missingEntry({ file, source }: PhpEntry, why: string): BuildError {
  return new BuildError(`Cannot build ${JSON.stringify(file)}: ${source} names it, and ${why}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.php',
    path: file,
    hint: 'Correct the name, or add a script "build" that makes the file.',
  });
}

function noSuchProgram(json: ComposerJson, binary: string): BuildError {
  const known = programNames(json).join(', ');
  return new BuildError(
    `Cannot build ${JSON.stringify(binary)}: bin of ${JSON.stringify(json.path)} has only ${known}`,
    {
      code: 'ERR_BUILD_NO_ENTRY',
      op: 'build.php',
      path: json.path,
      key: 'project.binary',
      hint: 'Set project.binary to one of them, or project.main to the file of the program.',
    },
  );
}
