import type { RunEvent } from '../../runner/run-event.ts';
import type { RunResult, RunStatus } from '../../runner/run-result.ts';
import type { RunSpec } from '../../runner/run-spec.ts';
import { type ForestRow, forestOf } from './forest.ts';

/** Where a task is: before it ran, while it runs, or how it ended. */
export type TaskState = 'waiting' | 'running' | 'ready' | 'retrying' | RunStatus;

/** What is known of a task while the run goes on. */
export interface TaskProgress {
  readonly spec: RunSpec;
  readonly state: TaskState;
  readonly attempt: number;
  /** Milliseconds since the run began, of its first try. */
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  /** What it wrote last; empty lines aside. */
  readonly lastLine: string;
  /** Why there will be another try. */
  readonly error: unknown;
  /** When it is over. */
  readonly result: RunResult | undefined;
}

/** What is known of a run while it goes on. */
export interface RunView {
  /** In the order in which a tree shows them. */
  readonly rows: readonly ForestRow[];
  readonly tasks: ReadonlyMap<string, TaskProgress>;
}

/** No terminal shows more of a line. */
const LONGEST_LINE = 1000;

/** What a stream of events adds up to. */
export class RunProgress implements RunView {
  #rows: readonly ForestRow[] = [];
  readonly #tasks = new Map<string, TaskProgress>();

  get rows(): readonly ForestRow[] {
    return this.#rows;
  }

  get tasks(): ReadonlyMap<string, TaskProgress> {
    return this.#tasks;
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'planned':
        this.#plan(event.specs);
        return;
      case 'started': {
        const startedAtMs = this.#tasks.get(event.name)?.startedAtMs ?? event.atMs;
        this.#change(event.name, { state: 'running', attempt: event.attempt, startedAtMs });
        return;
      }
      case 'output': {
        const last = event.lines.findLast(({ line }) => line.trim() !== '')?.line;
        if (last !== undefined) this.#change(event.name, { lastLine: last.slice(0, LONGEST_LINE) });
        return;
      }
      case 'ready':
        this.#change(event.name, { state: 'ready' });
        return;
      case 'retrying':
        this.#change(event.name, { state: 'retrying', attempt: event.attempt, error: event.error });
        return;
      case 'finished':
        this.#change(event.name, { state: event.result.status, result: event.result, finishedAtMs: event.atMs });
        return;
      case 'ended':
    }
  }

  #plan(specs: readonly RunSpec[]): void {
    this.#rows = forestOf(specs);
    this.#tasks.clear();
    for (const spec of specs) {
      const unknown = { startedAtMs: undefined, finishedAtMs: undefined, error: undefined, result: undefined };
      this.#tasks.set(spec.name, { spec, state: 'waiting', attempt: 0, lastLine: '', ...unknown });
    }
  }

  #change(name: string, changed: Partial<TaskProgress>): void {
    const task = this.#tasks.get(name);
    if (task !== undefined) this.#tasks.set(name, { ...task, ...changed });
  }
}
