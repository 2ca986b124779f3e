import type { CancelOptions } from '@core/io';

import type { Architecture, DataDisk, Volume } from '../container.ts';
import type { MachineImage } from '../image/image.ts';

/** What makes the guest's instructions run: a part of the host's kernel, or QEMU's own interpreter (`tcg`). */
export type Accelerator = 'kvm' | 'hvf' | 'whpx' | 'tcg';

/** What a hypervisor can do. Each sentence is held by `hypervisorConformance()`. */
export interface HypervisorCapabilities {
  readonly formats: readonly MachineImage['format'][];
  readonly architectures: readonly Architecture[];
  /** A host port can lead to a guest port. */
  readonly portForwarding: boolean;
  readonly volumes: readonly Volume['driver'][];
  /** How a machine is spoken to: QEMU's QMP socket, vfkit's REST socket, or signals only. */
  readonly control: 'qmp' | 'vfkit' | 'signals';
  /** The memory of a machine can be saved to a file and read back. */
  readonly savedState: boolean;
  /** There is a virtio-serial port for the agent. */
  readonly agent: boolean;
  /** What keeps an image as it is: a qcow2 disk over it, or a copy of it that is written in its place. */
  readonly overlay: 'qcow2' | 'copy';
}

/** What was found beside the hypervisor's program, and goes into a command line where it is needed. */
export interface HypervisorParts {
  /** Serves virtiofs volumes. There are two of this name, with different arguments. */
  readonly virtiofsd?: { readonly command: string; readonly kind: 'qemu' | 'rust' } | undefined;
  /** Path of the UEFI firmware for the architecture. */
  readonly firmware?: string | undefined;
  /** The program can lock itself in (`-sandbox`). */
  readonly sandbox?: boolean | undefined;
}

/** Whether a hypervisor can be used on this machine. */
export type Availability =
  | {
      readonly available: true;
      /** Absolute path of the program. */
      readonly command: string;
      readonly version: string;
      readonly accelerator: Accelerator;
      /** Why there is no better one: "no vmx or svm in /proc/cpuinfo" */
      readonly slowBecause?: string | undefined;
      readonly parts: HypervisorParts;
    }
  | {
      readonly available: false;
      /** Why not: "qemu-system-x86_64 is not on the PATH" */
      readonly reason: string;
      /** What to do about it. */
      readonly hint: string;
    };

/** Where the parts of one machine are: absolute paths on this machine. */
export interface MachinePaths {
  /** All that follows is in it. */
  readonly dir: string;
  /** What the guest writes to its serial console. */
  readonly log: string;
  /** The serial console, both ways: a socket. */
  readonly console: string;
  /** The control socket of the manager. It takes one client at a time. */
  readonly control: string;
  /**
   * What the hypervisor reports of the machine, its end with its reason among it: one JSON object a line, as QMP events
   * are. QEMU writes it by itself, whether a manager runs or not; any number of programs can follow it.
   */
  readonly events: string;
  /** The virtio-serial port of the agent: a socket. */
  readonly agent: string;
  readonly pidFile: string;
  /** What the hypervisor itself says. */
  readonly stderr: string;
  readonly knownHosts: string;
  /** The disk that is written in the place of the image. */
  readonly overlay: string;
  /** The memory of a suspended machine. */
  readonly savedState: string;
}

/** One forwarded port. */
export interface PortForward {
  /** On this machine; 0 leaves the choice to the hypervisor. */
  readonly host: number;
  readonly guest: number;
}

/** All that the command line of a machine is made from. */
export interface MachineOptions {
  readonly id: string;
  readonly name: string;
  readonly uuid: string;
  /** The hypervisor's program, as `available()` found it. */
  readonly command: string;
  /** `process.platform` of the host. */
  readonly platform: NodeJS.Platform;
  readonly arch: Architecture;
  readonly accelerator: Accelerator;
  /** What `available()` found beside the program. */
  readonly parts?: HypervisorParts | undefined;
  readonly memoryMb: number;
  readonly cpus: number;
  readonly paths: MachinePaths;
  /** All forwarded ports, that of SSH among them. */
  readonly ports: readonly PortForward[];
  readonly bindAddress: string;
  readonly volumes: readonly Volume[];
  readonly disks: readonly DataDisk[];
  /** Words for the kernel after the image's own. */
  readonly cmdline?: string | undefined;
  /** The memory is read from this file, and the machine goes on where it was. */
  readonly resumeFrom?: string | undefined;
}

/** A program that must run before and beside the machine: one for each virtiofs volume. */
export interface HelperCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** It is ready when this socket is there. */
  readonly socket: string;
}

/** How a machine is started: plain data. */
export interface HypervisorCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** This file is its stdin: the saved memory. It reads nothing unless this is given. */
  readonly stdin?: string | undefined;
  readonly helpers: readonly HelperCommand[];
}

/**
 * Something that runs machines. `buildCommand` is pure: the same input gives the same command line on every host, so that
 * it can be tested anywhere.
 */
export interface Hypervisor {
  /** `qemu`; lower case. */
  readonly name: string;
  readonly capabilities: HypervisorCapabilities;
  /** Looks for the program and finds out what accelerates it. Nothing is assumed: what is merely present is tried. */
  available(options?: CancelOptions & { readonly arch?: Architecture | undefined }): Promise<Availability>;
  /**
   * The command line of a machine that boots just this image: the overlay, where the image itself is to stay as it is.
   *
   * @throws `ERR_CONTAINER_IMAGE_UNSUPPORTED` where it cannot boot the image, `ERR_CONTAINER_PATH_TOO_LONG` where a
   *   socket's path is longer than the system takes, `ERR_CONTAINER_TOOL_MISSING` where it needs a part that was not
   *   found, `RangeError` where an option cannot be met.
   */
  buildCommand(image: MachineImage, options: MachineOptions): HypervisorCommand;
}
