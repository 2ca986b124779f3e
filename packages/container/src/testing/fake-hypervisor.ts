import type {
  Availability,
  Hypervisor,
  HypervisorCapabilities,
  HypervisorCommand,
  MachineOptions,
} from '../hypervisors/hypervisor.ts';
import type { MachineImage } from '../image/image.ts';
import { FAKE_MACHINE } from './fake-machine.ts';

/** How the machines of a {@link FakeHypervisor} behave. */
export interface FakeHypervisorOptions {
  /** They end at once with exit code 1 and these last words. */
  readonly words?: string | undefined;
  /** Their guests have no SSH server until `ssh on` is typed on the console; connections are accepted all the same. */
  readonly isSlow?: boolean | undefined;
  /** Their guests do not hear the power button. */
  readonly isDeaf?: boolean | undefined;
  /** The guest's agent, a program that serves a socket by `--socket`: commands "in the guest" then run on this system. */
  readonly agent?: string | undefined;
  /** It is not to be had, for this reason. */
  readonly unavailable?: string | undefined;
}

/**
 * A hypervisor without virtual machines: each of its machines is a real process (of Node) with the sockets, files,
 * signals and last words of QEMU, so that everything around a machine can be tested in milliseconds and anywhere. It
 * "boots" any file. Its guest obeys lines typed on its console: `ssh on`, `deaf` (to the power button), `say …`,
 * `poweroff`, `reset`, `crash`. Its console says with which boot of its disk it began.
 *
 * @example
 * ```ts
 * import { FakeHypervisor } from '@core/container/testing';
 *
 * const hypervisor = new FakeHypervisor();
 * const found = await hypervisor.available();
 * assert.ok(found.available);
 * assert.equal(found.command, process.execPath);
 * ```
 */
export class FakeHypervisor implements Hypervisor {
  readonly name: string = 'qemu';
  readonly capabilities: HypervisorCapabilities;
  readonly #options: FakeHypervisorOptions;

  constructor(options: FakeHypervisorOptions = {}) {
    this.#options = options;
    this.capabilities = {
      formats: ['iso', 'raw', 'kernel'],
      architectures: ['x86_64', 'aarch64'],
      portForwarding: true,
      volumes: ['9p'],
      control: 'qmp',
      savedState: false,
      agent: options.agent !== undefined,
      overlay: 'copy',
    };
  }

  /** This Node, at once. */
  available(): Promise<Availability> {
    const { unavailable: reason } = this.#options;
    return Promise.resolve(
      reason === undefined
        ? { available: true, command: process.execPath, version: '0.0.0', accelerator: 'tcg', parts: {} }
        : { available: false, reason, hint: 'It is a fake.' },
    );
  }

  /** One argument of JSON holds all that the machine is told. */
  buildCommand(image: MachineImage, { command, ...options }: MachineOptions): HypervisorCommand {
    const { words, isSlow = false, isDeaf = false, agent } = this.#options;
    const machine = { ...options, image: image.path, words, isSlow, isDeaf, agent };
    return { command, args: ['-e', FAKE_MACHINE, JSON.stringify(machine)], helpers: [] };
  }
}
