import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { formatTarget, type Target } from '../../target.ts';
import { findCrossCompiler } from '../kit/cross-compiler.ts';
import { hostTarget, isSameTarget } from '../kit/host-target.ts';

/** Variables that name the C compiler of one target; empty where Go's own choice is right. */
export type CompilerVariables = Readonly<Record<string, string>>;

export interface CompilerQuestion extends CancelOptions {
  /** Whether other targets are built, too, for which `CC` cannot be meant as well. */
  readonly alone: boolean;
}

/**
 * The C compiler for a target, where there is one: `CC_FOR_linux_arm64` (as Go's own make.bash has it), else `CC` where
 * the target is this machine or the only one, else a cross compiler of GNU that is on the PATH.
 */
export async function findCompiler(
  { env }: Pick<BuilderConfig, 'env'>,
  target: Target,
  { alone, signal }: CompilerQuestion,
): Promise<CompilerVariables | undefined> {
  const suffix = `_FOR_${target.os}_${target.arch}`;
  const [c, cpp] = [env[`CC${suffix}`], env[`CXX${suffix}`]];
  if (c !== undefined && c !== '') return { CC: c, ...(cpp === undefined ? {} : { CXX: cpp }) };
  if (isSameTarget(target, hostTarget())) return {};
  if (alone && env['CC'] !== undefined && env['CC'] !== '') return {};
  const cross = await findCrossCompiler(target, env, { signal });
  return cross === undefined ? undefined : { CC: cross.c, CXX: cross.cpp };
}

/** How to get what {@link findCompiler} did not find. */
export function howToGetCompiler(target: Target): string {
  const { os, arch } = target;
  return `Set CC_FOR_${os}_${arch} to a C compiler for ${formatTarget(target)}, or build.cgo to false.`;
}
