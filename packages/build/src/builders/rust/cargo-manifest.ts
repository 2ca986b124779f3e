import type { CancelOptions, Medium } from '@core/io';

import { given } from '../../given.ts';
import { folderOf, listIfThere, pathBelow } from '../../paths.ts';
import { readToml, tableIn, tablesIn, textIn, textsIn, type TomlTable } from '../../toml.ts';

/** What a build needs to know of a Cargo.toml (https://doc.rust-lang.org/cargo/reference/manifest.html). */
export interface CargoManifest {
  /** Its folder in the medium. */
  readonly dir: string;
  /** Absent where it is only the root of a workspace. */
  readonly package?: CargoPackage;
  /** Absent where it is no root of a workspace. */
  readonly workspace?: CargoWorkspace;
}

export interface CargoPackage {
  readonly name: string;
  readonly version?: string;
  /** Names of its programs, those of `[[bin]]` first. */
  readonly programs: readonly string[];
  readonly defaultRun?: string;
}

interface CargoWorkspace {
  /** Patterns of folders. */
  readonly members: readonly string[];
  readonly defaultMembers: readonly string[];
  readonly exclude: readonly string[];
  /** What its members may inherit. */
  readonly version?: string;
}

/**
 * The Cargo.toml of a folder; `undefined` where there is none.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` where it is no TOML.
 */
export async function readManifest(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<CargoManifest | undefined> {
  const toml = await readToml(medium, pathBelow(dir, 'Cargo.toml'), options);
  if (toml === undefined) return undefined;
  const workspace = 'workspace' in toml ? workspaceIn(tableIn(toml, 'workspace')) : undefined;
  return { dir, ...given({ workspace, package: await packageIn(toml, { medium, dir, ...options }) }) };
}

function workspaceIn(table: TomlTable): CargoWorkspace {
  return {
    members: textsIn(table, 'members'),
    defaultMembers: textsIn(table, 'default-members'),
    exclude: textsIn(table, 'exclude'),
    ...given({ version: textIn(tableIn(table, 'package'), 'version') }),
  };
}

interface Place extends CancelOptions {
  readonly medium: Medium;
  readonly dir: string;
}

async function packageIn(toml: TomlTable, place: Place): Promise<CargoPackage | undefined> {
  const table = tableIn(toml, 'package');
  const name = textIn(table, 'name');
  if (name === undefined) return undefined;
  const version = textIn(table, 'version') ?? (await inheritedVersion(table, place));
  const programs = await programsIn(toml, name, place);
  return { name, programs, ...given({ version, defaultRun: textIn(table, 'default-run') }) };
}

/** `version.workspace = true` */
async function inheritedVersion(table: TomlTable, { medium, dir, signal }: Place): Promise<string | undefined> {
  if (tableIn(table, 'version')['workspace'] !== true) return undefined;
  return (await findWorkspaceRoot(medium, dir, { signal }))?.workspace?.version;
}

/** What `[[bin]]` names, and what Cargo finds by itself. */
async function programsIn(toml: TomlTable, packageName: string, place: Place): Promise<string[]> {
  const tables = tablesIn(toml, 'bin');
  const named = tables.flatMap((table) => textIn(table, 'name') ?? []);
  if (tableIn(toml, 'package')['autobins'] === false) return named;
  const paths = new Set(tables.map((table) => (textIn(table, 'path') ?? '').replace(/^\.\//, '')));
  const found: string[] = [];
  for (const { name, path } of await foundPrograms(packageName, place)) if (!paths.has(path)) found.push(name);
  return [...new Set([...named, ...found])];
}

interface FoundProgram {
  readonly name: string;
  /** From the folder of the package. */
  readonly path: string;
}

/** `src/main.rs`, `src/bin/<name>.rs` and `src/bin/<name>/main.rs`. */
async function foundPrograms(packageName: string, { medium, dir, signal }: Place): Promise<FoundProgram[]> {
  const found: FoundProgram[] = [];
  const add = async (name: string, path: string): Promise<void> => {
    if (await medium.isFile(pathBelow(dir, path), { signal })) found.push({ name, path });
  };
  await add(packageName, 'src/main.rs');
  const entries = await listIfThere(medium, pathBelow(dir, 'src/bin'), { signal });
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (name.endsWith('.rs')) await add(name.slice(0, -'.rs'.length), `src/bin/${name}`);
    else await add(name, `src/bin/${name}/main.rs`);
  }
  return found;
}

/** The nearest Cargo.toml, of this folder or above it, that is the root of a workspace. */
export async function findWorkspaceRoot(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<CargoManifest | undefined> {
  for (let folder = dir, above = ''; ; folder = above) {
    const toml = await readToml(medium, pathBelow(folder, 'Cargo.toml'), options);
    if (toml !== undefined && 'workspace' in toml) {
      return { dir: folder, workspace: workspaceIn(tableIn(toml, 'workspace')) };
    }
    above = folderOf(folder);
    if (above === folder) return undefined;
  }
}
