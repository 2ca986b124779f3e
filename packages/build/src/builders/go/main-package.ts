import { posix } from 'node:path';

import type { CancelOptions, Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { folderOf, listIfThere, nameOf, pathBelow } from '../../paths.ts';
import { readModulePath } from './go-mod.ts';
import { isMainFile } from './source-file.ts';

/** Where programs are looked for. */
export interface GoSources extends CancelOptions {
  readonly medium: Medium;
  readonly dir: string;
  /** Build tags that are set. */
  readonly tags: ReadonlySet<string>;
}

/**
 * The packages that `main` may mean, as Go's commands name them: `.`, `./cmd/hello`, `./tool.go`. For `.` it is the
 * project's own folder where that is a program, else the programs in the folders of `cmd`.
 */
export async function findPrograms(sources: GoSources, main: string): Promise<string[]> {
  const path = await withoutModule(sources, main);
  if (path !== '.') return (await isProgram(sources, path)) ? [spelled(path)] : [];
  return (await isProgram(sources, '.')) ? ['.'] : programsIn(sources, 'cmd');
}

/**
 * The one program that `main` means.
 *
 * @throws `ERR_BUILD_NO_ENTRY` where there is none, or where there are several.
 */
export async function findProgramPackage(sources: GoSources, main: string): Promise<string> {
  const [program, ...others] = await findPrograms(sources, main);
  if (program !== undefined && others.length === 0) return program;
  if (program !== undefined) throw severalPrograms(sources.dir, [program, ...others]);
  throw noProgram(sources.dir, main, await programsBelow(sources, '.', 3));
}

/** A package of the project by its folder, also where it is named by its import path. */
async function withoutModule({ medium, dir, signal }: GoSources, main: string): Promise<string> {
  const module = await readModulePath(medium, dir, { signal });
  if (module !== undefined && (main === module || main.startsWith(`${module}/`))) {
    return posix.normalize(`.${main.slice(module.length)}`);
  }
  return posix.normalize(main.replaceAll('\\', '/')).replace(/(?<=.)\/$/, '');
}

/** Go takes a path without a dot for one of its own packages. */
function spelled(path: string): string {
  return path === '.' ? path : `./${path}`;
}

async function isProgram(sources: GoSources, path: string): Promise<boolean> {
  const { medium, dir, tags, signal } = sources;
  if (path.startsWith('../') || path === '..' || posix.isAbsolute(path)) return false;
  if (path.endsWith('.go')) return isMainAt(sources, pathBelow(dir, path));
  const folder = pathBelow(dir, path === '.' ? '' : path);
  for (const { kind, name, path: file } of await listIfThere(medium, folder, { signal })) {
    if (kind === 'dir' || !/^[^._].*(?<!_test)\.go$/.test(name)) continue;
    if (await isMainAt({ medium, dir, tags, signal }, file)) return true;
  }
  return false;
}

async function isMainAt({ medium, tags, signal }: GoSources, path: string): Promise<boolean> {
  return (await medium.isFile(path, { signal })) && isMainFile(await medium.read(path, { signal }), tags);
}

/** The programs in the folders of a folder, by name. */
async function programsIn(sources: GoSources, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of await packageFolders(sources, folder)) {
    if (await isProgram(sources, path)) found.push(spelled(path));
  }
  return found;
}

/** For the hint: programs that are elsewhere. */
async function programsBelow(sources: GoSources, folder: string, depth: number): Promise<string[]> {
  const found = await programsIn(sources, folder);
  if (depth === 1) return found;
  for (const path of await packageFolders(sources, folder))
    found.push(...(await programsBelow(sources, path, depth - 1)));
  return found;
}

/** Folders that Go looks into, without those of other modules that no go.work joins to this one. */
async function packageFolders({ medium, dir, signal }: GoSources, folder: string): Promise<string[]> {
  const joined = await medium.isFile(pathBelow(dir, 'go.work'), { signal });
  const below = folder === '.' ? '' : folder;
  const found: string[] = [];
  for (const { kind, name, path } of await listIfThere(medium, pathBelow(dir, below), { signal })) {
    if (kind !== 'dir' || /^(?:[._].*|testdata|vendor|node_modules)$/.test(name)) continue;
    if (joined || !(await medium.isFile(pathBelow(path, 'go.mod'), { signal }))) found.push(pathBelow(below, name));
  }
  return found.sort();
}

/** What a program of this package is called; `undefined` for that of the project's own folder. */
export function programNameOf(program: string): string | undefined {
  if (program === '.') return undefined;
  if (!program.endsWith('.go')) return nameOf(program);
  const file = nameOf(program).slice(0, -'.go'.length);
  return file === 'main' ? nameOf(folderOf(program)).replace(/^\.$/, '') || undefined : file;
}

function severalPrograms(path: string, programs: readonly string[]): BuildError {
  return noEntry(path, `it has several programs, ${programs.join(', ')}`, 'Name one of them in project.main.');
}

function noProgram(path: string, main: string, others: readonly string[]): BuildError {
  const what =
    main === '.'
      ? 'it has no "package main", neither here nor in a folder of cmd'
      : `${main} is no "package main" of it`;
  const hint =
    others.length === 0
      ? 'Write one, or name its folder in project.main.'
      : `Name one in project.main: ${others.slice(0, 5).join(', ')}.`;
  return noEntry(path, what, hint);
}

function noEntry(path: string, why: string, hint: string): BuildError {
  const message = `Cannot build the Go project ${JSON.stringify(path)}: ${why}`;
  return new BuildError(message, { code: 'ERR_BUILD_NO_ENTRY', op: 'build.go', path, key: 'project.main', hint });
}
