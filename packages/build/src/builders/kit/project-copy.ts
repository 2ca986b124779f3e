import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';

import { type CancelOptions, localMedium, type Medium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { MANIFEST_FILE, pathsOf, readManifest } from '../../manifest.ts';
import { folderOf, nameOf, pathBelow } from '../../paths.ts';
import { STAGING_PREFIX } from '../../release/publish.ts';
import { copyTree, type Skip } from './copy-tree.ts';

/** What is copied of a project, and what is around the copy. */
export interface ProjectCopyOptions extends CancelOptions {
  /** What stays behind, beside what releases have made. */
  readonly skip: Skip;
  /** How many folders above the project are around the copy too, as links to what is in them. */
  readonly above?: number | undefined;
}

/** A copy of a project in a folder that only this user can enter; closing it removes it. */
export interface ProjectCopy extends AsyncDisposable {
  /** The folder of its own that holds the copy, and has room for what is made of it. */
  readonly root: string;
  /** Where the project is in it. */
  readonly path: string;
  /** Links that lead out of the project, from its folder: they are not in the copy. */
  readonly leftOut: readonly string[];
}

/**
 * Copies a project for tools that leave files in the folder that they work in. What is made there stays there: the
 * project is not touched.
 */
export async function openProjectCopy(config: BuilderConfig, options: ProjectCopyOptions): Promise<ProjectCopy> {
  const { above = 0, signal } = options;
  const origin = config.workspace.path;
  const disk = localMedium();
  const temporary = (await disk.realPath(tmpdir(), { signal })) ?? tmpdir();
  const root = pathBelow(temporary.replaceAll('\\', '/'), `core-build-${randomUUID()}`);
  const remove = (): Promise<void> => disk.deleteAll(root);
  await disk.ensureDir(root, { signal });
  try {
    await disk.chmod(root, 0o700, { signal });
    const path = await placeFor(disk, { root, origin, above, signal });
    const isReleased = await releasedFiles(config, { signal });
    const skip: Skip = (entry) => isReleased(pathBelow(origin, entry.path)) || options.skip(entry);
    const leftOut = await copyTree(origin, path, { skip, signal });
    return { root, path, leftOut, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Placing extends CancelOptions {
  readonly root: string;
  readonly origin: string;
  readonly above: number;
}

async function placeFor(disk: Medium, { root, origin, above, signal }: Placing): Promise<string> {
  const folders: string[] = [];
  for (let dir = origin; folders.length < above && folderOf(dir) !== dir;) folders.unshift((dir = folderOf(dir)));
  let place = pathBelow(root, 'tree');
  for (const [index, folder] of folders.entries()) {
    const next = nameOf(folders[index + 1] ?? origin);
    await disk.ensureDir(place, { signal });
    for (const { name, path } of await disk.list(folder, { signal })) {
      if (name !== next) await disk.symlink(path, pathBelow(place, name), { signal });
    }
    place = pathBelow(place, next);
  }
  return folders.length > 0 ? place : pathBelow(place, nameOf(origin) || 'project');
}

/** Tells what is a part of a release, of this one or the one before. */
async function releasedFiles(config: BuilderConfig, options: CancelOptions): Promise<(path: string) => boolean> {
  const { medium, outputDir, workspace } = config;
  const own = workspace.locate(outputDir);
  const staging = folderOf(outputDir);
  if (!nameOf(staging).startsWith(STAGING_PREFIX)) return (path) => path === own && path !== workspace.path;
  const release = folderOf(staging);
  const manifest = await readManifest(medium, release, options).catch(() => undefined);
  options.signal?.throwIfAborted();
  const names = manifest === undefined ? [] : [MANIFEST_FILE, ...pathsOf(manifest)];
  const old = new Set(names.map((name) => workspace.locate(pathBelow(release, name))));
  return (path) => old.has(path) || nameOf(path).startsWith(STAGING_PREFIX);
}
