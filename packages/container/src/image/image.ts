import type { Architecture } from '../container.ts';

/** What an image is, by its content. `kernel` is LinuxKit's default output: a kernel, its initrd and its command line. */
export type ImageFormat = 'iso' | 'qcow2' | 'raw' | 'vmdk' | 'kernel';

/** A disk or a CD that boots by itself. */
export interface DiskImage {
  readonly format: Exclude<ImageFormat, 'kernel'>;
  /** Absolute path on this machine. */
  readonly path: string;
  /** Only this firmware boots it; a PC's BIOS does too where there is none. */
  readonly firmware?: 'uefi' | undefined;
}

/** A kernel that is started by the hypervisor itself. */
export interface KernelImage {
  readonly format: 'kernel';
  /** Absolute path of the kernel. */
  readonly path: string;
  readonly initrd?: string | undefined;
  readonly cmdline: string;
  /** What its code is for, where that can be seen. */
  readonly arch?: Architecture | undefined;
}

/** Something that a machine can boot. */
export type MachineImage = DiskImage | KernelImage;
