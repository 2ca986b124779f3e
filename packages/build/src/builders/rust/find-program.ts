import { posix } from 'node:path';

import { type CancelOptions, glob, type Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { folderOf, pathBelow } from '../../paths.ts';
import { type CargoManifest, type CargoPackage, readManifest } from './cargo-manifest.ts';

/** Which program of a project is meant. */
export interface ProgramChoice extends CancelOptions {
  /** The folder of a package; `.` leaves it to Cargo.toml. */
  readonly main: string;
  /** The program of this name, where there is one. */
  readonly binary?: string | undefined;
}

/** A program that Cargo can build. */
export interface CargoProgram {
  /** What Cargo calls it. */
  readonly name: string;
  readonly package: CargoPackage;
  /** The folder of its package, from that of the project; `''` for the project's own. */
  readonly folder: string;
  /** The other programs of the project. */
  readonly others: readonly string[];
}

/**
 * The program that is meant: the one called `binary`, else that of `default-run`, else the only one, else the one that is
 * called as its package is. A project whose own package has programs is that package; another is the members of its workspace.
 *
 * @throws `ERR_BUILD_NO_ENTRY` where there is none, or where there are several of which none is meant.
 */
export async function findProgram(medium: Medium, dir: string, choice: ProgramChoice): Promise<CargoProgram> {
  const candidates = await findPrograms(medium, dir, choice);
  const chosen = choose(candidates, choice.binary);
  if (chosen !== undefined) return chosen;
  const names = candidates.map(({ name }) => name);
  const why = names.length > 0 ? `it has several programs, ${names.join(', ')}` : 'it has no program';
  const hint =
    names.length > 0
      ? 'Name one of them in project.binary, or as default-run in Cargo.toml.'
      : 'Give it a src/main.rs or a [[bin]], or name the folder of a package that has one in project.main.';
  throw new BuildError(`Cannot build the Rust project ${JSON.stringify(dir)}: ${why}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.rust',
    path: dir,
    key: names.length > 0 ? 'project.binary' : 'project.main',
    hint,
  });
}

/** One of the programs, where it is clear which. */
export function choose(candidates: readonly CargoProgram[], binary?: string): CargoProgram | undefined {
  const named = candidates.find(({ name }) => name === binary);
  const preferred = candidates.filter((one) => one.name === one.package.defaultRun);
  const eponymous = candidates.filter((one) => one.name === one.package.name);
  const only = [preferred, candidates, eponymous].find(({ length }) => length === 1);
  return named ?? only?.[0];
}

/** All programs that may be meant. */
export async function findPrograms(
  medium: Medium,
  dir: string,
  { main, signal }: ProgramChoice,
): Promise<CargoProgram[]> {
  const folder = posix.normalize(main.replaceAll('\\', '/')).replace(/\/$/, '');
  const inside = !folder.startsWith('..') && !posix.isAbsolute(folder);
  const own = folder === '.' ? '' : folder;
  const manifest = inside ? await readManifest(medium, pathBelow(dir, own), { signal }) : undefined;
  if (manifest === undefined) return [];
  const programs = programsOf([{ folder: own, manifest }]);
  if (programs.length > 0 || manifest.workspace === undefined) return programs;
  return programsOf(await membersOf(medium, manifest, { own, signal }));
}

interface Member {
  readonly folder: string;
  readonly manifest: CargoManifest;
}

function programsOf(members: readonly Member[]): CargoProgram[] {
  const all = members.flatMap(({ folder, manifest: { package: one } }) =>
    (one?.programs ?? []).flatMap((name) => (one === undefined ? [] : [{ name, package: one, folder }])),
  );
  const names = all.map(({ name }) => name);
  return all.map((program) => ({ ...program, others: names.filter((name) => name !== program.name) }));
}

/** The members of a workspace; where it names default ones, those. */
async function membersOf(
  medium: Medium,
  { dir, workspace }: CargoManifest,
  { own, signal }: CancelOptions & { readonly own: string },
): Promise<Member[]> {
  const { defaultMembers = [], exclude = [], members = [] } = workspace ?? {};
  const patterns = (defaultMembers.length > 0 ? defaultMembers : members).map(cleaned).filter(Boolean);
  const found: Member[] = [];
  for (const folder of await foldersOf(medium, dir, { patterns, signal })) {
    if (exclude.map(cleaned).includes(folder)) continue;
    const manifest = await readManifest(medium, pathBelow(dir, folder), { signal });
    if (manifest !== undefined) found.push({ folder: pathBelow(own, folder), manifest });
  }
  return found;
}

function cleaned(pattern: string): string {
  const path = posix.normalize(pattern).replace(/\/$/, '');
  return path.startsWith('..') || posix.isAbsolute(path) ? '' : path;
}

async function foldersOf(
  medium: Medium,
  cwd: string,
  { patterns, signal }: CancelOptions & { readonly patterns: readonly string[] },
): Promise<string[]> {
  const folders: string[] = [];
  if (patterns.length === 0) return folders;
  const files = patterns.map((pattern) => pathBelow(pattern, 'Cargo.toml'));
  for await (const { path } of glob(medium, files, { cwd, signal })) {
    folders.push(folderOf(path).slice(cwd === '' || cwd === '.' ? 0 : cwd.length + 1));
  }
  return folders;
}
