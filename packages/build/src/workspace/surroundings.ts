import type { CancelOptions, Medium } from '@core/io';

import { folderOf, nameOf, pathBelow } from '../paths.ts';
import { monorepoRoot } from './monorepo-root.ts';

/** Where the copy of a project is, and where the project is. */
export interface Surroundings extends CancelOptions {
  /** A folder of its own for the copy. */
  readonly root: string;
  /** The project's folder. */
  readonly origin: string;
}

/**
 * Makes around a copy what is around the project, by links: the members and files of the monorepo that it belongs to,
 * and every `node_modules` above it. Returns where the copy belongs.
 */
export async function linkSurroundings(disk: Medium, { root, origin, signal }: Surroundings): Promise<string> {
  const levels = await levelsAbove(disk, origin, { signal });
  let place = root;
  for (const [index, { dir, whole }] of levels.entries()) {
    place = pathBelow(place, nameOf(dir) || 'root');
    await disk.ensureDir(place, { signal });
    const next = nameOf(levels[index + 1]?.dir ?? origin);
    for (const { name, path } of await disk.list(dir, { signal })) {
      if (name !== next && (whole || name === 'node_modules'))
        await disk.symlink(path, pathBelow(place, name), { signal });
    }
  }
  return pathBelow(place, nameOf(origin) || 'project');
}

interface Level {
  readonly dir: string;
  /** All that is there belongs to the project's monorepo. */
  readonly whole: boolean;
}

/** The folders above a project that matter to it, from the outermost down. */
async function levelsAbove(disk: Medium, origin: string, options: CancelOptions): Promise<Level[]> {
  const root = await monorepoRoot(disk, origin, options);
  const levels: Level[] = [];
  let matters = false;
  for (const dir of foldersAbove(origin)) {
    const whole = root !== undefined && (dir === root || dir.startsWith(`${root}/`));
    matters ||= whole || (await disk.isDir(pathBelow(dir, 'node_modules'), options));
    if (matters) levels.push({ dir, whole });
  }
  return levels;
}

/** From the root of the disk down. */
function foldersAbove(path: string): string[] {
  const above: string[] = [];
  for (let dir = path; dir !== folderOf(dir);) {
    dir = folderOf(dir);
    above.unshift(dir);
  }
  return above;
}
