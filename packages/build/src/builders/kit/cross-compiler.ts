import type { CancelOptions } from '@core/io';

import { formatTarget, type Target } from '../../target.ts';
import { findProgram, type ProgramEnvironment } from './find-program.ts';

/** How GNU names the systems that its cross compilers are for, as in https://wiki.debian.org/CrossToolchains. */
const GNU_NAMES: Readonly<Record<string, string>> = {
  'linux/386': 'i686-linux-gnu',
  'linux/amd64': 'x86_64-linux-gnu',
  'linux/arm': 'arm-linux-gnueabihf',
  'linux/arm64': 'aarch64-linux-gnu',
  'linux/mips64le': 'mips64el-linux-gnuabi64',
  'linux/ppc64le': 'powerpc64le-linux-gnu',
  'linux/riscv64': 'riscv64-linux-gnu',
  'linux/s390x': 's390x-linux-gnu',
  'windows/386': 'i686-w64-mingw32',
  'windows/amd64': 'x86_64-w64-mingw32',
  'windows/arm64': 'aarch64-w64-mingw32',
};

/** GNU's name of a target: `aarch64-linux-gnu`; `undefined` where it has no compilers for it. */
export function gnuName(target: Target): string | undefined {
  return GNU_NAMES[formatTarget(target)];
}

/** A cross compiler of GNU for a target, where it is on the PATH. */
export async function findCrossCompiler(
  target: Target,
  env: ProgramEnvironment,
  options: CancelOptions = {},
): Promise<CrossCompiler | undefined> {
  const prefix = gnuName(target);
  if (prefix === undefined || (await findProgram(`${prefix}-gcc`, env, options)) === undefined) return undefined;
  return { c: `${prefix}-gcc`, cpp: `${prefix}-g++` };
}

/** Names of its commands. */
export interface CrossCompiler {
  readonly c: string;
  readonly cpp: string;
}
