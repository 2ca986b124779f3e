import type { RunResult, RunStatus } from '../../runner/run-result.ts';
import { errorFacts } from '../../trace/error-facts.ts';
import { plainLine } from './control.ts';
import { formatDuration } from './duration.ts';
import type { Paint, Style } from './style.ts';

/** The sign of each status. */
export type Signs = Readonly<Record<RunStatus | 'waiting', string>>;

const SIGNS: Signs = {
  passed: '✓',
  cached: '↺',
  failed: '✗',
  'allowed-failure': '!',
  skipped: '-',
  cancelled: '⊘',
  waiting: '○',
};
const ASCII_SIGNS: Signs = {
  passed: '+',
  cached: '=',
  failed: 'x',
  'allowed-failure': '!',
  skipped: '-',
  cancelled: '/',
  waiting: '.',
};

/** The signs that a terminal can show. */
export function signsFor(unicode: boolean): Signs {
  return unicode ? SIGNS : ASCII_SIGNS;
}

/** The look of each status. */
export function paintOf(status: RunStatus, style: Style): Paint {
  switch (status) {
    case 'passed':
      return style.green;
    case 'cached':
      return style.blue;
    case 'failed':
      return style.red;
    case 'allowed-failure':
      return style.yellow;
    case 'skipped':
    case 'cancelled':
      return style.dim;
  }
}

/** How a task ended, as half a sentence in one line: "passed in 1.2s", "skipped: test failed". */
export function describeResult(result: RunResult): string {
  const { status, durationMs, attempts } = result;
  const words = status.replace('-', ' ');
  if (status === 'cached') return words;
  const tries = attempts > 1 ? `, try ${String(attempts)}` : '';
  const took = `${status === 'passed' ? 'in' : 'after'} ${formatDuration(durationMs)}${tries}`;
  const why = describeWhy(result);
  const timed = result.startedAt === undefined ? words : `${words} ${took}`;
  return why === '' ? timed : `${timed}: ${why}`;
}

/** Why a task did not pass, in one line: its exit code, else the error's first line, else the reason. */
export function describeWhy({ status, exitCode, error, reason }: RunResult): string {
  if (status === 'passed' || status === 'cached') return '';
  if (exitCode !== undefined && exitCode !== 0) return `exit code ${String(exitCode)}`;
  if (reason !== undefined) return plainLine(reason);
  return error === undefined ? '' : firstLine(error);
}

/** The first line of what an error says. */
export function firstLine(error: unknown): string {
  return plainLine(errorFacts(error).message.split('\n', 1)[0] ?? '');
}
