import { type CancelOptions, isCoreError, type Medium } from '@core/io';
import { parse } from 'yaml';

import { readPackage } from './package-json.ts';
import { folderOf, nameOf, pathBelow } from './paths.ts';

/** The folder above `dir` whose workspace `dir` is a member of: the nearest. A stray lock file further up is nothing. */
export async function workspaceRoot(medium: Medium, dir: string, options: CancelOptions): Promise<string | undefined> {
  for (let [root, below] = [dir, '']; root !== folderOf(root);) {
    below = pathBelow(nameOf(root), below);
    root = folderOf(root);
    if (await isMember(medium, root, { below, ...options })) return root;
  }
  return undefined;
}

/**
 * Whether the folder `below` (from `root`) is a member of the workspace that `root` declares, in pnpm-workspace.yaml or
 * in package.json. A file that cannot be read declares nothing.
 */
async function isMember(
  medium: Medium,
  root: string,
  { below, signal }: CancelOptions & { readonly below: string },
): Promise<boolean> {
  const patterns = [
    ...(await pnpmPatterns(medium, root, { signal })),
    ...(await npmPatterns(medium, root, { signal })),
  ];
  const matches = (pattern: string) => patternToRegExp(pattern).test(`${below}/`);
  const [excluded, included] = [true, false].map((no) => patterns.filter((pattern) => pattern.startsWith('!') === no));
  return included?.some(matches) === true && excluded?.some((pattern) => matches(pattern.slice(1))) !== true;
}

async function pnpmPatterns(medium: Medium, root: string, options: CancelOptions): Promise<readonly string[]> {
  const path = pathBelow(root, 'pnpm-workspace.yaml');
  if (!(await medium.isFile(path, options))) return [];
  const text = await medium.read(path, options);
  try {
    const { packages } = parse(text) as { readonly packages?: unknown };
    return Array.isArray(packages) ? packages.filter((pattern) => typeof pattern === 'string') : [];
  } catch {
    return [];
  }
}

async function npmPatterns(medium: Medium, root: string, options: CancelOptions): Promise<readonly string[]> {
  try {
    return (await readPackage(medium, root, options))?.workspaces ?? [];
  } catch (error) {
    if (isCoreError(error) && error.code === 'ERR_BUILD_PACKAGE_INVALID') return [];
    throw error;
  }
}

/** `*` is a part of one name, `**` any number of folders. For paths that end in a slash. */
function patternToRegExp(pattern: string): RegExp {
  const names = pattern
    .replace(/^\.?\//, '')
    .replace(/\/+$/, '')
    .split('/');
  const source = names.map((name) => (name === '**' ? '(?:[^/]+/)*' : `${nameToSource(name)}/`)).join('');
  return new RegExp(`^${source}$`, 'u');
}

function nameToSource(name: string): string {
  return name.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
}
