import type { RunEvent, RunListener } from '../runner/run-event.ts';
import type { RunAllResult, RunResult } from '../runner/run-result.ts';
import type { RunSpec } from '../runner/run-spec.ts';
import { errorFacts } from '../trace/error-facts.ts';
import { checkTarget, type ReportTarget } from './report-target.ts';

/** What the reporter of JSON lines is given. */
export interface JsonLinesOptions {
  readonly to: ReportTarget;
}

/** An event of a run as an object for `JSON.stringify`; what is unknown is `null`, and no key is ever left out. */
export type RunEventJson = { readonly at_ms: number; readonly type: RunEvent['type'] } & Readonly<
  Record<string, unknown>
>;

/**
 * Writes each event as one JSON object in a line of its own, for machines (output with pieces of long lines as several).
 *
 * Every line has `type` and `at_ms` (milliseconds since the run began). The other keys are stable too, and always there:
 *
 * - `planned`: `concurrency`, `tasks` (each `name`, `kind`: `command`, `service` or `function`, `after`, `allow_failure`)
 * - `started`: `name`, `attempt`, `pid`
 * - `output`: `name`, `stream`, `lines`, `partial` (the last of the lines goes on in the next event of this stream)
 * - `ready`: `name`
 * - `retrying`: `name`, `attempt`, `delay_ms`, `error`
 * - `finished`: `name`, `status`, `exit_code`, `started_at`, `duration_ms`, `attempts`, `reason`, `error`
 * - `ended`: `started_at`, `duration_ms`, `passed`, `failed`, `skipped`, `success`, `critical_path`
 *
 * An error is `{ code, message }`. Arguments and environment of a task are not told, as they may hold secrets.
 *
 * @throws `TypeError` where `to` cannot be written to.
 *
 * @example
 * ```ts
 * import { jsonLinesReporter } from '@core/process/reporters';
 *
 * let text = '';
 * const report = jsonLinesReporter({ to: { write: (line) => (text += line) } });
 * report({ type: 'started', atMs: 12.5, name: 'build', attempt: 1, pid: 4711 });
 * assert.equal(text, '{"type":"started","at_ms":12.5,"name":"build","attempt":1,"pid":4711}\n');
 * ```
 */
export function jsonLinesReporter({ to }: JsonLinesOptions): RunListener {
  checkTarget(to);
  return (event) => {
    for (const object of eventJsons(event)) to.write(`${JSON.stringify(object)}\n`);
  };
}

/** One object for an event; for output as many as there are changes of stream and ends of pieces. */
function eventJsons(event: RunEvent): RunEventJson[] {
  const { type } = event;
  const head = { type, at_ms: rounded(event.atMs) };
  if (type !== 'output') return [{ ...head, ...bodyOf(event) }];
  return runsOf(event).map((run) => ({ ...head, name: event.name, ...run }));
}

function bodyOf(event: Exclude<RunEvent, { type: 'output' }>): Record<string, unknown> {
  switch (event.type) {
    case 'planned':
      return { concurrency: event.concurrency, tasks: event.specs.map(taskJson) };
    case 'started':
      return { name: event.name, attempt: event.attempt, pid: event.pid ?? null };
    case 'ready':
      return { name: event.name };
    case 'retrying': {
      const { name, attempt, delayMs, error } = event;
      return { name, attempt, delay_ms: rounded(delayMs), error: errorFacts(error) };
    }
    case 'finished':
      return resultJson(event.result);
    case 'ended':
      return runJson(event.result);
  }
}

/** Lines up to each one that goes on, so that `partial` is about the last. */
function runsOf({ stream, lines }: Extract<RunEvent, { type: 'output' }>): Record<string, unknown>[] {
  const runs: { stream: string; lines: string[]; partial: boolean }[] = [];
  for (const { line, partial = false } of lines) {
    const last = runs.at(-1);
    if (last === undefined || last.partial) runs.push({ stream, lines: [line], partial });
    else {
      last.lines.push(line);
      last.partial = partial;
    }
  }
  return runs;
}

function taskJson({ name, command, readyWhen, after = [], allowFailure = false }: RunSpec): Record<string, unknown> {
  const kind = command === undefined ? 'function' : readyWhen === undefined ? 'command' : 'service';
  return { name, kind, after, allow_failure: allowFailure };
}

function resultJson({ name, status, exitCode, startedAt, durationMs, ...rest }: RunResult): Record<string, unknown> {
  return {
    ...{ name, status },
    exit_code: exitCode ?? null,
    started_at: startedAt?.toISOString() ?? null,
    duration_ms: rounded(durationMs),
    attempts: rest.attempts,
    reason: rest.reason ?? null,
    error: rest.error === undefined ? null : errorFacts(rest.error),
  };
}

function runJson({ startedAt, durationMs, criticalPath, ...rest }: RunAllResult): Record<string, unknown> {
  const { passed, failed, skipped, success } = rest;
  return {
    started_at: startedAt.toISOString(),
    duration_ms: rounded(durationMs),
    ...{ passed, failed, skipped, success },
    critical_path: criticalPath,
  };
}

/** To the microsecond: what is finer is noise of the clock. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
