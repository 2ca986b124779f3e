import type { Duplex } from 'node:stream';

import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import { copy, type CopyOptions, type CopyPlace } from '../copy/copy.ts';
import type { MachineStats } from '../machine/machine-stats.ts';
import type { Logs, Manager } from '../manager.ts';
import type { ExecOptions, ExecResult, ListOptions, LogOptions, RunOptions, StopOptions } from '../run-options.ts';
import type { State } from '../state/state.ts';
import { openConsole } from './console.ts';
import type { ManagerContext } from './context.ts';
import { exec } from './exec.ts';
import { inspect } from './inspect.ts';
import { listTruth } from './list.ts';
import { openLogs } from './logs.ts';
import { type LinuxKitManagerOptions, openContext } from './open-context.ts';
import { prune, type PruneOptions, remove, type RemoveOptions } from './remove.ts';
import { restart, type RestartOptions } from './restart.ts';
import { run } from './run.ts';
import { start, type StartOptions } from './start.ts';
import { stats } from './stats.ts';
import { kill, stop } from './stop.ts';
import { resume, suspend } from './suspend.ts';
import { wait } from './wait.ts';

/**
 * Machines of this system with a container's verbs: LinuxKit's images first, any that boots in fact.
 *
 * What it knows is in files, and each call looks at the truth: so any number of programs may use one `stateDir` at once,
 * a machine goes on when the program that started it ends, however it ends, and the next one takes over. An image is
 * never written to unless that is asked for: each machine writes to a disk of its own, which it keeps until it is removed.
 *
 * An `id` may be an id, a unique beginning of one, or a name.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { LinuxKitManager } from '@core/container';
 * import { bootableFile, FakeHypervisor } from '@core/container/testing';
 *
 * const dir = mkdtempSync(join(tmpdir(), 'vms-'));
 * const image = await bootableFile(join(dir, 'web.iso'));
 * const manager = await LinuxKitManager.open({ stateDir: dir, hypervisor: new FakeHypervisor() }); // without: QEMU
 *
 * const web = await manager.run(image, { name: 'web', publish: [80], detach: true, waitFor: { console: 'READY' } });
 * assert.equal(web.status, 'running');
 * await manager.stop('web');
 * assert.equal((await manager.inspect('web')).exitReason, 'guest-shutdown');
 * await manager.remove('web');
 * assert.deepEqual(await manager.list(), []);
 *
 * await manager.close();
 * rmSync(dir, { recursive: true });
 * ```
 */
export class LinuxKitManager implements Manager, AsyncDisposable {
  readonly #context: ManagerContext;

  private constructor(context: ManagerContext) {
    this.#context = context;
  }

  /**
   * Opens the machines of a state directory, which is made where it is missing. A `containers.json` of the older layout is
   * taken over.
   *
   * @throws `TypeError`, `RangeError`; `ERR_CONTAINER_STATE_UNWRITABLE`.
   */
  static async open(options: LinuxKitManagerOptions = {}): Promise<LinuxKitManager> {
    return new LinuxKitManager(await openContext(options));
  }

  /** What is known of the machines, for tools that build on it. */
  get state(): State {
    return this.#context.state;
  }

  /**
   * Starts a new machine. With `detach` it resolves once the hypervisor runs, or `waitFor` is fulfilled, and the machine
   * outlives this program. Without, it resolves when the machine has ended: its console is shown in `output`; an abort has
   * its guest shut down; and unless there is a `signal`, so do Ctrl-C and SIGTERM, which then end this program.
   *
   * Everything that can be is checked before anything is made; where it fails later, or is aborted, nothing is left of it.
   *
   * @throws `ERR_CONTAINER_IMAGE_NOT_FOUND`, `ERR_CONTAINER_IMAGE_UNSUPPORTED`, `ERR_CONTAINER_IMAGE_UNSAFE`,
   *   `ERR_CONTAINER_VOLUME_NOT_FOUND`, `ERR_CONTAINER_KEY_NOT_FOUND`, `ERR_CONTAINER_HYPERVISOR_UNAVAILABLE`,
   *   `ERR_CONTAINER_NAME_TAKEN`, `ERR_CONTAINER_PORT_IN_USE`, `ERR_CONTAINER_START_FAILED` with the hypervisor's own
   *   words, `ERR_CONTAINER_NOT_READY` with the end of the console; the reason of the signal.
   */
  async run(image: string, options?: RunOptions): Promise<Container> {
    return run(this.#context, image, options);
  }

  /**
   * Starts a machine again with its disks, name and ports; a suspended one goes on where it was.
   *
   * @throws `ERR_CONTAINER_RUNNING`, and what `run` throws; then it is as it was before. A guest that is not ready in time
   *   is shut down.
   */
  async start(id: string, options?: StartOptions): Promise<Container> {
    return start(this.#context, id, options);
  }

  /**
   * Asks the guest to shut down, as its power button does, and ends the hypervisor where it has not done so in
   * `timeoutMs`. The exit reason tells which it was: `guest-shutdown`, `host-qmp-quit`, `killed`.
   *
   * @throws `ERR_CONTAINER_NOT_RUNNING`, `ERR_CONTAINER_STOP_FAILED`
   */
  async stop(id: string, options?: StopOptions): Promise<void> {
    return stop(this.#context, id, options);
  }

  /** Ends the hypervisor at once: for the guest it is a power cut. Throws `ERR_CONTAINER_NOT_RUNNING`. */
  async kill(id: string, options?: CancelOptions): Promise<void> {
    return kill(this.#context, id, options);
  }

  /** Stops a machine, where it runs, and starts it again. */
  async restart(id: string, options?: RestartOptions): Promise<Container> {
    return restart(this.#context, id, options);
  }

  /**
   * Writes the memory of a machine into a file and ends its hypervisor; `resume` goes on from there. Where it fails, or is
   * aborted, the guest goes on.
   *
   * @throws `ERR_CONTAINER_NOT_RUNNING`; `ERR_CONTAINER_SAVED_STATE` where it cannot be saved: the machine has volumes, or
   *   the hypervisor has no saved states.
   */
  async suspend(id: string, options?: CancelOptions): Promise<Container> {
    return suspend(this.#context, id, options);
  }

  /** Lets a suspended machine go on. Throws `ERR_CONTAINER_SAVED_STATE` for one that is not suspended. */
  async resume(id: string, options?: StartOptions): Promise<Container> {
    return resume(this.#context, id, options);
  }

  /** All machines, each checked against its process, the oldest first. */
  async list(options?: ListOptions): Promise<Container[]> {
    return listTruth(this.#context, options);
  }

  /** One machine, checked against its process. */
  async inspect(id: string, options?: CancelOptions): Promise<Container> {
    return inspect(this.#context, id, options);
  }

  /** The console from the beginning, over all starts of the machine. What goes wrong is told to whoever reads. */
  logs(id: string, options?: LogOptions): Logs {
    return openLogs(this.#context, id, options);
  }

  /**
   * Runs a command in the guest: by its agent where it has one, else by SSH. A command that fails is a result.
   *
   * @throws `ERR_CONTAINER_NOT_RUNNING`, `ERR_CONTAINER_EXEC_FAILED`, `ERR_CONTAINER_EXEC_TIMEOUT`,
   *   `ERR_CONTAINER_HOST_KEY_CHANGED`, `ERR_CONTAINER_TOOL_MISSING`; the reason of the signal, once the command is ended.
   */
  async exec(id: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return exec(this.#context, id, command, options);
  }

  /**
   * Copies a file, or a directory with everything below, into a machine or out of one: one place is in a machine, the
   * other one on this system. What is copied is called as the target says; modes and links are kept.
   *
   * @throws `ERR_CONTAINER_COPY_FAILED`, and what `exec` throws.
   */
  async copy(from: CopyPlace, to: CopyPlace, options?: CopyOptions): Promise<void> {
    return copy(this.#context, from, { to, ...options });
  }

  /**
   * The serial console, both ways: what is written is typed, what is read is shown from now on. One reader at a time is
   * served. Destroying it lets go of it.
   */
  async console(id: string, options?: CancelOptions): Promise<Duplex> {
    return openConsole(this.#context, id, options);
  }

  /** What a machine uses: processor, memory, disks. The second time `cpuPercent` is that since the first. */
  async stats(id: string, options?: CancelOptions): Promise<MachineStats> {
    return stats(this.#context, id, options);
  }

  /** Resolves when a machine has ended, with what it is then; at once where it does not run. */
  async wait(id: string, options?: CancelOptions): Promise<Container> {
    return wait(this.#context, id, options);
  }

  /** Removes a machine with its disks, its log and its name. Throws `ERR_CONTAINER_RUNNING` unless it is forced. */
  async remove(id: string, options?: RemoveOptions): Promise<void> {
    return remove(this.#context, id, options);
  }

  /** Removes the machines that do not run, suspended ones only where asked, and what killed programs left: the removed ones. */
  async prune(options?: PruneOptions): Promise<Container[]> {
    return prune(this.#context, options);
  }

  /** Lets go of everything. The machines run on. */
  async close(): Promise<void> {
    await this.#context.agents.close();
    await this.#context.service.close();
    await this.#context.state.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
