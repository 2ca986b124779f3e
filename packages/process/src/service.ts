import type { Medium } from '@core/io';

import { checkLauncher, checkNumber, checkOptions } from './check.ts';
import { checkBus, checkHost, processEvents, type ServiceHost } from './core/process-events.ts';
import { ProcessError, type ProcessErrorCode } from './errors.ts';
import { isolated } from './events.ts';
import { Execution, type ExecutionContext } from './execution.ts';
import type { RunOptions, ServiceOptions, StartOptions } from './options.ts';
import { Launchers } from './launch/launchers.ts';
import { commandLineOf, GRACE_PERIOD_MS, mergeOptions, type Plan, planOf } from './plan.ts';
import { Courier } from './output/courier.ts';
import { Process } from './process.ts';
import type { ProcessResult } from './result.ts';
import { StartQueue } from './start-queue.ts';
import { CookieJar } from './terminate/cookie.ts';
import { endTree } from './terminate/grace.ts';
import { Guard } from './terminate/guard.ts';
import { treeOf } from './terminate/system-tree.ts';

const BUFFER_BYTES = 1_048_576;
const MOST_FINISHED = 100;
/** A service that is closed waits so long for listeners that have not yet heard every line. */
const LISTENERS_MS = 10_000;

interface Entry {
  readonly execution: Execution;
  readonly process: Process;
}

/**
 * Starts processes, knows them by their ids, and leaves none of them behind: not when it is closed, and not when this
 * program ends, however it ends (SIGKILL included, where a POSIX shell can watch).
 *
 * Ids are `proc-1`, `proc-2`, … in the order of the calls. Processes that are over are kept up to `maxFinished`, then
 * the oldest are forgotten. `close()` belongs to it: `await using` does it by itself. With `core` it tells a bus what its
 * processes do.
 *
 * @example
 * ```ts
 * import { Service } from '@core/process';
 *
 * await using service = new Service({ defaults: { timeoutMs: 60_000 } });
 * const result = await service.run('node', ['-p', '6 * 7']);
 * assert.equal(result.stdout, '42\n');
 *
 * const copy = await service.start('cat', [], { stdio: { stdin: 'pipe' } });
 * await copy.sendInput('first\nsecond\n');
 * await copy.closeStdin();
 * const lines: string[] = [];
 * for await (const { line } of copy.lines()) lines.push(line);
 * assert.deepEqual(lines, ['first', 'second']);
 * assert.deepEqual((await copy.done).outcome, { kind: 'exited', code: 0 });
 * ```
 */
export class Service implements AsyncDisposable {
  readonly #defaults: StartOptions;
  readonly #bufferSizeBytes: number;
  readonly #maxFinished: number;
  readonly #context: ExecutionContext;
  readonly #launchers: Launchers;
  readonly #entries = new Map<string, Entry>();
  #count = 0;
  /** How many of the entries are over; one that was forgotten before it could be counted is missing for a moment. */
  #finished = 0;
  #closing: Promise<void> | undefined;

  /** @throws `TypeError` or `RangeError` for a wrong option, also for a wrong default. */
  constructor(options: ServiceOptions = {}) {
    const { bufferSizeBytes = BUFFER_BYTES, maxFinished = MOST_FINISHED, medium, defaults = {} } = options;
    const { core, launcher = 'direct', events = core === undefined ? {} : processEvents(core) } = options;
    checkBus(core);
    checkNumber('bufferSizeBytes', bufferSizeBytes, 1, Number.MAX_SAFE_INTEGER);
    checkNumber('maxFinished', maxFinished, 0, Number.MAX_SAFE_INTEGER);
    checkOptions(defaults);
    checkLauncher(launcher);
    this.#defaults = defaults;
    this.#bufferSizeBytes = bufferSizeBytes;
    this.#maxFinished = maxFinished;
    const jar = new CookieJar();
    const guard = new Guard({ jar, gracePeriodMs: defaults.gracePeriodMs ?? GRACE_PERIOD_MS });
    this.#launchers = new Launchers(launcher, jar.markOf('warden', 'detached'));
    this.#context = {
      guard,
      jar,
      launcher: this.#launchers,
      queue: new StartQueue(),
      courier: new Courier(),
      events: isolated(events),
      medium,
    };
  }

  /**
   * Makes a service that tells this bus what its processes do, and registers it there as `process`: the bus's shutdown
   * closes it.
   *
   * @throws What the constructor and `registerService` throw.
   */
  static register(core: ServiceHost, options: Omit<ServiceOptions, 'core'> = {}): Service {
    checkHost(core);
    const service = new Service({ ...options, core });
    core.registerService('process', service);
    return service;
  }

  /**
   * Starts a process; resolves once it runs.
   *
   * @throws `TypeError` or `RangeError` for misuse; `ERR_PROCESS_SPAWN_FAILED` (its `outcome.what` tells a missing
   * program from a missing directory); `ERR_PROCESS_PTY_UNAVAILABLE`; `ERR_PROCESS_CLOSED`; the reason of `signal` where it was aborted before.
   */
  async start(command: string, args: readonly string[] = [], options: StartOptions = {}): Promise<Process> {
    const { execution, process } = await this.#start(command, args, options);
    if (execution.leader === undefined) (await execution.done).unwrap();
    return process;
  }

  /**
   * Runs a process to its end.
   *
   * @throws What {@link start} throws; `ERR_PROCESS_EXIT_NON_ZERO` where it ended otherwise than with code 0; the
   * reason of `signal` where that ended it, once nothing of it is left. With `reject: false` only misuse, a closed
   * service and an abort reject.
   */
  async run(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<ProcessResult> {
    const { reject = true, ...startOptions } = options;
    const { execution, process } = await this.#start(command, args, startOptions);
    await process.done; // holds this program up, also for a detached one
    const result = await execution.done;
    return reject || result.outcome.kind === 'aborted' ? result.unwrap() : result;
  }

  /** What `dir` is a path inside; `undefined` where it is one of the host. */
  get medium(): Medium | undefined {
    return this.#context.medium;
  }

  /** The options for every start. */
  get defaults(): Readonly<NonNullable<ServiceOptions['defaults']>> {
    return this.#defaults;
  }

  /** The process of this id, or `undefined`. */
  get(id: string): Process | undefined {
    return this.#entries.get(id)?.process;
  }

  /** All that it knows, in the order in which they were asked for. */
  list(): Process[] {
    return [...this.#entries.values()].map(({ process }) => process);
  }

  /** Those that run. */
  running(): Process[] {
    return this.list().filter(({ isRunning }) => isRunning);
  }

  /** What was captured of a process: stdout and stderr together. Throws `ERR_PROCESS_NOT_FOUND`. */
  output(id: string): string {
    return this.#entryOf(id, 'process.output').process.output();
  }

  /** `kill()` of a process. Rejects with `ERR_PROCESS_NOT_FOUND`. */
  async kill(id: string): Promise<void> {
    await this.#entryOf(id, 'process.kill').process.kill();
  }

  /** Forgets a process that is over. Throws `ERR_PROCESS_NOT_FOUND` or `ERR_PROCESS_STILL_RUNNING`. */
  remove(id: string): void {
    const { execution } = this.#entryOf(id, 'process.remove');
    if (execution.result === undefined) {
      throw execution.refusal('ERR_PROCESS_STILL_RUNNING', 'process.remove', 'it is still running', {
        hint: 'End it with `kill()` first.',
      });
    }
    this.#forget(id);
  }

  /** Forgets all that are over. */
  clear(): void {
    for (const [id, { execution }] of this.#entries) if (execution.result !== undefined) this.#forget(id);
  }

  /**
   * Ends every process and everything that they started, also what processes left behind that are over, except those
   * that are `detached`. Nothing can be started afterwards; the second time does nothing more.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** `close()`: what its bus calls when it shuts down. */
  async onShutdown(): Promise<void> {
    await this.close();
  }

  /** `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(command: string, args: readonly string[], options: StartOptions): Promise<Entry> {
    checkOptions(options);
    const plan = planOf(command, args, mergeOptions(this.#defaults, options), this.#bufferSizeBytes);
    if (plan.pty !== undefined) await this.#launchers.ptyReady();
    if (this.#closing !== undefined) throw closed(plan);
    plan.signal?.throwIfAborted();

    this.#count += 1;
    const execution = new Execution(`proc-${String(this.#count)}`, plan, this.#context);
    const entry = { execution, process: new Process(execution) };
    this.#entries.set(execution.id, entry);
    void execution.done.then(() => {
      this.#finished += 1;
      this.#forgetFinished(this.#maxFinished);
    });
    await execution.start();
    if (execution.leader === undefined && this.#isClosing()) throw closed(plan);
    return entry;
  }

  #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  async #close(): Promise<void> {
    const { guard, jar, courier } = this.#context;
    const open = [...this.#entries.values()].filter(({ execution }) => execution.result === undefined);
    await Promise.all(open.filter(({ execution }) => !execution.plan.detached).map(({ process }) => process.kill()));
    if (this.#count > 0) {
      const { killSignal = 'SIGTERM', gracePeriodMs = GRACE_PERIOD_MS } = this.#defaults;
      await endTree(treeOf({ roots: guard.roots(), mark: jar.all }), { killSignal, gracePeriodMs });
    }
    await this.#launchers.close();
    await guard.close();
    await courier.settled(LISTENERS_MS);
  }

  #entryOf(id: string, op: string): Entry {
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry;
    throw refused(
      'ERR_PROCESS_NOT_FOUND',
      op,
      `Cannot find the process ${JSON.stringify(id)}: there is none of this id`,
    );
  }

  /** Forgets those that are over, the oldest first, but for so many. */
  #forgetFinished(kept: number): void {
    for (const [id, { execution }] of this.#entries) {
      if (this.#finished <= kept) return;
      if (execution.result !== undefined) this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#entries.delete(id);
    this.#finished -= 1;
  }
}

function closed(plan: Plan): ProcessError {
  const message = `Cannot start ${commandLineOf(plan)}: the service is closed`;
  return refused('ERR_PROCESS_CLOSED', 'process.start', message);
}

function refused(code: ProcessErrorCode, op: string, message: string): ProcessError {
  return new ProcessError(message, { code, op });
}
