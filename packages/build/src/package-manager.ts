import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { type NodePackage, readPackage } from './package-json.ts';
import { pathBelow } from './paths.ts';
import { workspaceRoot } from './workspace-members.ts';

/** Who installs the dependencies of a Node project and runs its scripts. */
export type PackageManagerName = 'bun' | 'pnpm' | 'yarn' | 'npm';

/** The package manager of a project, and how that is known. */
export interface PackageManager {
  readonly name: PackageManagerName;
  /** Path of the lock file; absent where there is none. */
  readonly lockFile?: string;
  /** From the field `packageManager` of package.json: `9.1.0`. */
  readonly version?: string;
}

/** In order of priority: the first lock file that is there decides. */
const LOCK_FILES: readonly (readonly [PackageManagerName, string])[] = [
  ['bun', 'bun.lock'],
  ['bun', 'bun.lockb'],
  ['pnpm', 'pnpm-lock.yaml'],
  ['yarn', 'yarn.lock'],
  ['npm', 'package-lock.json'],
  ['npm', 'npm-shrinkwrap.json'],
];

const DECLARED = /^(bun|pnpm|yarn|npm)@([^+]+)/;

/**
 * The package manager of the Node project in `dir`: by lock file (bun, pnpm, yarn, npm), else by the field
 * `packageManager`, else that of the workspace it belongs to, else npm.
 *
 * @example
 * ```ts
 * import { detectPackageManager } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'package.json': '{}', 'pnpm-lock.yaml': '', 'package-lock.json': '{}' });
 * assert.deepEqual(await detectPackageManager(medium, ''), { name: 'pnpm', lockFile: 'pnpm-lock.yaml' });
 * ```
 */
export async function detectPackageManager(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<PackageManager> {
  const own = await packageManagerOf(medium, dir, options);
  if (own !== undefined) return own;
  const root = await workspaceRoot(medium, dir, options);
  const shared = root === undefined ? undefined : await packageManagerOf(medium, root, options);
  return shared ?? { name: 'npm' };
}

async function packageManagerOf(
  medium: Medium,
  dir: string,
  options: CancelOptions,
): Promise<PackageManager | undefined> {
  const declared = DECLARED.exec((await readIfValid(medium, dir, options))?.packageManager ?? '');
  for (const [name, file] of LOCK_FILES) {
    const lockFile = pathBelow(dir, file);
    if (!(await medium.isFile(lockFile, options))) continue;
    const version = declared?.[1] === name ? declared[2] : undefined;
    return { name, lockFile, ...(version === undefined ? {} : { version }) };
  }
  if (declared?.[2] === undefined) return undefined;
  return { name: declared[1] as PackageManagerName, version: declared[2] };
}

/** A package.json that cannot be read says nothing here: the builder refuses it. */
async function readIfValid(medium: Medium, dir: string, options: CancelOptions): Promise<NodePackage | undefined> {
  try {
    return await readPackage(medium, dir, options);
  } catch (error) {
    if (isCoreError(error) && error.code === 'ERR_BUILD_PACKAGE_INVALID') return undefined;
    throw error;
  }
}
