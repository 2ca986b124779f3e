import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';
import { gnuName } from '../kit/cross-compiler.ts';
import { findProgram } from '../kit/find-program.ts';
import { hostTarget, isSameTarget } from '../kit/host-target.ts';
import { findProfile, profilePath, usesConan } from './conan.ts';
import type { Makefile } from './makefile.ts';
import { findToolchain, type Toolchain, toolchainPath, toolchainVariable } from './toolchain.ts';

/** What there is to build for a target. */
export interface TargetMeans {
  readonly toolchain: Toolchain | undefined;
  /** The profile of Conan, where the project has its packages from there. */
  readonly profile: string | undefined;
}

/** Looks for what each target is built with. */
async function findMeans(
  config: BuilderConfig,
  targets: readonly Target[],
  { signal }: CancelOptions,
): Promise<Map<Target, TargetMeans>> {
  const conan = await usesConan(config, { signal });
  const means = new Map<Target, TargetMeans>();
  for (const target of targets) {
    const profile = conan ? await findProfile(config, target, { signal }) : undefined;
    const toolchain = await findToolchain(config, target, { signal });
    means.set(target, {
      profile,
      toolchain: conan && profile !== undefined ? (toolchain ?? { kind: 'host' }) : toolchain,
    });
  }
  return means;
}

/** The targets that can be built for: of a Makefile that does not look at what it is to build for only this machine. */
export async function possibleTargets(
  config: BuilderConfig,
  targets: readonly Target[],
  { makefile, signal }: CancelOptions & { readonly makefile: Makefile | undefined },
): Promise<Target[]> {
  if (makefile !== undefined && !makefile.crosses)
    return targets.filter((target) => isSameTarget(target, hostTarget()));
  const conan = await usesConan(config, { signal });
  const means = await findMeans(config, targets, { signal });
  return targets.filter((target) => isPossible(means.get(target), conan));
}

/**
 * Refuses what CMake has nothing to build with for. A Makefile may bring its own.
 *
 * @throws `ERR_BUILD_UNSUPPORTED_TARGET`
 */
export async function checkMeans(
  config: BuilderConfig,
  targets: readonly Target[],
  { makefile, signal }: CancelOptions & { readonly makefile: Makefile | undefined },
): Promise<Map<Target, TargetMeans>> {
  const conan = await usesConan(config, { signal });
  const means = await findMeans(config, targets, { signal });
  const impossible = targets.find((target) => !isPossible(means.get(target), conan));
  if (impossible === undefined || makefile !== undefined) return means;
  // without CMake itself that is what is to be told
  if ((await findProgram('cmake', config.env, { signal })) !== undefined) throw unsupported(impossible, conan);
  return means;
}

function isPossible(means: TargetMeans | undefined, conan: boolean): boolean {
  return means?.toolchain !== undefined && (!conan || means.profile !== undefined);
}

function unsupported(target: Target, conan: boolean): BuildError {
  const name = formatTarget(target);
  const why = conan ? 'there is no profile of Conan for it' : 'there is no compiler for it on this machine';
  const compiler = gnuName(target);
  const install = compiler === undefined ? '' : `Install ${compiler}-g++, or name`;
  const hint = conan
    ? `Write one as ${profilePath(target)}.`
    : `${install === '' ? 'Name' : install} a toolchain file in ${toolchainVariable(target)}, or write ${toolchainPath(target)}.`;
  return new BuildError(`Cannot build for ${name}: ${why}`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.cpp',
    target: name,
    hint,
  });
}
