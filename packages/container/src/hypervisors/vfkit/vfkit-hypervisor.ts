import type { CancelOptions } from '@core/io';

import type { Architecture } from '../../container.ts';
import type { MachineImage } from '../../image/image.ts';
import { checkMachine } from '../check-machine.ts';
import { findProgram } from '../find-program.ts';
import type {
  Availability,
  Hypervisor,
  HypervisorCapabilities,
  HypervisorCommand,
  MachineOptions,
} from '../hypervisor.ts';
import { runProbe } from '../run-probe.ts';
import { vfkitCommand } from './vfkit-command.ts';

/** What a {@link VfkitHypervisor} is made from. */
export interface VfkitOptions {
  /** Its program; `vfkit` of the PATH unless it is given. */
  readonly command?: string | undefined;
  /** Its `PATH` counts; that of this program unless it is given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const DIRS = ['/opt/homebrew/bin', '/usr/local/bin', '/opt/podman/bin'];
const HINT = 'Install vfkit (brew install vfkit) on macOS 13 or later, or QEMU (brew install qemu).';

/**
 * vfkit: Apple's Virtualization.framework, for machines of the processor's own architecture.
 *
 * It boots raw disks and ISOs by UEFI, and kernels, which must be uncompressed on Apple silicon. Its network leads out,
 * but no port of this machine leads in. See https://github.com/crc-org/vfkit/blob/main/doc/usage.md
 *
 * @example
 * ```ts
 * import { VfkitHypervisor } from '@core/container';
 *
 * const vfkit = new VfkitHypervisor({ env: { PATH: '/nowhere' }, command: '/nowhere/vfkit' });
 * assert.equal((await vfkit.available()).available, false);
 * assert.equal(vfkit.capabilities.portForwarding, false);
 * ```
 */
export class VfkitHypervisor implements Hypervisor {
  readonly name: string = 'vfkit';
  readonly capabilities: HypervisorCapabilities = {
    formats: ['iso', 'raw', 'kernel'],
    architectures: ['x86_64', 'aarch64'],
    portForwarding: false,
    volumes: ['virtiofs'],
    control: 'vfkit',
    savedState: false,
    agent: false,
    overlay: 'copy',
  };
  readonly #options: VfkitOptions;

  constructor(options: VfkitOptions = {}) {
    this.#options = options;
  }

  async available(options: CancelOptions & { readonly arch?: Architecture | undefined } = {}): Promise<Availability> {
    const { signal, arch } = options;
    const { env = process.env, command: name = 'vfkit' } = this.#options;
    const command = await findProgram(name, { env, dirs: DIRS, signal });
    if (command === undefined) return { available: false, reason: `${name} is not on the PATH`, hint: HINT };
    const own: Architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
    if (arch !== undefined && arch !== own) {
      return { available: false, reason: `vfkit runs no ${arch} machines on ${own}`, hint: HINT };
    }
    const { exitCode, stdout, words } = await runProbe(command, ['--version'], { signal });
    const version = /v?(\d+(?:\.\d+)+)/.exec(stdout)?.[1];
    if (exitCode !== 0 || version === undefined) {
      return { available: false, reason: `${command} does not run: ${words}`, hint: HINT };
    }
    return { available: true, command, version, accelerator: 'hvf', parts: {} };
  }

  buildCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
    checkMachine(this, image, options);
    return vfkitCommand(image, options);
  }
}
