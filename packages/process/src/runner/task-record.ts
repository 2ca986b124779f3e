import { chainOf, type SkipChain } from '../graph/skip-chain.ts';
import type { AttemptResult } from './attempt.ts';
import type { RunResult, RunStatus } from './run-result.ts';
import type { RunSpec } from './run-spec.ts';

/** Where a task stands: not started; a try runs; waits for its next try; a service that is ready; over. */
export type TaskPhase = 'idle' | 'running' | 'waiting' | 'ready' | 'over';

/** What is known of one task while a run goes on; times are milliseconds since the run began. */
export class TaskRecord {
  readonly spec: RunSpec;
  phase: TaskPhase = 'idle';
  attempts = 0;
  startedMs: number | undefined;
  endedMs: number | undefined;
  /** When those that wait for it could begin, where they could. */
  doneMs: number | undefined;
  /** The task whose end let it start. */
  startedBy: number | undefined;
  /** How its last try ended. */
  last: AttemptResult | undefined;
  #chain: SkipChain | undefined;
  result: RunResult | undefined;

  constructor(spec: RunSpec) {
    this.spec = spec;
  }

  /** From it back to the task that was not done; that is itself unless it is set. */
  get chain(): SkipChain {
    return this.#chain ?? chainOf(this.spec.name);
  }

  set chain(chain: SkipChain) {
    this.#chain = chain;
  }

  get isService(): boolean {
    return this.spec.readyWhen !== undefined;
  }

  /** Makes its result: there is no other afterwards. */
  finish(status: RunStatus, runStartedAt: Date, reason?: string): RunResult {
    const { spec, startedMs, endedMs = startedMs, last, attempts } = this;
    this.phase = 'over';
    const result = {
      name: spec.name,
      spec,
      status,
      exitCode: last?.exitCode,
      durationMs: startedMs === undefined || endedMs === undefined ? 0 : endedMs - startedMs,
      startedAt: startedMs === undefined ? undefined : new Date(runStartedAt.getTime() + startedMs),
      output: last?.output ?? '',
      attempts,
    };
    const error = last?.error;
    const why = reason === undefined ? result : { ...result, reason };
    this.result = error === undefined ? why : { ...why, error };
    return this.result;
  }
}
