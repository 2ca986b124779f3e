import type { CancelOptions, Medium } from '@core/io';

import { compareNames } from '../../order.ts';
import type { ProjectType } from '../../project-type.ts';
import type { Component } from '../component.ts';
import { cargoLock } from './cargo.ts';
import { composerLock } from './composer.ts';
import { conanLock } from './conan.ts';
import { denoLock } from './deno.ts';
import { goModules } from './go.ts';
import { baseImages, linuxkitImages } from './images.ts';
import { npmLock } from './npm.ts';
import { pnpmLock } from './pnpm.ts';
import { pythonLock } from './python.ts';
import type { LockReader } from './read-lock.ts';
import { yarnLock } from './yarn.ts';

/** Whose lock files count for a type; of each list the first that is there. */
const READERS: Readonly<Record<ProjectType, readonly (readonly LockReader[])[]>> = {
  wails: [[goModules]],
  go: [[goModules]],
  node: [[pnpmLock, yarnLock, npmLock]],
  php: [[composerLock]],
  rust: [[cargoLock]],
  python: [[pythonLock]],
  deno: [[denoLock]],
  cpp: [[conanLock]],
  linuxkit: [[linuxkitImages]],
  docker: [[baseImages]],
  taskfile: [[goModules], [pnpmLock, yarnLock, npmLock], [cargoLock]],
};

/**
 * What a project of a type is made of, as its lock file names it: sorted by package URL, each once. What only builds or
 * tests it is left out where the lock file tells.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` where a lock file cannot be read.
 *
 * @example
 * ```ts
 * import { findComponents } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'go.mod': 'module app\n\nrequire example.com/lib v1.2.0\n' });
 * const [lib] = await findComponents(medium, '', { type: 'go' });
 * assert.equal(lib?.purl, 'pkg:golang/example.com/lib@v1.2.0');
 * ```
 */
export async function findComponents(
  medium: Medium,
  dir: string,
  { type, signal }: CancelOptions & { readonly type: ProjectType },
): Promise<Component[]> {
  const found = new Map<string, Component>();
  for (const choice of READERS[type]) {
    for (const component of await firstOf(choice, { medium, dir, signal })) found.set(component.purl, component);
  }
  return [...found.values()].sort((a, b) => compareNames(a.purl, b.purl));
}

async function firstOf(readers: readonly LockReader[], place: Parameters<LockReader>[0]): Promise<Component[]> {
  for (const read of readers) {
    const components = await read(place);
    if (components !== undefined) return components;
  }
  return [];
}
