import { onAbort } from '@core/io';

import { Schedule } from '../graph/schedule.ts';
import { formatChain, longerChain } from '../graph/skip-chain.ts';
import type { AttemptResult } from './attempt.ts';
import { retryDelayMs } from './retry.ts';
import { RunLedger } from './run-ledger.ts';
import type { RunPlan, TaskRunners } from './run-plan.ts';
import type { RunAllResult, RunStatus } from './run-result.ts';
import type { RunSpec } from './run-spec.ts';
import { RunnerError } from './runner-error.ts';
import { ServiceKeeper } from './service-keeper.ts';
import type { ServiceTask } from './service-task.ts';
import type { TaskRecord } from './task-record.ts';

/** Why nothing more is started, and what becomes of the tasks that are not over. */
interface Stop {
  readonly kind: 'abort' | 'failure';
  readonly reason: string;
}

/** One run of a plan. */
export class Run {
  readonly #plan: RunPlan;
  readonly #runners: TaskRunners;
  readonly #ledger: RunLedger;
  readonly #schedule: Schedule;
  readonly #keeper: ServiceKeeper;
  readonly #halt = new AbortController();
  readonly #services = new Map<number, ServiceTask>();
  readonly #retries = new Map<number, NodeJS.Timeout>();
  /** How many are on their way to a result, or to being ready. */
  #busy = 0;
  #stop: Stop | undefined;
  #isFilling = false;
  #isOver = false;
  #resolve: (result: RunAllResult) => void = () => undefined;

  constructor(plan: RunPlan, runners: TaskRunners) {
    this.#plan = plan;
    this.#runners = runners;
    this.#ledger = new RunLedger(plan);
    this.#schedule = new Schedule(plan);
    const areServices = this.#ledger.records.map(({ isService }) => isService);
    this.#keeper = new ServiceKeeper(plan.graph, areServices);
  }

  /** Whether its signal was aborted before it was over. */
  get wasAborted(): boolean {
    return this.#stop?.kind === 'abort';
  }

  /** By task: how long it took until those that wait for it could begin, where it ran and passed. */
  durations(): (number | undefined)[] {
    return this.#ledger.durations();
  }

  /** Runs it to its end, whatever that is; resolves when nothing of it is left. */
  run(): Promise<RunAllResult> {
    const { specs, slots, signal } = this.#plan;
    return new Promise((resolve) => {
      this.#ledger.news.tell({ type: 'planned', specs, concurrency: slots });
      const forget = onAbort(signal, () => {
        this.#abort(signal?.reason);
      });
      this.#resolve = (result) => {
        forget();
        resolve(result);
      };
      if (signal?.aborted === true) this.#abort(signal.reason);
      this.#fill(undefined);
    });
  }

  /** Starts all that can start; `cause` is the task that has made room. */
  #fill(cause: number | undefined): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    do {
      for (let task = this.#next(); task !== undefined; task = this.#next()) this.#start(task, cause);
    } while (this.#refuseBlocked());
    this.#isFilling = false;
    if (this.#ledger.left === 0) this.#end();
  }

  #next(): number | undefined {
    return this.#stop === undefined ? this.#schedule.take() : undefined;
  }

  #start(task: number, cause: number | undefined): void {
    const record = this.#ledger.record(task);
    record.phase = 'running';
    record.startedBy ??= cause;
    this.#busy += 1;
    if (record.isService) this.#startService(task, record);
    else void this.#runTask(task, record);
  }

  async #runTask(task: number, record: TaskRecord): Promise<void> {
    this.#ended(task, await this.#runners.runTask(task, this.#ledger.contextOf(record, this.#halt.signal)));
  }

  #startService(task: number, record: TaskRecord): void {
    const { name } = record.spec;
    const service = this.#runners.startService(task, {
      ...this.#ledger.contextOf(record, this.#halt.signal),
      onReady: () => {
        this.#ledger.news.tell({ type: 'ready', name });
        this.#fill(task);
      },
      onRestarting: (restart) => {
        this.#ledger.news.tell({ type: 'retrying', name, ...restart });
      },
    });
    this.#services.set(task, service);
    void this.#follow(task, service);
  }

  async #follow(task: number, service: ServiceTask): Promise<void> {
    const { ok } = await service.ready;
    if (ok) this.#ready(task);
    const ended = await service.ended;
    this.#services.delete(task);
    this.#ended(task, ended);
  }

  /** From here on a service has no slot; what it takes of the resources it keeps. */
  #ready(task: number): void {
    const record = this.#ledger.record(task);
    record.phase = 'ready';
    record.doneMs = this.#ledger.nowMs();
    this.#busy -= 1;
    this.#schedule.freeSlot();
    this.#schedule.done(task);
    if (!this.#keeper.isNeeded(task)) this.#release([task]);
    this.#fill(task);
  }

  /** A try is over, or a service that was ready. */
  #ended(task: number, result: AttemptResult): void {
    const record = this.#ledger.record(task);
    const wasReady = record.phase === 'ready';
    record.last = result;
    record.endedMs = this.#ledger.nowMs();
    if (!wasReady) this.#busy -= 1;
    const delayMs = wasReady || result.ok ? undefined : this.#delayOf(record);
    if (delayMs !== undefined && this.#plan.isSequential) {
      this.#retry(task, delayMs);
      return;
    }
    if (!wasReady) this.#schedule.freeSlot();
    this.#schedule.freeResources(task);
    if (delayMs !== undefined) this.#retry(task, delayMs);
    else this.#conclude(task, result);
    this.#fill(task);
  }

  /** How long is waited before its next try; `undefined` where there is none. */
  #delayOf({ spec, attempts, last }: TaskRecord): number | undefined {
    return this.#stop === undefined && last?.isFinal !== true ? retryDelayMs(spec, attempts) : undefined;
  }

  #retry(task: number, delayMs: number): void {
    const record = this.#ledger.record(task);
    record.phase = 'waiting';
    const { spec, attempts, last } = record;
    const again = (): void => {
      this.#retries.delete(task);
      if (this.#plan.isSequential) this.#start(task, undefined);
      else this.#schedule.again(task);
      this.#fill(undefined);
    };
    this.#retries.set(task, setTimeout(again, delayMs));
    this.#ledger.news.tell({ type: 'retrying', name: spec.name, attempt: attempts + 1, delayMs, error: last?.error });
  }

  /** The last try of a task is over: what became of it, and of those that wait for it. */
  #conclude(task: number, { ok, error, isCached = false }: AttemptResult): void {
    const record = this.#ledger.record(task);
    const { signal } = this.#halt;
    if (ok) this.#pass(task, isCached ? 'cached' : 'passed');
    else if (signal.aborted && error === signal.reason) this.#finish(task, 'cancelled', this.#stop?.reason);
    else if (record.spec.allowFailure === true) this.#pass(task, 'allowed-failure');
    else this.#fail(task);
  }

  #pass(task: number, status: RunStatus): void {
    const record = this.#ledger.record(task);
    if (record.doneMs === undefined) {
      record.doneMs = record.endedMs;
      this.#schedule.done(task);
    }
    this.#finish(task, status);
  }

  #fail(task: number): void {
    const record = this.#ledger.record(task);
    const { name } = record.spec;
    record.doneMs ??= record.endedMs;
    this.#finish(task, 'failed');
    for (const dropped of this.#schedule.drop(task)) this.#skip(dropped.task, dropped.because, name);
    const { onFailure } = this.#plan;
    if (onFailure === 'continue' || this.#stop !== undefined) return;
    const why = `${JSON.stringify(name)} failed`;
    this.#stopBy({ kind: 'failure', reason: `${why}, and the run ended with it` });
    if (onFailure === 'kill') this.#halt.abort(runEnded(why, name));
  }

  #skip(task: number, because: number, root: string): void {
    const record = this.#ledger.record(task);
    if (record.phase !== 'idle') return;
    record.chain = longerChain(record.spec.name, this.#ledger.record(because).chain);
    this.#finish(task, 'skipped', `${JSON.stringify(root)} failed: ${formatChain(record.chain)}`);
  }

  #abort(reason: unknown): void {
    if (this.#isOver) return;
    this.#stopBy({ kind: 'abort', reason: 'the run was aborted' });
    this.#halt.abort(reason);
    this.#fill(undefined);
  }

  /** Nothing more is started: all that do not run are over. */
  #stopBy(stop: Stop): void {
    const { kind, reason } = stop;
    this.#stop = stop;
    for (const [task, { phase }] of this.#ledger.records.entries()) {
      if (phase === 'idle') this.#finish(task, kind === 'abort' ? 'cancelled' : 'skipped', reason);
      if (phase === 'waiting') this.#giveUpRetry(task, stop);
    }
  }

  /** What waits for its next try has failed, unless it is the run that was aborted. */
  #giveUpRetry(task: number, { kind, reason }: Stop): void {
    clearTimeout(this.#retries.get(task));
    this.#retries.delete(task);
    const isAllowed = this.#ledger.record(task).spec.allowFailure === true;
    if (kind === 'abort') this.#finish(task, 'cancelled', reason);
    else this.#finish(task, isAllowed ? 'allowed-failure' : 'failed');
  }

  #finish(task: number, status: RunStatus, reason?: string): void {
    this.#ledger.finish(task, status, reason);
    this.#release(this.#keeper.over(task));
  }

  /** Ends services; those that are not ready yet are ended when they are. */
  #release(services: readonly number[]): void {
    for (const service of services) {
      if (this.#ledger.record(service).phase === 'ready') void this.#services.get(service)?.stop();
    }
  }

  /**
   * Where nothing runs that could make room, and what is ready needs more of a resource than the services that are
   * needed leave free, it fails: it would wait for ever. Tells whether there was such a task.
   */
  #refuseBlocked(): boolean {
    const isStuck = this.#stop === undefined && this.#busy === 0 && this.#retries.size === 0;
    if (!isStuck || this.#isReleasing()) return false;
    const task = this.#schedule.giveUp();
    if (task === undefined) return false;
    const record = this.#ledger.record(task);
    record.last = { ok: false, output: '', error: blocked(record.spec) };
    this.#conclude(task, record.last);
    return true;
  }

  #isReleasing(): boolean {
    return [...this.#services.values()].some(({ state }) => state !== 'RUNNING');
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolve(this.#ledger.end());
  }
}

function runEnded(why: string, task: string): RunnerError {
  return new RunnerError(`Cannot go on: ${why}`, { code: 'ERR_RUNNER_RUN_ENDED', op: 'runner.runAll', task });
}

function blocked({ name }: RunSpec): RunnerError {
  return new RunnerError(`Cannot run ${JSON.stringify(name)}: services that are needed hold the resources it takes`, {
    code: 'ERR_RUNNER_RESOURCE_UNAVAILABLE',
    op: 'runner.runAll',
    task: name,
    hint: 'Give the runner more of them, or let the services take less.',
  });
}
