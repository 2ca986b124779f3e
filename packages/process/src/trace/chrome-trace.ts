import type { RunResult } from '../runner/run-result.ts';
import { errorFacts } from './error-facts.ts';
import { spansOf, type Span, type TracedRun } from './lanes.ts';
import { momentsOf, type Moment } from './moments.ts';

/**
 * One event of the Trace Event Format: `X` is a complete event with a duration, `i` a moment, `M` names a process or a
 * thread.
 */
export interface ChromeTraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M' | 'i';
  readonly pid: number;
  readonly tid: number;
  /** Microseconds since the run began. */
  readonly ts: number;
  /** Microseconds. */
  readonly dur?: number;
  /** The status of the task. */
  readonly cat?: string;
  /** How far a moment reaches: its thread. */
  readonly s?: 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A file of the Trace Event Format. */
export interface ChromeTrace {
  readonly displayTimeUnit: 'ms';
  readonly traceEvents: readonly ChromeTraceEvent[];
}

/** The run is one process of the trace; the number means nothing outside of it. */
const PID = 1;
/** What did not run has a thread of its own above the lanes. */
const NOT_RUN = 0;

/**
 * A run as trace events, which `chrome://tracing`, Perfetto and Speedscope open once they are written as JSON.
 *
 * Names come first, then the tasks by time. A task that ran is one complete event in the lowest lane that was free, so
 * that events of a lane never overlap; one that did not is a moment. The category is the status; `args` hold the exit
 * code, the tries, the reason and the message of the error. The format is that of
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
 *
 * @example
 * ```ts
 * import { chromeTrace } from '@core/process/reporters';
 *
 * const startedAt = new Date(0);
 * const build = { name: 'build', spec: { name: 'build' }, status: 'passed', exitCode: 0, durationMs: 1500, startedAt };
 * const results = [{ ...build, output: '', attempts: 1 }];
 * const { traceEvents } = chromeTrace({ results, startedAt, durationMs: 1500 });
 * const { name, ph, ts, dur, cat } = traceEvents.at(-1);
 * assert.deepEqual({ name, ph, ts, dur, cat }, { name: 'build', ph: 'X', ts: 0, dur: 1_500_000, cat: 'passed' });
 * ```
 */
export function chromeTrace(run: TracedRun): ChromeTrace {
  const spans = spansOf(run);
  const moments = momentsOf(run.results, spans);
  const events = [...moments.map(momentEvent), ...spans.map(spanEvent)].sort((a, b) => a.ts - b.ts || a.tid - b.tid);
  return { displayTimeUnit: 'ms', traceEvents: [...names(spans, moments), ...events] };
}

function names(spans: readonly Span[], moments: readonly Moment[]): ChromeTraceEvent[] {
  const lanes = spans.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  const threads = Array.from({ length: lanes }, (_, lane) =>
    named('thread_name', lane + 1, `lane ${String(lane + 1)}`),
  );
  if (moments.length > 0) threads.unshift(named('thread_name', NOT_RUN, 'not run'));
  return [named('process_name', NOT_RUN, 'tasks'), ...threads];
}

function named(what: 'process_name' | 'thread_name', tid: number, name: string): ChromeTraceEvent {
  return { name: what, ph: 'M', pid: PID, tid, ts: 0, args: { name } };
}

function spanEvent({ result, startMs, endMs, lane }: Span): ChromeTraceEvent {
  const ts = microseconds(startMs);
  const dur = microseconds(endMs) - ts;
  return { name: result.name, cat: result.status, ph: 'X', pid: PID, tid: lane + 1, ts, dur, args: argsOf(result) };
}

function momentEvent({ result, atMs }: Moment): ChromeTraceEvent {
  const ts = microseconds(atMs);
  return { name: result.name, cat: result.status, ph: 'i', pid: PID, tid: NOT_RUN, ts, s: 't', args: argsOf(result) };
}

/** Whole, so that what ends in one microsecond and what begins in it agree. */
function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}

function argsOf({ status, exitCode, attempts, reason, error, spec }: RunResult): Record<string, unknown> {
  const message = error === undefined ? undefined : errorFacts(error).message;
  const after = spec.after === undefined || spec.after.length === 0 ? undefined : [...spec.after];
  const args = { status, exit_code: exitCode, attempts, reason, error: message, after };
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
