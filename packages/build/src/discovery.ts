import { type CancelOptions, type DirEntry, isCoreError, type Medium } from '@core/io';

import { detectPackageManager, type PackageManager } from './package-manager.ts';
import { listIfThere, pathBelow } from './paths.ts';
import { PROJECT_MARKERS, type ProjectMarker, type ProjectType } from './project-type.ts';

/** A type that a folder has, and the file that decided. */
export interface ProjectMatch {
  readonly type: ProjectType;
  /** Path of the marker in the medium. */
  readonly marker: string;
}

/** A folder that holds a project. */
export interface DiscoveredProject {
  readonly dir: string;
  /** The most specific first. */
  readonly types: readonly ProjectType[];
  /** In the order of `types`. */
  readonly matches: readonly ProjectMatch[];
  /** For Node projects. */
  readonly packageManager?: PackageManager;
}

/** What {@link discoverDetailed} found. */
export interface DetailedDiscovery extends DiscoveredProject {
  /** Projects in folders below, by path: those of a monorepo. */
  readonly nested: readonly DiscoveredProject[];
}

/** How far {@link discoverDetailed} looks. */
export interface DiscoverDetailedOptions extends CancelOptions {
  /** How many folders deep nested projects are looked for; 4 by default, 0 for not at all. */
  readonly maxDepth?: number | undefined;
}

/** Folders that hold what others made. */
const FOREIGN = new Set(['node_modules', 'bower_components', 'vendor', 'dist', 'target', 'venv', '__pycache__']);

/**
 * The types of the project in `dir`, the most specific first; none for a missing folder. A marker must be a file: a
 * folder called `go.mod` is not one.
 *
 * @example
 * ```ts
 * import { discover } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/wails.json': '{}', 'app/go.mod': 'module app' });
 * assert.deepEqual(await discover(medium, 'app'), ['wails', 'go']);
 * assert.deepEqual(await discover(medium, 'nowhere'), []);
 * ```
 */
export async function discover(medium: Medium, dir: string, options: CancelOptions = {}): Promise<ProjectType[]> {
  return (await findMatches(medium, dir, options)).map(({ type }) => type);
}

/**
 * The most specific type of the project in `dir`, or `undefined` where there is no project.
 *
 * @example
 * ```ts
 * import { primaryType } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'package.json': '{}', Dockerfile: 'FROM scratch' });
 * assert.equal(await primaryType(medium, ''), 'node');
 * ```
 */
export async function primaryType(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<ProjectType | undefined> {
  return (await discover(medium, dir, options))[0];
}

/**
 * The types of the project in `dir` with the files that decided, the package manager of a Node project, and the
 * projects in the folders below. Hidden folders, those of installed or generated things and those that this user may not
 * read are passed over, and links are not followed.
 *
 * @example
 * ```ts
 * import { discoverDetailed } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'package.json': '{}', 'yarn.lock': '', 'tools/gen/go.mod': 'module gen' });
 * const found = await discoverDetailed(medium, '');
 * assert.deepEqual(found.matches, [{ type: 'node', marker: 'package.json' }]);
 * assert.equal(found.packageManager?.name, 'yarn');
 * assert.deepEqual(found.nested.map(({ dir, types }) => [dir, types]), [['tools/gen', ['go']]]);
 * ```
 */
export async function discoverDetailed(
  medium: Medium,
  dir: string,
  options: DiscoverDetailedOptions = {},
): Promise<DetailedDiscovery> {
  const { maxDepth = 4, signal } = options;
  if (!Number.isInteger(maxDepth) || maxDepth < 0) {
    throw new RangeError(`maxDepth must be a whole number of 0 or more, not ${String(maxDepth)}`);
  }
  const root = await describeProject(medium, dir, { signal });
  const nested: DiscoveredProject[] = [];
  const entries = maxDepth === 0 ? [] : await listIfThere(medium, dir, { signal });
  for await (const folder of foldersAmong(medium, entries, { maxDepth, signal })) {
    const project = await ifAllowed(describeProject(medium, folder, { signal }));
    if (project !== undefined && project.types.length > 0) nested.push(project);
  }
  return { ...root, nested };
}

async function describeProject(medium: Medium, dir: string, options: CancelOptions): Promise<DiscoveredProject> {
  const matches = await findMatches(medium, dir, options);
  const types = matches.map(({ type }) => type);
  if (!types.includes('node')) return { dir, types, matches };
  return { dir, types, matches, packageManager: await detectPackageManager(medium, dir, options) };
}

async function findMatches(medium: Medium, dir: string, options: CancelOptions): Promise<ProjectMatch[]> {
  const markers = await Promise.all(PROJECT_MARKERS.map((marker) => findMarker(medium, dir, { marker, ...options })));
  return PROJECT_MARKERS.flatMap(({ type }, index) => {
    const marker = markers[index];
    return marker === undefined ? [] : [{ type, marker }];
  });
}

async function findMarker(
  medium: Medium,
  dir: string,
  { marker, signal }: CancelOptions & { readonly marker: ProjectMarker },
): Promise<string | undefined> {
  for (const name of marker.files) {
    const path = pathBelow(dir, name);
    if (await isFile(medium, path, { signal })) return path;
  }
  if (marker.within === undefined) return undefined;
  const { folder, suffix } = marker.within;
  for (const entry of await listIfThere(medium, pathBelow(dir, folder), { signal })) {
    if (entry.name.endsWith(suffix) && (await isFile(medium, entry.path, { signal }))) return entry.path;
  }
  return undefined;
}

/** A link that leads back to itself is no file. */
async function isFile(medium: Medium, path: string, options: CancelOptions): Promise<boolean> {
  try {
    return await medium.isFile(path, options);
  } catch (error) {
    if (isCoreError(error) && error.code === 'ELOOP') return false;
    throw error;
  }
}

/** The folders that may hold a project of their own, and those below them, parents first. */
async function* foldersAmong(
  medium: Medium,
  entries: readonly DirEntry[],
  { maxDepth, signal }: CancelOptions & { readonly maxDepth: number },
): AsyncGenerator<string> {
  for (const entry of entries) {
    if (entry.kind !== 'dir' || entry.name.startsWith('.') || FOREIGN.has(entry.name)) continue;
    yield entry.path;
    if (maxDepth === 1) continue;
    const inside = await ifAllowed(listIfThere(medium, entry.path, { signal }));
    yield* foldersAmong(medium, inside ?? [], { maxDepth: maxDepth - 1, signal });
  }
}

/** What somebody finds; `undefined` where that may not be looked at: a project may have folders of other users in it. */
async function ifAllowed<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (isCoreError(error) && (error.code === 'EACCES' || error.code === 'EPERM')) return undefined;
    throw error;
  }
}
