import type { CancelOptions } from '@core/io';

import type { Architecture } from '../../container.ts';
import { findProgram, firstFile } from '../find-program.ts';
import type { HypervisorParts } from '../hypervisor.ts';
import { runProbe } from '../run-probe.ts';

/** Where QEMU itself is where it is not on the PATH. */
export const QEMU_DIRS: readonly string[] =
  process.platform === 'win32' ? ['C:\\Program Files\\qemu'] : ['/opt/homebrew/bin', '/usr/local/bin'];

/** A helper of QEMU's, which no distribution puts on the PATH. */
const VIRTIOFSD_DIRS = ['/usr/libexec', '/usr/lib/qemu', '/usr/lib/kvm'];
/** Where distributions, Homebrew and Windows put UEFI firmware. */
const FIRMWARE: Readonly<Record<Architecture, readonly string[]>> = {
  aarch64: [
    '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
    '/usr/share/edk2/aarch64/QEMU_EFI.fd',
    '/usr/share/edk2/aarch64/QEMU_EFI.silent.fd',
    '/usr/share/AAVMF/AAVMF_CODE.fd',
    ...shared('edk2-aarch64-code.fd'),
  ],
  x86_64: [
    '/usr/share/OVMF/OVMF_CODE_4M.fd',
    '/usr/share/OVMF/OVMF_CODE.fd',
    '/usr/share/edk2/ovmf/OVMF_CODE_4M.fd',
    '/usr/share/edk2/ovmf/OVMF_CODE.fd',
    '/usr/share/edk2/x64/OVMF_CODE.4m.fd',
    ...shared('edk2-x86_64-code.fd'),
  ],
};

/** Where QEMU's own copy of a firmware is. */
function shared(name: string): readonly string[] {
  const folders = ['/usr/share/qemu', '/opt/homebrew/share/qemu', '/usr/local/share/qemu'];
  return [...folders.map((folder) => `${folder}/${name}`), `C:\\Program Files\\qemu\\share\\${name}`];
}

/** What QEMU says of itself. */
export interface QemuVersion {
  readonly version: string;
  readonly sandbox: boolean;
}

/** The version of a QEMU and whether it can lock itself in, or what is wrong with it. */
export async function qemuVersion(command: string, options: CancelOptions): Promise<QemuVersion | string> {
  const locked =
    process.platform === 'linux' ? await runProbe(command, ['-sandbox', 'on', '--version'], options) : undefined;
  const { exitCode, stdout, words } = locked?.exitCode === 0 ? locked : await runProbe(command, ['--version'], options);
  const version = /version (\d+(?:\.\d+)+)/.exec(stdout)?.[1];
  if (exitCode !== 0 || version === undefined) return words === '' ? 'it does not tell its version' : words;
  return { version, sandbox: locked?.exitCode === 0 };
}

/** What is beside a QEMU, apart from what it tells of itself. */
export async function findParts(
  arch: Architecture,
  env: Readonly<Record<string, string | undefined>>,
  options: CancelOptions,
): Promise<HypervisorParts> {
  const firmware = await firstFile(FIRMWARE[arch], options);
  const virtiofsd = process.platform === 'linux' ? await findVirtiofsd(env, options) : undefined;
  return { ...(virtiofsd === undefined ? {} : { virtiofsd }), ...(firmware === undefined ? {} : { firmware }) };
}

async function findVirtiofsd(
  env: Readonly<Record<string, string | undefined>>,
  options: CancelOptions,
): Promise<HypervisorParts['virtiofsd']> {
  const command = await findProgram('virtiofsd', { env, dirs: VIRTIOFSD_DIRS, ...options });
  if (command === undefined) return undefined;
  const { exitCode, stdout } = await runProbe(command, ['--version'], options);
  if (exitCode !== 0) return undefined;
  // the older one, in C, is QEMU's own, and only root can use it
  if (!stdout.includes('FUSE kernel interface')) return { command, kind: 'rust' };
  return process.getuid?.() === 0 ? { command, kind: 'qemu' } : undefined;
}
