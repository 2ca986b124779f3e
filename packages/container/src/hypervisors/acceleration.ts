import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type CancelOptions, localMedium } from '@core/io';

import type { Architecture } from '../container.ts';
import type { Accelerator } from './hypervisor.ts';
import { probeRom } from './probe-rom.ts';
import { type ProbeResult, runProbe } from './run-probe.ts';

/** Whose acceleration is asked for. */
export interface AccelerationRequest extends CancelOptions {
  /** QEMU's program for the architecture. */
  readonly command: string;
  readonly arch: Architecture;
}

/** What accelerates a QEMU here. */
export interface Acceleration {
  readonly accelerator: Accelerator;
  /** Why there is no better one, where it is `tcg`. */
  readonly slowBecause?: string | undefined;
}

const PROBE_MS = 3_000;
const LOCAL = localMedium();

const NATIVE: Partial<Record<NodeJS.Platform, Exclude<Accelerator, 'tcg'>>> = {
  linux: 'kvm',
  darwin: 'hvf',
  win32: 'whpx',
};

const OWN_ARCH: Partial<Record<NodeJS.Architecture, Architecture>> = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * Finds out by trying what accelerates machines here: a tiny firmware must run to its end in time. Neither that
 * `/dev/kvm` is there, nor that QEMU starts with it, says that a machine will run.
 *
 * @throws The signal's reason.
 *
 * @example
 * ```ts
 * import { probeAcceleration } from '@core/container';
 *
 * const { accelerator, slowBecause } = await probeAcceleration({ command: '/usr/bin/none', arch: 'x86_64' });
 * assert.equal(accelerator, 'tcg');
 * assert.ok(typeof slowBecause === 'string');
 * ```
 */
export async function probeAcceleration({ command, arch, signal }: AccelerationRequest): Promise<Acceleration> {
  const accelerator = NATIVE[process.platform];
  if (accelerator === undefined) return slow(`QEMU has no accelerator on ${process.platform}`);
  if (OWN_ARCH[process.arch] !== arch) return slow(`a processor of ${arch} has to be interpreted on ${process.arch}`);
  const obstacle = await obstacleOf(accelerator, arch, { signal });
  if (obstacle !== undefined) return slow(obstacle);
  const fault = await tryAccelerator({ command, arch, accelerator, signal });
  return fault === undefined ? { accelerator } : slow(fault);
}

/** One accelerator to be tried. */
export interface AccelerationTrial extends AccelerationRequest {
  readonly accelerator: Accelerator;
  /** 3,000 unless it is given: it takes a tenth of a second where it works, and for ever where it does not. */
  readonly timeoutMs?: number | undefined;
}

/** @returns What is wrong with the accelerator; nothing where the firmware came to its end. */
export async function tryAccelerator(trial: AccelerationTrial): Promise<string | undefined> {
  const { command, arch, accelerator, signal, timeoutMs = PROBE_MS } = trial;
  const { rom, args, exitCode } = probeRom(arch);
  const file = join(tmpdir(), `core-probe-${String(process.pid)}-${randomUUID()}.rom`);
  try {
    await LOCAL.write(file, rom, { signal, exclusive: true, mode: 0o600 });
    const bare = ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-m', 'size=32M'];
    const all = [...bare, ...args, '-accel', accelerator, '-bios', file];
    return faultOf(await runProbe(command, all, { signal, timeoutMs }), exitCode, accelerator);
  } finally {
    await LOCAL.deleteAll(file);
  }
}

function faultOf({ exitCode, words, timedOut }: ProbeResult, wanted: number, name: string): string | undefined {
  if (exitCode === wanted) return undefined;
  if (timedOut) return `${name} is there, but does not run ordinary code`;
  return words === '' ? `${name} does not work: QEMU ended with exit code ${String(exitCode)}` : words;
}

/** What can be seen without trying. A KVM without these runs only kernels that were made for it. */
async function obstacleOf(
  accelerator: Accelerator,
  arch: Architecture,
  options: CancelOptions,
): Promise<string | undefined> {
  if (accelerator !== 'kvm') return undefined;
  if (!(await LOCAL.exists('/dev/kvm', options))) return 'there is no /dev/kvm';
  if (arch !== 'x86_64') return undefined;
  const flags = await LOCAL.read('/proc/cpuinfo', options);
  return /\b(?:vmx|svm)\b/.test(flags) ? undefined : 'no vmx or svm in /proc/cpuinfo';
}

function slow(slowBecause: string): Acceleration {
  return { accelerator: 'tcg', slowBecause };
}
