import type { CancelOptions, Medium } from '@core/io';

import type { NodePackage } from '../../package-json.ts';
import type { PackageManager, PackageManagerName } from '../../package-manager.ts';
import { folderOf, pathBelow } from '../../paths.ts';

/**
 * The first declared dependency that is not installed in the project or above it; `undefined` when nothing is missing.
 * Those for development count only where there is a build script that may need them.
 */
export async function missingDependency(
  medium: Medium,
  manifest: NodePackage,
  options: CancelOptions,
): Promise<string | undefined> {
  const dir = folderOf(manifest.path);
  if (await medium.exists(pathBelow(dir, '.pnp.cjs'), options)) return undefined;
  const development = manifest.scripts['build'] === undefined ? [] : manifest.devDependencies;
  for (const name of [...manifest.dependencies, ...development]) {
    if (!(await isInstalled(medium, dir, { name, ...options }))) return name;
  }
  return undefined;
}

async function isInstalled(
  medium: Medium,
  dir: string,
  { name, ...options }: CancelOptions & { readonly name: string },
): Promise<boolean> {
  if (await medium.exists(pathBelow(dir, `node_modules/${name}/package.json`), options)) return true;
  const above = folderOf(dir);
  return above !== dir && isInstalled(medium, above, { name, ...options });
}

/** How dependencies are installed as the lock file says; without one, no lock file is made. */
export function installArguments({ name, lockFile, version }: PackageManager, isBerry: boolean): string[] {
  const locked = lockFile !== undefined;
  switch (name) {
    case 'npm':
      return locked ? ['ci', '--no-audit', '--no-fund'] : ['install', '--no-package-lock', '--no-audit', '--no-fund'];
    case 'pnpm':
      return ['install', locked ? '--frozen-lockfile' : '--no-lockfile'];
    case 'bun':
      return ['install', locked ? '--frozen-lockfile' : '--no-save'];
    case 'yarn':
      if (!locked) return ['install'];
      return ['install', isBerry || isModern(version) ? '--immutable' : '--frozen-lockfile'];
  }
}

/** Yarn from version 2 on. */
function isModern(version: string | undefined): boolean {
  return version !== undefined && !version.startsWith('1.') && version !== '1';
}

const WAYS: Readonly<Record<PackageManagerName, string>> = {
  bun: 'Install it: npm install -g bun (https://bun.sh).',
  npm: 'Install Node.js, which brings it (https://nodejs.org).',
  pnpm: 'Install it: npm install -g pnpm, or corepack enable pnpm (https://pnpm.io/installation).',
  yarn: 'Install it: npm install -g yarn, or corepack enable yarn (https://yarnpkg.com).',
};

/** How to get a package manager that is missing. */
export function howToGet(name: PackageManagerName): string {
  return WAYS[name];
}
