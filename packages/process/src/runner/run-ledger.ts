import { criticalPath } from '../graph/critical-path.ts';
import type { AttemptContext } from './attempt.ts';
import { EndedRun } from './ended-run.ts';
import { RunNewsDesk } from './run-listener.ts';
import type { RunPlan } from './run-plan.ts';
import type { RunAllResult, RunStatus } from './run-result.ts';
import { TaskRecord } from './task-record.ts';

/** What is known of a run while it goes on, and tells those who listen. */
export class RunLedger {
  readonly records: readonly TaskRecord[];
  readonly news: RunNewsDesk;
  readonly #startedAt = new Date();
  readonly #startMs = performance.now();
  #left: number;

  constructor({ specs, listener }: RunPlan) {
    this.records = specs.map((spec) => new TaskRecord(spec));
    this.news = new RunNewsDesk(listener, () => this.nowMs());
    this.#left = specs.length;
  }

  /** Milliseconds since the run began. */
  nowMs(): number {
    return performance.now() - this.#startMs;
  }

  /** How many have no result yet. */
  get left(): number {
    return this.#left;
  }

  record(task: number): TaskRecord {
    const record = this.records[task];
    if (record === undefined) throw new RangeError(`task must be a place in the plan, not ${String(task)}`);
    return record;
  }

  /** What the next try of a task is handed. */
  contextOf(record: TaskRecord, signal: AbortSignal): AttemptContext {
    const { news } = this;
    const { spec } = record;
    const { name } = spec;
    return {
      spec,
      attempt: record.attempts + 1,
      signal,
      started: (pid) => {
        record.startedMs ??= this.nowMs();
        record.attempts += 1;
        if (!news.isHeard) return;
        news.tell({ type: 'started', name, attempt: record.attempts, ...(pid === undefined ? {} : { pid }) });
      },
      onLines: news.isHeard
        ? (stream, lines) => {
            news.tell({ type: 'output', name, stream, lines });
          }
        : undefined,
    };
  }

  /** A task is over, or will not run. */
  finish(task: number, status: RunStatus, reason?: string): void {
    const record = this.record(task);
    const result = record.finish(status, this.#startedAt, reason);
    this.#left -= 1;
    if (this.news.isHeard) this.news.tell({ type: 'finished', name: record.spec.name, result });
  }

  /** All are over. */
  end(): RunAllResult {
    const result = new EndedRun({
      results: this.records.flatMap((record) => record.result ?? []),
      startedAt: this.#startedAt,
      durationMs: this.nowMs(),
      criticalPath: criticalPath(this.records).map((task) => this.record(task).spec.name),
    });
    this.news.tell({ type: 'ended', result });
    return result;
  }

  /** By task: how long it took until those that wait for it could begin, where it ran and passed. */
  durations(): (number | undefined)[] {
    return this.records.map(({ result, startedMs, doneMs }) =>
      result?.status === 'passed' && startedMs !== undefined && doneMs !== undefined ? doneMs - startedMs : undefined,
    );
  }
}
