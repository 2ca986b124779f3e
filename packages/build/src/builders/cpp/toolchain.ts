import { resolve } from 'node:path';

import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { pathBelow } from '../../paths.ts';
import type { Target } from '../../target.ts';
import { folderName } from '../kit/command-targets.ts';
import { findCrossCompiler } from '../kit/cross-compiler.ts';
import { findProgram } from '../kit/find-program.ts';
import { hostTarget, isSameTarget } from '../kit/host-target.ts';

/** What compiles for a target. */
export type Toolchain =
  /** What the machine has for itself. */
  | { readonly kind: 'host' }
  /** A toolchain file of CMake, on the disk. */
  | { readonly kind: 'file'; readonly path: string }
  /** Cross compilers of GNU by the names of their commands. */
  | { readonly kind: 'gnu'; readonly c: string; readonly cpp: string }
  /** Apple's compilers build for both of its processors. */
  | { readonly kind: 'apple'; readonly arch: string };

/** Processors in Apple's words. */
const APPLE_ARCHS: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'arm64' };

/** Where the toolchain files of a project are. */
const TOOLCHAINS = '.core/toolchains';

/**
 * What compiles for a target: the toolchain file that `CMAKE_TOOLCHAIN_FILE_<OS>_<ARCH>` names, or
 * `.core/toolchains/<os>_<arch>.cmake`, else the machine's own compiler, else a cross compiler of GNU on the PATH.
 */
export async function findToolchain(
  config: BuilderConfig,
  target: Target,
  options: CancelOptions = {},
): Promise<Toolchain | undefined> {
  const file = await toolchainFile(config, target, options);
  if (file !== undefined) return { kind: 'file', path: file };
  const host = hostTarget();
  if (isSameTarget(target, host)) return { kind: 'host' };
  const apple = host.os === 'darwin' && target.os === 'darwin' ? APPLE_ARCHS[target.arch] : undefined;
  if (apple !== undefined) return { kind: 'apple', arch: apple };
  const compiler = await findCrossCompiler(target, config.env, options);
  if (compiler === undefined) return undefined;
  return { kind: 'gnu', ...(await withThreads(compiler, config, options)) };
}

/** The variable that names the toolchain file of a target. */
export function toolchainVariable(target: Target): string {
  return `CMAKE_TOOLCHAIN_FILE_${folderName(target).toUpperCase()}`;
}

/** Where the toolchain file of a target belongs, from the project's folder. */
export function toolchainPath(target: Target): string {
  return `${TOOLCHAINS}/${folderName(target)}.cmake`;
}

async function toolchainFile(
  { dir, env, medium, workspace }: BuilderConfig,
  target: Target,
  { signal }: CancelOptions,
): Promise<string | undefined> {
  const named = env[toolchainVariable(target)];
  if (named !== undefined && named !== '') return resolve(workspace.path, named);
  const own = pathBelow(dir, toolchainPath(target));
  return (await medium.isFile(own, { signal })) ? workspace.locate(own) : undefined;
}

/** Of the two kinds of MinGW only the one that Debian calls posix has the threads of C++. */
async function withThreads(
  { c, cpp }: { readonly c: string; readonly cpp: string },
  { env }: BuilderConfig,
  options: CancelOptions,
): Promise<{ readonly c: string; readonly cpp: string }> {
  const posix = { c: `${c}-posix`, cpp: `${cpp}-posix` };
  return (await findProgram(posix.c, env, options)) === undefined ? { c, cpp } : posix;
}
