import { plainLine } from '../../reporters/text/control.ts';
import { formatDuration } from '../../reporters/text/duration.ts';
import { describeWhy } from '../../reporters/text/words.ts';
import type { RunResult, RunStatus } from '../../runner/run-result.ts';
import type { Span } from '../lanes.ts';

/** The statuses in the order of the legend. */
export const STATUSES: readonly RunStatus[] = ['passed', 'cached', 'failed', 'allowed-failure', 'cancelled', 'skipped'];

/** The status as people write it. */
export function statusWords(status: RunStatus): string {
  return status.replace('-', ' ');
}

/** A task in one line, for those who hear the page. */
export function spokenLabel({ result, startMs }: Span): string {
  const { name, status, durationMs } = result;
  return `${plainLine(name)}: ${statusWords(status)}, ${formatDuration(durationMs)} from ${formatDuration(startMs)}`;
}

/** All that is known of a task in a few lines, the first of them its name. */
export function detailLines({ result, startMs, endMs }: Span, critical: boolean): string[] {
  const { name, status, durationMs, attempts, spec } = result;
  const why = describeWhy(result);
  const after = (spec.after ?? []).map(plainLine);
  return [
    plainLine(name),
    `${statusWords(status)} after ${formatDuration(durationMs)}${critical ? ', on the critical path' : ''}`,
    `from ${formatDuration(startMs)} to ${formatDuration(endMs)}`,
    ...(attempts > 1 ? [`tried ${String(attempts)} times`] : []),
    ...(why === '' ? [] : [why]),
    ...(after.length === 0 ? [] : [`after ${shortList(after)}`]),
  ];
}

function shortList(names: readonly string[]): string {
  const most = 12;
  const more = names.length > most ? [`${String(names.length - most)} more`] : [];
  return [...names.slice(0, most), ...more].join(', ');
}

/** The id of the row that tells of the nth task. */
export function rowId(results: readonly RunResult[]): (result: RunResult) => string {
  const indexes = new Map(results.map((result, index) => [result, index]));
  return (result) => `task-${String(indexes.get(result) ?? 0)}`;
}
