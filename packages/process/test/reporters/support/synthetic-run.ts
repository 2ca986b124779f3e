import type { RunEvent } from '../../../src/runner/run-event.ts';
import type { RunAllResult, RunResult, RunStatus } from '../../../src/runner/run-result.ts';
import type { RunSpec } from '../../../src/runner/run-spec.ts';
import { chromeTrace } from '../../../src/trace/chrome-trace.ts';

/** A task as a test wants it to have gone. */
export interface SyntheticTask {
  readonly name: string;
  readonly after?: string[];
  /** When it began, in milliseconds; `undefined` where it did not run. */
  readonly start?: number;
  readonly ms?: number;
  readonly status?: RunStatus;
  readonly lines?: string[];
  readonly exitCode?: number;
  readonly attempts?: number;
  readonly reason?: string;
  readonly error?: unknown;
  readonly service?: boolean;
}

/** A run that never was: its events in order, and its result. */
export interface SyntheticRun {
  readonly specs: RunSpec[];
  readonly events: RunEvent[];
  readonly result: RunAllResult;
}

const BEGIN: Date = new Date('2026-03-01T12:00:00.000Z');

/** Makes events and result of a run from what became of its tasks. */
export function syntheticRun(tasks: readonly SyntheticTask[], criticalPath: string[] = []): SyntheticRun {
  const specs = tasks.map(specOf);
  const results = tasks.map((task, index) => resultOf(task, specs[index] ?? { name: '' }));
  const durationMs = Math.max(0, ...tasks.map(({ start = 0, ms = 0 }) => start + ms));
  const result = allOf(results, durationMs, criticalPath);
  const events = tasks.flatMap((task, index) => eventsOf(task, results[index]));
  events.sort((a, b) => a.atMs - b.atMs);
  const planned: RunEvent = { type: 'planned', atMs: 0, specs, concurrency: 4 };
  return { specs, result, events: [planned, ...events, { type: 'ended', atMs: durationMs, result }] };
}

function specOf({ name, after, service }: SyntheticTask): RunSpec {
  return {
    ...{ name, command: 'true' },
    ...(after === undefined ? {} : { after }),
    ...(service === true ? { readyWhen: { port: 8080 } } : {}),
  };
}

function resultOf(task: SyntheticTask, spec: RunSpec): RunResult {
  const { name, start, ms = 0, lines = [], reason, error } = task;
  const status = task.status ?? 'passed';
  return {
    ...{ name, spec, status },
    exitCode: task.exitCode ?? (status === 'passed' ? 0 : undefined),
    durationMs: ms,
    startedAt: start === undefined ? undefined : new Date(BEGIN.getTime() + Math.floor(start)),
    output: lines.map((line) => `${line}\n`).join(''),
    attempts: task.attempts ?? (start === undefined ? 0 : 1),
    ...(reason === undefined ? {} : { reason }),
    ...(error === undefined ? {} : { error }),
  };
}

function allOf(results: RunResult[], durationMs: number, criticalPath: string[]): RunAllResult {
  const count = (...statuses: RunStatus[]): number => results.filter(({ status }) => statuses.includes(status)).length;
  return {
    ...{ results, startedAt: BEGIN, durationMs, criticalPath },
    passed: count('passed', 'cached', 'allowed-failure'),
    failed: count('failed'),
    skipped: count('skipped', 'cancelled'),
    success: count('failed', 'skipped', 'cancelled') === 0,
    trace: () => chromeTrace({ results, startedAt: BEGIN, durationMs }),
  };
}

function eventsOf(
  { name, start, ms = 0, lines = [], service }: SyntheticTask,
  result: RunResult | undefined,
): RunEvent[] {
  if (result === undefined) return [];
  const end = (start ?? 0) + ms;
  const finished: RunEvent = { type: 'finished', atMs: end, name, result };
  if (start === undefined) return [finished];
  const output = lines.map((line): RunEvent => {
    return { type: 'output', atMs: start, name, stream: 'stdout', lines: [{ stream: 'stdout', line }] };
  });
  const ready: RunEvent[] = service === true ? [{ type: 'ready', atMs: start, name }] : [];
  return [{ type: 'started', atMs: start, name, attempt: 1 }, ...output, ...ready, finished];
}

/** A target that keeps what was written to it. */
export class TextTarget {
  text = '';
  writes: string[] = [];

  write(text: string): boolean {
    this.text += text;
    this.writes.push(text);
    return true;
  }
}
