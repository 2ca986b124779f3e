import { setTimeout as pause } from 'node:timers/promises';

import { onAbort } from '@core/io';

import { describeOutcome } from '../outcome.ts';
import type { Process } from '../process.ts';
import type { ProcessResult } from '../result.ts';
import type { AttemptResult } from './attempt.ts';
import type { ReadyCheck } from './ready-check.ts';
import { failureOf } from './ready/ending.ts';
import { waitUntilReady } from './readiness.ts';
import type { RestartOptions } from './run-spec.ts';
import { RunnerError } from './runner-error.ts';
import { type ServiceState, STARTING, supervise, type Supervision, type SupervisionEvent } from './supervision.ts';

/** The start that comes after one that did not last. */
export interface ServiceRestart {
  /** Its number; that of the first start is 1. */
  readonly attempt: number;
  /** How long is waited before. */
  readonly delayMs: number;
  /** What became of the one before. */
  readonly error: unknown;
}

/** How the supervision of services measures time and waits. */
export interface ServiceClock {
  /** Milliseconds that do not go back. */
  now(): number;
  /** Rejects when the signal is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<unknown>;
}

/** What a service is supervised with. */
export interface ServiceTaskContext {
  readonly name: string;
  readonly check: ReadyCheck;
  /** Starts it; its signal may be, but need not be the one below. Called again for each restart, with the number of the start. */
  readonly start: (attempt: number) => Promise<Process>;
  /** It has so long to be ready, after each start. */
  readonly timeoutMs?: number | undefined;
  /** Without it, it is never started again. */
  readonly restart?: RestartOptions | undefined;
  /** Ends it as `stop()` does. */
  readonly signal: AbortSignal;
  /** Called each time that it is ready. */
  readonly onReady?: (() => void) | undefined;
  readonly onRestarting?: ((restart: ServiceRestart) => void) | undefined;
  readonly clock?: ServiceClock | undefined;
}

/** A service that runs under supervision. */
export interface ServiceTask {
  /** Never rejects: `ok` when it is ready for the first time, else how it ended before. */
  readonly ready: Promise<AttemptResult>;
  /**
   * Never rejects; resolves when nothing of it is left and it will not be started again. It is `ok` where it was
   * stopped after it had been ready. Else `error` is `ERR_RUNNER_NOT_READY`, `ERR_RUNNER_SERVICE_FAILED` where it
   * ended although nobody had stopped it (whatever its exit code), the error of its start, or the reason of the signal.
   */
  readonly ended: Promise<AttemptResult>;
  readonly state: ServiceState;
  /** Ends it with everything that it started, at any time; resolves when all of it is gone. */
  stop(): Promise<void>;
  /** The end of what its last process wrote. */
  output(): string;
}

/** Starts a service, and starts it again as `restart` has it, until it is stopped or given up. */
export function startServiceTask(context: ServiceTaskContext): ServiceTask {
  return new Supervisor(context);
}

const CLOCK: ServiceClock = {
  now: () => performance.now(),
  pause: (ms, signal) => pause(ms, undefined, { signal }),
};

class Supervisor implements ServiceTask {
  readonly ready: Promise<AttemptResult>;
  readonly ended: Promise<AttemptResult>;
  readonly #context: ServiceTaskContext;
  readonly #clock: ServiceClock;
  readonly #halt = new AbortController();
  readonly #forget: () => void;
  #resolveReady: (result: AttemptResult) => void = () => undefined;
  #supervision: Supervision = STARTING;
  #wasReady = false;
  #process: Process | undefined;

  constructor(context: ServiceTaskContext) {
    const { signal, clock = CLOCK } = context;
    this.#context = context;
    this.#clock = clock;
    this.ready = new Promise((resolve) => (this.#resolveReady = resolve));
    this.#forget = onAbort(signal, () => {
      this.#stop();
    });
    if (signal.aborted) this.#stop();
    this.ended = this.#run();
  }

  get state(): ServiceState {
    return this.#supervision.state;
  }

  output(): string {
    return this.#process?.output() ?? '';
  }

  async stop(): Promise<void> {
    this.#stop();
    await this.ended;
  }

  #stop(): void {
    this.#step({ type: 'stop' });
    this.#halt.abort();
  }

  #step(event: SupervisionEvent): void {
    this.#supervision = supervise(this.#supervision, event, this.#context.restart);
  }

  async #run(): Promise<AttemptResult> {
    let error: unknown;
    for (let attempt = 1; this.state === 'STARTING'; attempt += 1) {
      error = await this.#live(attempt);
      await this.#backOff(attempt + 1, error);
    }
    this.#step({ type: 'stopped' });
    this.#forget();
    const result = this.#result(error);
    this.#resolveReady(result);
    return result;
  }

  /** From one start to the end, when nothing of it is left; resolves with why it is over. */
  async #live(attempt: number): Promise<unknown> {
    try {
      this.#process = await this.#context.start(attempt);
    } catch (error) {
      this.#step({ type: 'unstartable' });
      return error;
    }
    try {
      return await this.#watch(this.#process);
    } finally {
      await this.#process.kill(); // also what it left behind, which may hold its port
    }
  }

  async #watch(process: Process): Promise<unknown> {
    const { signal } = this.#halt;
    const { name, check, timeoutMs } = this.#context;
    try {
      await waitUntilReady(check, { process, name, timeoutMs, signal });
      this.#isReady();
      const result = await process.wait({ signal });
      this.#step({ type: 'ended', atMs: this.#clock.now(), ok: result.ok });
      return failed(name, result);
    } catch (error) {
      this.#step({ type: 'ended', atMs: this.#clock.now(), ok: false });
      return error;
    }
  }

  #isReady(): void {
    this.#step({ type: 'ready', atMs: this.#clock.now() });
    this.#wasReady = true;
    this.#resolveReady({ ok: true, output: this.output() });
    this.#context.onReady?.();
  }

  async #backOff(attempt: number, error: unknown): Promise<void> {
    const { state, delayMs = 0 } = this.#supervision;
    if (state !== 'BACKOFF') return;
    this.#context.onRestarting?.({ attempt, delayMs, error });
    try {
      await this.#clock.pause(delayMs, this.#halt.signal);
      this.#step({ type: 'waited' });
    } catch {
      // it was stopped meanwhile, and its state says so
    }
  }

  #result(error: unknown): AttemptResult {
    const { signal, name } = this.#context;
    const facts = { output: this.output(), exitCode: this.#process?.exitCode };
    if (this.state !== 'STOPPED') return { ...facts, ok: false, error };
    if (signal.aborted) return { ...facts, ok: false, error: signal.reason as unknown };
    return this.#wasReady ? { ...facts, ok: true } : { ...facts, ok: false, error: stoppedEarly(name) };
  }
}

function failed(name: string, result: ProcessResult): RunnerError {
  const cause = failureOf(result);
  const why = cause instanceof Error ? cause.message : describeOutcome(result.outcome);
  return new RunnerError(`Cannot keep ${JSON.stringify(name)} running: ${why}`, {
    code: 'ERR_RUNNER_SERVICE_FAILED',
    op: 'runner.service',
    task: name,
    cause,
  });
}

function stoppedEarly(name: string): RunnerError {
  return new RunnerError(`Cannot use ${JSON.stringify(name)}: it was stopped before it was ready`, {
    code: 'ERR_RUNNER_NOT_READY',
    op: 'runner.ready',
    task: name,
  });
}
