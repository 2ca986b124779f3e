import { plainLine } from '../../reporters/text/control.ts';
import { formatDuration } from '../../reporters/text/duration.ts';
import { lastLines } from '../../reporters/text/line-log.ts';
import { describeWhy, firstLine } from '../../reporters/text/words.ts';
import type { RunResult } from '../../runner/run-result.ts';
import { element, escapeHtml } from '../html.ts';
import type { Span } from '../lanes.ts';
import { rowId, statusWords } from './labels.ts';

/** So many lines of output tell why something failed. */
const END_LINES = 20;
/** A longer table is folded at first. */
const LONG_TABLE = 60;

/** More of them nobody reads; the others are in the table. */
const MOST_FAILURES = 50;

/** What failed, why, and the end of what it wrote; allowed failures come after the others. */
export function failures(results: readonly RunResult[]): string {
  const failed = results.filter(({ status }) => status === 'failed');
  const all = [...failed, ...results.filter(({ status }) => status === 'allowed-failure')];
  if (all.length === 0) return '';
  const more = all.length - MOST_FAILURES;
  const rest = more > 0 ? element('p', { class: 'more' }, `and ${String(more)} more in the table below`) : '';
  return element('h2', {}, 'Failures') + all.slice(0, MOST_FAILURES).map(failureArticle).join('') + rest;
}

function failureArticle(result: RunResult): string {
  const { name, status, durationMs, error } = result;
  const output = lastLines(result.output, END_LINES, false).join('\n');
  const verdict = element('small', {}, `${statusWords(status)} after ${formatDuration(durationMs)}`);
  const why = error === undefined ? describeWhy(result) : firstLine(error);
  return element(
    'article',
    status === 'failed' ? {} : { class: 'allowed' },
    element('h3', {}, `${escapeHtml(plainLine(name))} ${verdict}`),
    why === '' ? '' : element('p', {}, escapeHtml(why)),
    output === '' ? '' : element('pre', {}, escapeHtml(output)),
  );
}

const HEADS = ['Task', 'Status', 'Start', 'Duration', 'Tries', 'Exit', 'Why'];
const NUMBERS: ReadonlySet<string> = new Set(['Start', 'Duration', 'Tries', 'Exit']);

/** All tasks in the order of the specs, also those that did not run. */
export function taskTable(results: readonly RunResult[], spans: readonly Span[]): string {
  const starts = new Map(spans.map(({ result, startMs }) => [result, startMs]));
  const idOf = rowId(results);
  const rows = results.map((result) => {
    const startMs = starts.get(result);
    return element('tr', { id: idOf(result) }, ...cellsOf(result, startMs));
  });
  const head = HEADS.map((name) =>
    element('th', { scope: 'col', class: NUMBERS.has(name) ? 'number' : undefined }, name),
  );
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows));
  const open = results.length > LONG_TABLE ? {} : { open: '' };
  return element('details', open, element('summary', {}, 'All tasks'), element('div', { class: 'rows' }, table));
}

function cellsOf(result: RunResult, startMs: number | undefined): string[] {
  const { name, status, durationMs, attempts, exitCode } = result;
  const ran = startMs !== undefined;
  const badge = element('span', { class: `badge ${status}` }, statusWords(status));
  const number = { class: 'number' };
  return [
    element('td', {}, escapeHtml(plainLine(name))),
    element('td', {}, badge),
    element('td', number, ran ? formatDuration(startMs) : ''),
    element('td', number, ran ? formatDuration(durationMs) : ''),
    element('td', number, attempts > 1 ? String(attempts) : ''),
    element('td', number, exitCode === undefined ? '' : String(exitCode)),
    element('td', {}, escapeHtml(describeWhy(result))),
  ];
}
