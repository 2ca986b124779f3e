import type { ImageFormat } from './image/image.ts';

/** Where a machine is in its life. A suspended one is `stopped`, and has a saved state. */
export type Status = 'running' | 'stopped' | 'error';

/** What tells a process from another one that was given its number later; see `processRecordOf` of `@core/process/daemon`. */
export interface ProcessIdentity {
  readonly writtenAtMs: number;
  readonly startTicks?: number | undefined;
  readonly bootId?: string | undefined;
}

/** The program that starts a machine, while it does so. */
export interface Starter extends ProcessIdentity {
  readonly pid: number;
}

/** A directory of the host as the guest sees it. */
export interface Volume {
  /** Absolute path on this machine. */
  readonly source: string;
  /** Absolute path in the guest. */
  readonly target: string;
  /** The tag under which the guest mounts it: unique in the machine, at most 31 bytes. */
  readonly tag: string;
  readonly readOnly: boolean;
  readonly driver: '9p' | 'virtiofs';
}

/** A disk of the machine beside its image. */
export interface DataDisk {
  /** Absolute path on this machine. */
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
}

/** One machine: what was asked for, and what became of it. Plain data, as `State` keeps it. */
export interface Container {
  /** 8 hex characters. */
  readonly id: string;
  /** Unique among the machines of a state; the id where none was given. */
  readonly name: string;
  /** Absolute path of the image. */
  readonly image: string;
  readonly format: ImageFormat;
  readonly status: Status;
  /** Of the hypervisor; 0 where none runs. */
  readonly pid: number;
  /** Of the hypervisor, while it runs. */
  readonly identity?: ProcessIdentity | undefined;
  /** Who starts it; a machine whose starter is gone, and that does not run, is in error. */
  readonly startingBy?: Starter | undefined;
  /** Tells the machine to its hypervisor, which is asked for it before it is believed. */
  readonly uuid: string;
  readonly startedAt: Date;
  readonly stoppedAt?: Date | undefined;
  /** Host port to guest port, all on the loopback address unless `bindAddress` says otherwise. */
  readonly ports: Readonly<Record<number, number>>;
  readonly bindAddress: string;
  readonly memoryMb: number;
  readonly cpus: number;
  /** Host port that leads to the guest's port 22. */
  readonly sshPort: number;
  /** Path of the private key; ssh's own choice where there is none. */
  readonly sshKey?: string | undefined;
  /** The user in the guest. */
  readonly user: string;
  readonly volumes: readonly Volume[];
  readonly disks: readonly DataDisk[];
  /** `qemu`, `vfkit`, `hyperkit` */
  readonly hypervisor: string;
  /** `x86_64`, `aarch64` */
  readonly arch: Architecture;
  /** `kvm`, `hvf`, `whpx`, `tcg` */
  readonly accelerator: string;
  /** Words for the kernel after those of the image, where the image is a kernel. */
  readonly cmdline?: string | undefined;
  /** The image itself is written to, not an overlay of it. */
  readonly writeImage: boolean;
  /** Removed as soon as it has ended. */
  readonly autoRemove: boolean;
  /** The machine's memory is in a file, from which `resume` goes on. */
  readonly suspended: boolean;
  /** Why it is not running any more: `guest-shutdown`, `killed`, … */
  readonly exitReason?: string | undefined;
}

/** The architectures that machines can have here, as QEMU calls them. */
export type Architecture = 'x86_64' | 'aarch64';
