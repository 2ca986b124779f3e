import type { RunAllResult, RunResult, RunStatus } from '../runner/run-result.ts';
import { pathMs, workMs } from '../trace/figures.ts';
import { plainLine } from './text/control.ts';
import { formatDuration } from './text/duration.ts';
import type { Style } from './text/style.ts';
import { fit, padTo, widest } from './text/width.ts';
import { describeWhy, paintOf, signsFor } from './text/words.ts';

/** How a summary looks. */
export interface SummaryOptions {
  readonly style: Style;
  /** Whether signs may be others than ASCII; they may unless it is given. */
  readonly unicode?: boolean | undefined;
  /** Whether the tasks are listed; they are unless it is given. */
  readonly tasks?: boolean | undefined;
}

/** Of a longer run only what went wrong and the slowest are listed. */
const MOST_TASKS = 30;
const WIDEST_NAME = 40;
/** A longer path is cut: it is in the result. */
const LONGEST_PATH = 400;

/** The end of a report: the tasks with status and duration, the critical path, the parallelism, the count. */
export function summaryLines(result: RunAllResult, options: SummaryOptions): string[] {
  const tasks = options.tasks === false ? [] : taskLines(result.results, options);
  return ['', ...tasks, ...pathLines(result, options), countLine(result, options.style)];
}

/** What decides how long the run took, and how well the machine was used. */
function pathLines(
  { results, criticalPath, durationMs }: RunAllResult,
  { style, unicode = true }: SummaryOptions,
): string[] {
  const path = formatDuration(pathMs(results, criticalPath));
  const names = fit(criticalPath.map(plainLine).join(unicode ? ' → ' : ' -> '), LONGEST_PATH);
  const work = workMs(results);
  const parallelism = (work / durationMs).toFixed(1);
  return [
    ...(names === '' ? [] : [`${style.dim('critical path')}  ${names} ${style.dim(`(${path})`)}`]),
    ...(work === 0 || durationMs === 0
      ? []
      : [`${style.dim('parallelism')}    ${parallelism} ${style.dim(`(${formatDuration(work)} of work)`)}`]),
  ];
}

/** The last line: "12 tasks: 9 passed, 1 cached, 1 failed, 1 skipped in 5.3s". */
function countLine({ results, durationMs, success }: RunAllResult, style: Style): string {
  const counts = new Map<RunStatus, number>();
  for (const { status } of results) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...STATUSES].flatMap((status) => {
    const count = counts.get(status);
    const words = `${String(count)} ${count === 1 ? SINGULAR[status] : PLURAL[status]}`;
    return count === undefined ? [] : [paintOf(status, style)(words)];
  });
  const what = results.length === 1 ? '1 task' : `${String(results.length)} tasks`;
  const painted = (success ? style.green : style.red)(what);
  return `${style.bold(painted)}: ${parts.join(', ')}${parts.length > 0 ? ' ' : ''}in ${formatDuration(durationMs)}`;
}

const STATUSES = ['passed', 'cached', 'allowed-failure', 'failed', 'skipped', 'cancelled'] as const;
const SINGULAR: Readonly<Record<RunStatus, string>> = {
  ...{ passed: 'passed', cached: 'cached', failed: 'failed', skipped: 'skipped', cancelled: 'cancelled' },
  'allowed-failure': 'allowed failure',
};
const PLURAL: Readonly<Record<RunStatus, string>> = { ...SINGULAR, 'allowed-failure': 'allowed failures' };

function taskLines(results: readonly RunResult[], { style, unicode = true }: SummaryOptions): string[] {
  const shown = listed(results);
  const width = widest(
    shown.map(({ name }) => plainLine(name)),
    WIDEST_NAME,
  );
  const signs = signsFor(unicode);
  const lines = shown.map((result) => {
    const { status, name, durationMs, startedAt } = result;
    const paint = paintOf(status, style);
    const took = startedAt === undefined ? '' : formatDuration(durationMs);
    const words = `${paint(signs[status])} ${padTo(plainLine(name), width)}  ${took.padStart(7)}  ${paint(wordsOf(result))}`;
    return words.trimEnd();
  });
  const rest = results.length - shown.length;
  return rest === 0 ? lines : [...lines, style.dim(`  and ${String(rest)} more`)];
}

function wordsOf(result: RunResult): string {
  const why = describeWhy(result);
  return why === '' ? result.status.replace('-', ' ') : `${result.status.replace('-', ' ')}: ${why}`;
}

/** In the order of the specs: all, or of many those that went wrong and the slowest. */
function listed(results: readonly RunResult[]): readonly RunResult[] {
  if (results.length <= MOST_TASKS) return results;
  const rank = ({ status }: RunResult): number => (status === 'failed' ? 0 : status === 'allowed-failure' ? 1 : 2);
  const first = [...results].sort((a, b) => rank(a) - rank(b) || b.durationMs - a.durationMs).slice(0, MOST_TASKS);
  const chosen = new Set(first);
  return results.filter((result) => chosen.has(result));
}
