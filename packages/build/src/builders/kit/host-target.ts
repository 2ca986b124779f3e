import type { Target } from '../../target.ts';

const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' };
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', mipsel: 'mipsle' };

/** The target that this machine is. */
export function hostTarget(os: string = process.platform, arch: string = process.arch): Target {
  return { os: SYSTEMS[os] ?? os, arch: PROCESSORS[arch] ?? arch };
}

/** Whether two targets are one. */
export function isSameTarget(one: Target, other: Target): boolean {
  return one.os === other.os && one.arch === other.arch;
}
