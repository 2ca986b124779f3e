import type { Architecture } from '../../container.ts';
import { ContainerError } from '../../errors.ts';
import type { DiskImage, MachineImage } from '../../image/image.ts';
import type { MachineOptions } from '../hypervisor.ts';

/** What the machine begins with: a kernel, a saved memory, or the firmware that looks for something to boot. */
export function bootArgs(image: MachineImage, options: MachineOptions): string[] {
  return [
    ...(image.format === 'kernel' ? kernelArgs(image, options) : firmwareArgs(image, options)),
    ...resumeArgs(options),
  ];
}

function kernelArgs(
  { path, initrd, cmdline }: MachineImage & { readonly format: 'kernel' },
  options: MachineOptions,
): string[] {
  const words = [cmdline, options.cmdline ?? ''].map((part) => part.trim()).filter((part) => part !== '');
  return ['-kernel', path, ...(initrd === undefined ? [] : ['-initrd', initrd]), '-append', words.join(' ')];
}

/**
 * The BIOS gives up at once where the image does not boot: it tries nothing else, and "reboots" after 100 ms, which
 * ends the machine.
 */
function firmwareArgs(image: DiskImage, { arch, parts, id }: MachineOptions): string[] {
  if (arch === 'x86_64' && image.firmware === undefined) return ['-boot', 'strict=on,reboot-timeout=100'];
  const firmware = parts?.firmware;
  if (firmware !== undefined) return arch === 'x86_64' ? flashArgs(firmware) : ['-bios', firmware];
  throw new ContainerError(`Cannot boot ${JSON.stringify(image.path)}: there is no UEFI firmware for ${arch}`, {
    code: 'ERR_CONTAINER_TOOL_MISSING',
    op: 'hypervisor.command',
    id,
    path: image.path,
    hint: FIRMWARE_PACKAGES[arch],
  });
}

const FIRMWARE_PACKAGES: Readonly<Record<Architecture, string>> = {
  aarch64: 'Install qemu-efi-aarch64 (Debian) or edk2-aarch64 (Fedora); the QEMU of Homebrew brings it along.',
  x86_64: 'Install ovmf (Debian) or edk2-ovmf (Fedora); the QEMU of Homebrew brings it along.',
};

/** A PC takes larger firmware in its flash than as its BIOS. */
function flashArgs(firmware: string): string[] {
  const file = { driver: 'file', filename: firmware };
  const node = { 'node-name': 'firmware', driver: 'raw', 'read-only': true, file };
  return ['-blockdev', JSON.stringify(node), '-machine', 'pflash0=firmware'];
}

/**
 * The saved memory comes by stdin: the other ways need a program to be started, which `-sandbox` denies, or QEMU 8.2.
 */
function resumeArgs({ resumeFrom }: MachineOptions): string[] {
  return resumeFrom === undefined ? [] : ['-incoming', 'fd:0'];
}
