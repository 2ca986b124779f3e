import type { CancelOptions } from '@core/io';

import type { Architecture } from '../../container.ts';
import type { MachineImage } from '../../image/image.ts';
import { checkMachine } from '../check-machine.ts';
import { findProgram, firstFile } from '../find-program.ts';
import type {
  Availability,
  Hypervisor,
  HypervisorCapabilities,
  HypervisorCommand,
  MachineOptions,
} from '../hypervisor.ts';
import { runProbe } from '../run-probe.ts';
import { hyperkitCommand } from './hyperkit-command.ts';

/** What a {@link HyperkitHypervisor} is made from. */
export interface HyperkitOptions {
  /** Its program; `hyperkit` of the PATH unless it is given. */
  readonly command?: string | undefined;
  /** Its `PATH` counts; that of this program unless it is given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const DIRS = ['/usr/local/bin', '/Applications/Docker.app/Contents/Resources/bin'];
/** Where Docker Desktop keeps the firmware that boots disks. */
const FIRMWARE = ['/Applications/Docker.app/Contents/Resources/uefi/UEFI.fd'];
const HINT = 'Hyperkit is not kept any more: use vfkit (brew install vfkit) or QEMU (brew install qemu).';

/**
 * Hyperkit: machines on Macs with Intel processors, kept for those who still have it.
 *
 * It boots kernels, and raw disks and ISOs where Docker Desktop's UEFI firmware is. Its network leads out (which takes
 * root) and no port of this machine leads in. It is spoken to by signals only: SIGTERM is its power button. See
 * https://github.com/moby/hyperkit
 *
 * @example
 * ```ts
 * import { HyperkitHypervisor } from '@core/container';
 *
 * const hyperkit = new HyperkitHypervisor({ env: { PATH: '/nowhere' }, command: '/nowhere/hyperkit' });
 * assert.equal((await hyperkit.available()).available, false);
 * assert.equal(hyperkit.capabilities.control, 'signals');
 * ```
 */
export class HyperkitHypervisor implements Hypervisor {
  readonly name: string = 'hyperkit';
  readonly capabilities: HypervisorCapabilities = {
    formats: ['iso', 'raw', 'kernel'],
    architectures: ['x86_64'],
    portForwarding: false,
    volumes: [],
    control: 'signals',
    savedState: false,
    agent: false,
    overlay: 'copy',
  };
  readonly #options: HyperkitOptions;

  constructor(options: HyperkitOptions = {}) {
    this.#options = options;
  }

  async available(options: CancelOptions & { readonly arch?: Architecture | undefined } = {}): Promise<Availability> {
    const { signal, arch = 'x86_64' } = options;
    const { env = process.env, command: name = 'hyperkit' } = this.#options;
    if (arch !== 'x86_64') return { available: false, reason: `hyperkit runs no ${arch} machines`, hint: HINT };
    const command = await findProgram(name, { env, dirs: DIRS, signal });
    if (command === undefined) return { available: false, reason: `${name} is not on the PATH`, hint: HINT };
    const { exitCode, stdout, words } = await runProbe(command, ['-v'], { signal });
    const version = /(\d+(?:\.\d+)+)/.exec(`${stdout} ${words}`)?.[1];
    if (exitCode !== 0 || version === undefined) {
      return { available: false, reason: `${command} does not run: ${words}`, hint: HINT };
    }
    const firmware = await firstFile(FIRMWARE, { signal });
    return { available: true, command, version, accelerator: 'hvf', parts: { firmware } };
  }

  buildCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
    checkMachine(this, image, options);
    return hyperkitCommand(image, options);
  }
}
