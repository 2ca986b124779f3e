import type { Duplex } from 'node:stream';

import { type CancelOptions, isCoreError, localMedium, type Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { HypervisorCapabilities, MachinePaths, PortForward } from '../hypervisors/hypervisor.ts';
import type { QmpClient } from '../qmp/qmp-client.ts';
import type { ForwardedPort } from '../qmp/usernet.ts';
import { consoleStream } from './console.ts';
import { connectVerified, type Controls, controlsOf } from './controls.ts';
import { readLaunchFacts } from './event-log.ts';
import { exitReasonOf, type MachineEnd } from './exit-reason.ts';
import { addForward, checkAddress, checkPort, forwardedPorts, removeForward } from './forwarded-ports.ts';
import { hasEnded, isHypervisorRunning, type MachineRecord, signalHypervisor } from './machine-process.ts';
import { type MachineStats, StatsReader } from './machine-stats.ts';
import { RunFiles } from './run-files.ts';
import { saveMemory } from './save-memory.ts';
import { hasSavedState } from './saved-state.ts';
import { climbDown, type StopResult } from './stop-ladder.ts';

/** How a {@link MachineControl} reaches its machine. */
export interface MachineControlOptions {
  readonly control: HypervisorCapabilities['control'];
  /** Must be the whole disk: `localMedium()` unless it is given. */
  readonly medium?: Medium | undefined;
}

/** How a machine is stopped. */
export interface StopLadderOptions extends CancelOptions {
  /** How long the guest has to shut down; 10,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
}

const ANSWER_MS = 5_000;
/** An answer takes a few milliseconds; others may be before us. */
const GLANCE_MS = 1_000;
const STOP_MS = 10_000;
const KILL_MS = 10_000;
/** A wait without an end is many of half an hour. */
const LONG_MS = 1_800_000;

/**
 * A machine that was started before, by this program or another: asked, measured, saved, stopped.
 *
 * It holds nothing: each call looks for the hypervisor by its identity, connects, has it say its UUID, and lets go. So
 * any number of programs may do so, nobody is taken for the machine because of a number or a path, and nobody else is
 * ever ended.
 */
export class MachineControl {
  /** Whom it is about. */
  readonly record: MachineRecord;
  readonly #paths: MachinePaths;
  readonly #medium: Medium;
  readonly #controls: Controls;
  readonly #isQmp: boolean;
  readonly #stats: StatsReader;

  constructor(record: MachineRecord, paths: MachinePaths, { control, medium = localMedium() }: MachineControlOptions) {
    this.record = record;
    this.#paths = paths;
    this.#medium = medium;
    this.#controls = controlsOf(control, record, { paths, medium });
    this.#isQmp = control === 'qmp';
    this.#stats = new StatsReader(record, medium);
  }

  /** Whether its hypervisor runs. Asks the system only, not the hypervisor. */
  isAlive(): Promise<boolean> {
    return isHypervisorRunning(this.record, this.#medium);
  }

  /**
   * Where it stands, by the hypervisor's own word (`running`, `paused`, `internal-error`, …); `ended` where that does not
   * run, `unresponsive` where it runs and does not answer within a second.
   */
  async status({ signal }: CancelOptions = {}): Promise<string> {
    if (!(await this.isAlive())) return 'ended';
    try {
      return await this.#controls.state({ timeoutMs: GLANCE_MS, signal });
    } catch (error) {
      if (!isCoreError(error) || error.code !== 'ERR_CONTAINER_CONTROL_FAILED') throw error;
      return (await this.isAlive()) ? 'unresponsive' : 'ended';
    }
  }

  /** Presses the power button. The guest may heed it. Throws `ERR_CONTAINER_CONTROL_FAILED`. */
  async powerDown({ signal }: CancelOptions = {}): Promise<void> {
    await this.#controls.powerDown({ timeoutMs: ANSWER_MS, signal });
  }

  /** Has the hypervisor end, its disks written out, its guest not asked. Throws `ERR_CONTAINER_CONTROL_FAILED`. */
  async quit({ signal }: CancelOptions = {}): Promise<void> {
    await this.#controls.quit({ timeoutMs: ANSWER_MS, signal });
  }

  /**
   * Stops it, from the gentlest way to the last: the power button for `timeoutMs`, the hypervisor's own end, SIGTERM,
   * SIGKILL. A machine that has ended before is a result. An abort leaves it on its way down.
   *
   * @throws `ERR_CONTAINER_STOP_FAILED` where nothing ends it; the reason of the signal.
   */
  stopLadder({ timeoutMs = STOP_MS, signal }: StopLadderOptions = {}): Promise<StopResult> {
    const [record, paths, controls, medium] = [this.record, this.#paths, this.#controls, this.#medium];
    return climbDown({ record, paths, controls, medium, timeoutMs, signal });
  }

  /**
   * Ends it at once, as a power cut does: what the guest has not written out is lost. Does nothing where it has ended.
   *
   * @throws `ERR_CONTAINER_STOP_FAILED`; the reason of the signal.
   */
  async kill({ signal }: CancelOptions = {}): Promise<MachineEnd> {
    signal?.throwIfAborted();
    const sent = await signalHypervisor(this.record, this.#medium, 'SIGKILL');
    const isOver = sent !== 'refused' && (await hasEnded(this.record, this.#medium, { timeoutMs: KILL_MS, signal }));
    if (isOver) return this.exitReason();
    const { id, pid } = this.record;
    const why = sent === 'refused' ? 'it belongs to another user' : 'it outlives SIGKILL';
    const message = `Cannot kill machine "${id}" (process ${String(pid)}): ${why}`;
    throw new ContainerError(message, { code: 'ERR_CONTAINER_STOP_FAILED', op: 'machine.kill', id });
  }

  /** Waits for its end, however long that takes; the reason of the signal where that is first. */
  async waitForExit({ signal }: CancelOptions = {}): Promise<MachineEnd> {
    signal?.throwIfAborted();
    await using files = await RunFiles.hold(this.#medium, this.#paths);
    while (!(await hasEnded(this.record, this.#medium, { timeoutMs: LONG_MS, signal })));
    return await exitReasonOf(this.record, this.#paths, files);
  }

  /** How it came to its end; says nothing of use while it runs. */
  exitReason(): Promise<MachineEnd> {
    return exitReasonOf(this.record, this.#paths, this.#medium);
  }

  /**
   * What it uses. Disks and the guest's memory are told by QEMU only, the processor's time and the hypervisor's memory
   * by Linux only.
   *
   * @throws `ERR_CONTAINER_NOT_RUNNING`; `ERR_CONTAINER_CONTROL_FAILED`; the reason of the signal.
   */
  async stats({ signal }: CancelOptions = {}): Promise<MachineStats> {
    if (!(await this.isAlive())) throw this.#refusal('ERR_CONTAINER_NOT_RUNNING', 'measure', 'it is not running');
    if (!this.#isQmp) return this.#stats.read(undefined, { signal });
    await using client = await this.#connect({ signal });
    return await this.#stats.read(client, { signal });
  }

  /**
   * Writes its memory into `paths.savedState` and ends its hypervisor: it can go on from there. Until the file is there,
   * whole, the guest runs on, whatever happens to this program.
   *
   * @throws `ERR_CONTAINER_SAVED_STATE` where the hypervisor cannot, with its words, and then the guest runs on;
   *   `ERR_CONTAINER_CONTROL_FAILED`; what the medium refuses; the reason of the signal.
   */
  async suspend({ signal }: CancelOptions = {}): Promise<void> {
    const { id, uuid } = this.record;
    const [paths, medium] = [this.#paths, this.#medium];
    await using client = await this.#connect({ signal });
    const { fingerprint } = await readLaunchFacts(medium, paths.events);
    await saveMemory(client, { id, paths, medium, owner: { uuid, fingerprint }, signal });
    await this.#quitSaved(client);
  }

  /**
   * Brings a machine to rest whose saving or resuming was cut short by the end of the program that did it: it runs on
   * (`running`), or its saved state counts and its hypervisor ends (`suspended`). A machine that runs is left alone. Not
   * for one that is just being started.
   *
   * @throws `ERR_CONTAINER_CONTROL_FAILED`; the reason of the signal.
   */
  async recover({ signal }: CancelOptions = {}): Promise<'running' | 'suspended'> {
    await using client = await this.#connect({ signal });
    const { status } = await client.execute('query-status', undefined, { signal });
    if (status !== 'postmigrate' && status !== 'paused' && status !== 'prelaunch') return 'running';
    if (await hasSavedState(this.#medium, this.#paths.savedState, this.record)) {
      await this.#quitSaved(client);
      return 'suspended';
    }
    await client.execute('cont');
    return 'running';
  }

  /** The serial console, both ways. See {@link consoleStream}. */
  console({ signal }: CancelOptions = {}): Promise<Duplex> {
    return consoleStream(this.#paths, { id: this.record.id, signal });
  }

  /** The ports that lead into it now. Throws `ERR_CONTAINER_CONTROL_FAILED`. */
  async forwardedPorts({ signal }: CancelOptions = {}): Promise<ForwardedPort[]> {
    await using client = await this.#connect({ signal });
    return await forwardedPorts(client, { signal });
  }

  /**
   * Lets one more port lead into it until it ends; host port 0 is a free one. The loopback address unless it is given.
   *
   * @throws `RangeError`; `ERR_CONTAINER_PORT_IN_USE`; `ERR_CONTAINER_CONTROL_FAILED`.
   */
  async addForward(
    { host, guest, address = '127.0.0.1' }: PortForward & { readonly address?: string | undefined },
    { signal }: CancelOptions = {},
  ): Promise<ForwardedPort> {
    checkPort('host', host, 0);
    checkPort('guest', guest, 1);
    checkAddress(address);
    await using client = await this.#connect({ signal });
    return await addForward(client, { address, host, guest }, { id: this.record.id, signal });
  }

  /** Ends a forward; `false` where there was none. Connections that go through it go on. */
  async removeForward(
    { host, address = '127.0.0.1' }: { readonly host: number; readonly address?: string | undefined },
    { signal }: CancelOptions = {},
  ): Promise<boolean> {
    checkPort('host', host, 1);
    checkAddress(address);
    await using client = await this.#connect({ signal });
    return await removeForward(client, { address, host }, { signal });
  }

  async #connect({ signal }: CancelOptions): Promise<QmpClient> {
    signal?.throwIfAborted();
    return connectVerified(this.record, this.#paths, { timeoutMs: ANSWER_MS, signal });
  }

  /** The client is kept to the end: nobody else can then set the guest in motion. */
  async #quitSaved(client: QmpClient): Promise<void> {
    await client.execute('quit').catch(() => undefined);
    if (await hasEnded(this.record, this.#medium, { timeoutMs: KILL_MS })) return;
    await this.kill();
  }

  #refusal(code: ContainerError['code'], verb: string, why: string): ContainerError {
    const { id } = this.record;
    return new ContainerError(`Cannot ${verb} machine "${id}": ${why}`, { code, op: `machine.${verb}`, id });
  }
}
