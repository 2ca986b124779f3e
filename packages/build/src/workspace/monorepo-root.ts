import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { folderOf, pathBelow } from '../paths.ts';
import { readToml } from '../toml.ts';
import { workspaceRoot } from '../workspace-members.ts';

/**
 * The folder above a project that holds all that it may be built with: the outermost that declares a workspace of pnpm,
 * npm, Yarn or Bun with the project as a member, a workspace of Cargo, or one of Go.
 */
export async function monorepoRoot(medium: Medium, dir: string, options: CancelOptions): Promise<string | undefined> {
  let root = await workspaceRoot(medium, dir, options);
  for (let [at, above] = [dir, folderOf(dir)]; above !== at; [at, above] = [above, folderOf(above)]) {
    if ((await isGoWorkspace(medium, above, options)) || (await isCargoWorkspace(medium, above, options))) {
      if (root === undefined || root.startsWith(above)) root = above;
    }
  }
  return root;
}

function isGoWorkspace(medium: Medium, dir: string, options: CancelOptions): Promise<boolean> {
  return medium.isFile(pathBelow(dir, 'go.work'), options);
}

/** A file that cannot be read declares nothing. */
async function isCargoWorkspace(medium: Medium, dir: string, options: CancelOptions): Promise<boolean> {
  try {
    return (await readToml(medium, pathBelow(dir, 'Cargo.toml'), options))?.['workspace'] !== undefined;
  } catch (error) {
    if (isCoreError(error)) return false;
    throw error;
  }
}
