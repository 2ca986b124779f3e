import { GroupTree } from './group-tree.ts';
import { hasProc } from './proc-table.ts';
import { ProcTree } from './proc-tree.ts';
import { TaskkillTree } from './taskkill-tree.ts';
import type { Tree, TreeOptions } from './tree.ts';

/** The tree as far as this system lets it be seen. */
export function treeOf(options: TreeOptions, platform: NodeJS.Platform = process.platform): Tree {
  if (platform === 'win32') return new TaskkillTree(options.roots);
  return platform === 'linux' && hasProc() ? new ProcTree(options) : new GroupTree(options.roots);
}
