import type { Writable } from 'node:stream';

import type { CancelOptions } from '@core/io';

import type { Architecture, Status } from './container.ts';
import type { ReadyCheck } from './readiness/ready-check.ts';

/** How a machine is started. */
export interface RunOptions extends CancelOptions {
  /** 1 to 63 letters, digits, `.`, `_` and `-`, the first a letter or digit; the id unless it is given. */
  readonly name?: string | undefined;
  /** It outlives this program, and `run` resolves once it is up. Otherwise `run` resolves when it has ended. */
  readonly detach?: boolean | undefined;
  /** 1024 unless it is given. */
  readonly memoryMb?: number | undefined;
  /** 1 unless it is given. */
  readonly cpus?: number | undefined;
  /** Host port to guest port. A negative or 0 key cannot stand for "any port": use `publish` for that. */
  readonly ports?: Readonly<Record<number, number>> | undefined;
  /** Guest ports that get free host ports, which the result's `ports` tell. */
  readonly publish?: readonly number[] | undefined;
  /** `127.0.0.1` unless it is given. */
  readonly bindAddress?: string | undefined;
  /** Host directory to guest path; `:ro` at the end of the guest path makes it read-only. */
  readonly volumes?: Readonly<Record<string, string>> | undefined;
  /** Disks beside the image: a file that is there, or a new one of this size that belongs to the machine. */
  readonly disks?: readonly DiskRequest[] | undefined;
  /** A free one unless it is given. */
  readonly sshPort?: number | undefined;
  /** Path of a private key. */
  readonly sshKey?: string | undefined;
  /** `root` unless it is given. */
  readonly user?: string | undefined;
  /** What a detached run waits for; `started` unless it is given: the hypervisor runs and answers. */
  readonly waitFor?: ReadyCheck | undefined;
  /** How long it waits for that at most; 60,000 unless it is given. The machine is stopped where it is over. */
  readonly waitTimeoutMs?: number | undefined;
  /** The host's own unless it is given. */
  readonly arch?: Architecture | undefined;
  /** Words for the kernel after the image's own; for kernel images. */
  readonly cmdline?: string | undefined;
  /** The image itself is written to. Only one machine at a time can do so. */
  readonly writeImage?: boolean | undefined;
  /** A qcow2 or vmdk image may refer to other files. Only for images that you made yourself. */
  readonly allowBackingFile?: boolean | undefined;
  /** The machine is removed when it has ended. */
  readonly autoRemove?: boolean | undefined;
  /** Gets the console of a machine that runs in the foreground. It stays open. */
  readonly output?: Writable | undefined;
}

/** A disk beside the image. */
export type DiskRequest = { readonly path: string; readonly format: 'qcow2' | 'raw' } | { readonly sizeMb: number };

/** How a command is run in a machine. */
export interface ExecOptions extends CancelOptions {
  /** What the command reads from its stdin, which then ends. It reads nothing unless this is given. */
  readonly input?: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** The working directory in the guest; the user's home unless it is given. */
  readonly dir?: string | undefined;
  /** Variables beside those that the guest has. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** It is ended when it has run so long, or has not begun 10 s after that: `ERR_CONTAINER_EXEC_TIMEOUT`. */
  readonly timeoutMs?: number | undefined;
  /** It gets a terminal: stdout and stderr are one. */
  readonly tty?: boolean | { readonly columns: number; readonly rows: number } | undefined;
  /** `agent` where the guest runs one, else `ssh`; that is what is taken unless it is given. */
  readonly via?: 'agent' | 'ssh' | undefined;
  /** Gets each piece of output as it comes. */
  readonly onOutput?: ((piece: ExecOutput) => void) | undefined;
  /** How much of the end of each stream the result holds; 16 MiB unless it is given. */
  readonly bufferSizeBytes?: number | undefined;
}

/** A piece of output. */
export interface ExecOutput {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

/** What became of a command in a machine. */
export interface ExecResult {
  /** 128 and its number where a signal ended it, as shells say it. */
  readonly exitCode: number;
  /** The signal that ended it: `SIGKILL`. */
  readonly killSignal?: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Uint8Array;
  readonly stderrBytes: Uint8Array;
  /** Earlier output was dropped. */
  readonly truncated: boolean;
  readonly durationMs: number;
  readonly via: 'agent' | 'ssh';
}

/** How a machine is stopped. */
export interface StopOptions extends CancelOptions {
  /** How long the guest has to shut down; 10,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
}

/** Which machines are wanted. */
export interface ListOptions extends CancelOptions {
  readonly status?: readonly Status[] | undefined;
}

/** How a console's log is read. */
export interface LogOptions extends CancelOptions {
  /** Goes on until the machine ends. */
  readonly follow?: boolean | undefined;
  /** So many lines of the end only. */
  readonly tail?: number | undefined;
}
