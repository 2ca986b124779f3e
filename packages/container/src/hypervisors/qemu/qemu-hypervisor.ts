import type { CancelOptions } from '@core/io';

import type { Architecture } from '../../container.ts';
import type { MachineImage } from '../../image/image.ts';
import { type Acceleration, probeAcceleration } from '../acceleration.ts';
import { checkMachine } from '../check-machine.ts';
import { findProgram } from '../find-program.ts';
import type {
  Accelerator,
  Availability,
  Hypervisor,
  HypervisorCapabilities,
  HypervisorCommand,
  MachineOptions,
} from '../hypervisor.ts';
import { SharedAnswer } from '../shared-answer.ts';
import { findParts, QEMU_DIRS, qemuVersion } from './parts.ts';
import { qemuCommand } from './qemu-command.ts';

/** What a {@link QemuHypervisor} is made from. */
export interface QemuOptions {
  /** QEMU's program; `qemu-system-x86_64` or `qemu-system-aarch64` of the PATH unless it is given. */
  readonly command?: string | undefined;
  /** This accelerator, untried. It is found out by trying unless it, or `CORE_VM_ACCEL` in the environment, is given. */
  readonly accelerator?: Accelerator | undefined;
  /** Its `PATH` and its `CORE_VM_ACCEL` count; that of this program unless it is given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const ACCELERATORS: readonly string[] = ['kvm', 'hvf', 'whpx', 'tcg'];
/** What was found out of each QEMU in this program; one that did not run may do so later. */
const ANSWERS = new SharedAnswer<Availability>(({ available }) => available);

/**
 * QEMU: for every image, on every system, for both architectures.
 *
 * The machine is a modern one (`q35`, or `virt` for aarch64) with paravirtual devices, and has nothing that was not
 * asked for. QEMU listens on the forwarded ports and on sockets in the machine's own directory; on Linux it locks itself
 * in once it runs. Works with QEMU 6.1 and later.
 *
 * @example
 * ```ts
 * import { QemuHypervisor } from '@core/container';
 *
 * const qemu = new QemuHypervisor({ env: { PATH: '/nowhere' }, command: '/nowhere/qemu' });
 * const found = await qemu.available({ arch: 'x86_64' });
 * assert.ok(!found.available);
 * assert.match(found.hint, /[Ii]nstall/);
 * assert.ok(qemu.capabilities.formats.includes('kernel'));
 * ```
 */
export class QemuHypervisor implements Hypervisor {
  readonly name: string = 'qemu';
  readonly capabilities: HypervisorCapabilities = {
    formats: ['iso', 'qcow2', 'raw', 'vmdk', 'kernel'],
    architectures: ['x86_64', 'aarch64'],
    portForwarding: true,
    volumes: ['virtiofs', '9p'],
    control: 'qmp',
    savedState: true,
    agent: true,
    overlay: 'qcow2',
  };
  readonly #options: QemuOptions;

  /** @throws `RangeError` for an accelerator that there is not, also in `CORE_VM_ACCEL`. */
  constructor(options: QemuOptions = {}) {
    const { env = process.env } = options;
    checkAccelerator('accelerator', options.accelerator);
    checkAccelerator('CORE_VM_ACCEL', env['CORE_VM_ACCEL'] === '' ? undefined : env['CORE_VM_ACCEL']);
    this.#options = options;
  }

  /** Looks once in this program for each QEMU, and tries what could accelerate it. */
  async available(options: CancelOptions & { readonly arch?: Architecture | undefined } = {}): Promise<Availability> {
    const { arch = ownArchitecture(), signal } = options;
    const { env = process.env, accelerator = env['CORE_VM_ACCEL'] } = this.#options;
    const name = this.#options.command ?? `qemu-system-${arch}`;
    const command = await findProgram(name, { env, dirs: QEMU_DIRS, signal });
    if (command === undefined) return missing(name, arch);
    const chosen = accelerator === '' ? undefined : (accelerator as Accelerator | undefined);
    const key = JSON.stringify([command, arch, chosen, env['PATH']]);
    return ANSWERS.get(key, (given) => inspect({ command, arch, chosen, env, signal: given }), signal);
  }

  buildCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
    checkMachine(this, image, options);
    return qemuCommand(image, options);
  }
}

interface Inspection {
  readonly command: string;
  readonly arch: Architecture;
  readonly chosen: Accelerator | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

async function inspect({ command, arch, chosen, env, signal }: Inspection): Promise<Availability> {
  const questions = [
    qemuVersion(command, { signal }),
    findParts(arch, env, { signal }),
    chosen === undefined ? probeAcceleration({ command, arch, signal }) : chosenBy(chosen),
  ] as const;
  await Promise.allSettled(questions); // so that none is left when one of them fails
  const [told, parts, { accelerator, slowBecause }] = await Promise.all(questions);
  if (typeof told === 'string') {
    return { available: false, reason: `${command} does not run: ${told}`, hint: howToGet(arch) };
  }
  const { version, sandbox } = told;
  return { available: true, command, version, accelerator, slowBecause, parts: { ...parts, sandbox } };
}

function chosenBy(accelerator: Accelerator): Promise<Acceleration> {
  return Promise.resolve({ accelerator, ...(accelerator === 'tcg' ? { slowBecause: 'tcg was asked for' } : {}) });
}

function missing(name: string, arch: Architecture): Availability {
  return { available: false, reason: `${name} is not on the PATH`, hint: howToGet(arch) };
}

function howToGet(arch: Architecture): string {
  const debian = arch === 'x86_64' ? 'qemu-system-x86' : 'qemu-system-arm qemu-efi-aarch64';
  return `Install QEMU: apt-get install ${debian} qemu-utils (Debian), dnf install qemu-kvm qemu-img (Fedora), brew install qemu (macOS).`;
}

function checkAccelerator(name: string, value: string | undefined): void {
  if (value === undefined || ACCELERATORS.includes(value)) return;
  throw new RangeError(`${name} must be one of ${ACCELERATORS.join(', ')}, not ${JSON.stringify(value)}`);
}

/** That of this machine, as far as machines can have it. */
export function ownArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}
