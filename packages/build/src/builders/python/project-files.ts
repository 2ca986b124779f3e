import { resolve } from 'node:path';

import { type CancelOptions, localMedium } from '@core/io';

import { folderOf, pathBelow } from '../../paths.ts';
import type { CopiedEntry, Skip } from '../kit/copy-tree.ts';

/** Folders that tools of Python keep things in, and git, which is not copied. */
const NEVER: ReadonlySet<string> = new Set([
  ...['.git', '.hg', '.mypy_cache', '.nox', '.pytest_cache', '.ruff_cache', '.svn', '.tox', '.venv'],
  ...['__pycache__', 'node_modules'],
]);

/**
 * What of a project is not copied: environments, caches, and what builds have left, which would go into the wheel.
 * `build` and `*.egg-info` are left by setuptools.
 */
export async function staysBehind(folder: string, options: CancelOptions): Promise<Skip> {
  const disk = localMedium();
  const environments = new Set<string>();
  for (const { kind, name, path } of await disk.list(folder, options)) {
    if (kind === 'dir' && (await disk.isFile(pathBelow(path, 'pyvenv.cfg'), options))) environments.add(name);
  }
  const leftByBuild = (await isLeftByBuild(pathBelow(folder, 'build'), options)) ? ['build'] : [];
  const skipped = new Set([...environments, ...leftByBuild]);
  return ({ kind, name, path }: CopiedEntry) =>
    kind === 'dir' && (NEVER.has(name) || name.endsWith('.egg-info') || skipped.has(path));
}

/** setuptools makes `build/lib` and `build/bdist.<system>`; a folder of the same name may be anything else. */
async function isLeftByBuild(folder: string, options: CancelOptions): Promise<boolean> {
  const disk = localMedium();
  if (!(await disk.isDir(folder, options))) return false;
  const entries = await disk.list(folder, options);
  return (
    entries.length > 0 && entries.every(({ name }) => /^(?:lib|lib\..*|temp\..*|bdist\..*|scripts-.*)$/.test(name))
  );
}

/** Lets git tell the copy of a project its version; the repository is not copied. */
export async function linkRepository(from: string, to: string, options: CancelOptions): Promise<void> {
  const disk = localMedium();
  const path = pathBelow(from, '.git');
  if (process.platform === 'win32' || !(await disk.exists(path, options))) return;
  if (await disk.isDir(path, options)) await disk.symlink(path, pathBelow(to, '.git'), options);
  else {
    const [, gitdir = ''] = /^gitdir:\s*(.+)$/m.exec(await disk.read(path, options)) ?? [];
    await disk.write(pathBelow(to, '.git'), `gitdir: ${resolve(folderOf(path), gitdir)}\n`, options);
  }
}
