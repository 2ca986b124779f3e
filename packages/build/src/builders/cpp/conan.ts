import { homedir } from 'node:os';
import { join } from 'node:path';

import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { pathBelow } from '../../paths.ts';
import { formatTarget, type Target } from '../../target.ts';
import { folderName, type TargetWork } from '../kit/command-targets.ts';
import { hostTarget, isSameTarget } from '../kit/host-target.ts';

/** In the order in which Conan looks. */
const RECIPES = ['conanfile.py', 'conanfile.txt'];

/** What Conan writes beside the recipe for editors. */
const PRESETS = 'CMakeUserPresets.json';

/** What CMake is told of the packages. */
const TOOLCHAIN = 'conan_toolchain.cmake';

/** How to get it. */
const HOW_TO_GET_CONAN = 'Install Conan 2: `pipx install conan`, then `conan profile detect`.';

/** Whether the project has its packages from Conan. */
export async function usesConan({ dir, medium }: BuilderConfig, options: CancelOptions = {}): Promise<boolean> {
  for (const recipe of RECIPES) if (await medium.isFile(pathBelow(dir, recipe), options)) return true;
  return false;
}

/** Where the profile of a target belongs, from the project's folder. */
export function profilePath(target: Target): string {
  return `.core/conan/${folderName(target)}`;
}

/**
 * The profile for a target: `.core/conan/<os>_<arch>`, or the one of this name in the home of Conan; for this machine
 * itself else `default`.
 */
export async function findProfile(
  { dir, env, medium, workspace }: BuilderConfig,
  target: Target,
  { signal }: CancelOptions = {},
): Promise<string | undefined> {
  const own = pathBelow(dir, profilePath(target));
  if (await medium.isFile(own, { signal })) return workspace.locate(own);
  const home = env['CONAN_HOME'] ?? join(env['HOME'] ?? homedir(), '.conan2');
  if (await localMedium().isFile(join(home, 'profiles', folderName(target)), { signal })) return folderName(target);
  return isSameTarget(target, hostTarget()) ? 'default' : undefined;
}

/** What {@link installPackages} is told. */
export interface ConanInstall {
  readonly work: TargetWork;
  readonly profile: string;
  /** Folder on the disk for what Conan generates. */
  readonly folder: string;
  /** The toolchain file that its own one builds on. */
  readonly toolchain: string | undefined;
}

/**
 * `conan install` for a target; gives the toolchain file that it has generated.
 *
 * @throws `ERR_BUILD_OUTPUT_MISSING` where the recipe generates none.
 */
export async function installPackages(config: BuilderConfig, install: ConanInstall): Promise<string> {
  const { folder, work } = install;
  const { signal } = work;
  const disk = localMedium();
  const presets = join(config.workspace.path, PRESETS);
  const had = await disk.exists(presets, { signal });
  try {
    await work.run({ command: 'conan', args: installArguments(install), howToGet: HOW_TO_GET_CONAN });
  } finally {
    if (!had) await disk.deleteAll(presets);
  }
  if (!(await disk.isDir(folder, { signal }))) throw noToolchain(work.target);
  for await (const { kind, name, path } of disk.walk(folder, { signal })) {
    if (kind === 'file' && name === TOOLCHAIN) return path;
  }
  throw noToolchain(work.target);
}

function installArguments({ folder, profile, toolchain }: ConanInstall): string[] {
  const user = `tools.cmake.cmaketoolchain:user_toolchain=${JSON.stringify([toolchain])}`;
  return [
    ...['install', '.', `--profile:host=${profile}`, '--profile:build=default', '--build=missing'],
    ...[`--output-folder=${folder}`, '--settings=build_type=Release'],
    ...(toolchain === undefined ? [] : [`--conf=${user}`]),
  ];
}

function noToolchain(target: Target): BuildError {
  return new BuildError(`Cannot build for ${formatTarget(target)}: Conan has generated no ${TOOLCHAIN}`, {
    code: 'ERR_BUILD_OUTPUT_MISSING',
    op: 'build.cpp',
    target: formatTarget(target),
    hint: 'Add CMakeToolchain and CMakeDeps to the generators of the conanfile.',
  });
}
