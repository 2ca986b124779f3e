import { element, escapeHtml, formatDuration, htmlPage } from '@core/process/reporters';

import type { JournalLine } from '../journal/journal-entry.ts';
import { daysChart } from './days-chart.ts';
import { STYLE } from './style.ts';
import { actionsOf, type JournalSummary, type Tally } from './summary.ts';

/** What can be chosen of a page. */
export interface ReportOptions {
  /** The title of the page; `Journal` unless it is given. */
  readonly title?: string | undefined;
}

/** A journal can have thousands of repositories; the quiet ones are left out. */
const MOST_ROWS = 200;

/**
 * A journal as a page of HTML: what was done, by repository, handler and day, how long it took, and what failed.
 *
 * The page needs nothing but itself, and may load and run nothing. Names and errors are text in it, whatever they hold. It
 * follows the light or dark of the reader. The same summary makes the same page.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { Journal } from '@core/jobrunner';
 * import { reportPage, summarize } from '@core/jobrunner/report';
 *
 * const journal = await Journal.open({ medium: new MemoryMedium(), baseDir: 'journal' });
 * const page = reportPage(await summarize(journal.entries()), { title: 'Our <bots>' });
 * assert.match(page, /<h1>Our &lt;bots&gt;<\/h1>/);
 * assert.match(page, /Nothing was done yet/);
 * await journal.close();
 * ```
 */
export function reportPage(summary: JournalSummary, { title = 'Journal' }: ReportOptions = {}): string {
  const isEmpty = actionsOf(summary.total) + summary.total.deadLettered === 0;
  const body = [
    heading(summary, title),
    isEmpty ? element('p', { class: 'empty' }, 'Nothing was done yet.') : main(summary),
  ];
  return htmlPage({ title, style: STYLE, body });
}

function heading({ total, from, to }: JournalSummary, title: string): string {
  const span =
    from === undefined || to === undefined ? '' : element('time', {}, `${shortTime(from)} – ${shortTime(to)}`);
  const facts = [
    ['Done', String(total.succeeded)],
    ['Failed', String(total.failed)],
    ['Given up', String(total.deadLettered)],
    ['Dry runs', String(total.dryRuns)],
    ['Median', formatDuration(total.medianMs)],
    ['95 % within', formatDuration(total.p95Ms)],
  ] as const;
  const list = facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('header', {}, element('h1', {}, escapeHtml(title)), span) + element('dl', { class: 'facts' }, ...list);
}

function main({ days, repos, handlers, failures }: JournalSummary): string {
  const legend = ['succeeded', 'failed', 'dryRuns'] as const;
  const words = { succeeded: 'done', failed: 'failed', dryRuns: 'dry run' };
  const keys = legend.map((part) => element('li', {}, element('i', { class: part }), words[part]));
  return [
    element('h2', {}, 'By day'),
    element('ul', { class: 'legend' }, ...keys),
    element('div', { class: 'panel' }, daysChart(days)),
    table('By handler', 'Handler', handlers),
    table('By repository', 'Repository', repos),
    failureTable(failures),
  ].join('\n');
}

const HEADS = ['Done', 'Failed', 'Given up', 'Dry runs', 'Median', '95 %', 'Longest'];

function table(title: string, what: string, tallies: readonly Tally[]): string {
  const head = [
    element('th', { scope: 'col' }, what),
    ...HEADS.map((name) => element('th', { scope: 'col', class: 'number' }, name)),
  ];
  const rows = tallies.slice(0, MOST_ROWS).map((tally) => element('tr', {}, ...cellsOf(tally)));
  const more = tallies.length - MOST_ROWS;
  const rest = more > 0 ? element('p', { class: 'more' }, `and ${String(more)} more with fewer actions`) : '';
  return element('h2', {}, title) + rowsOf(head, rows) + rest;
}

function cellsOf(tally: Tally): string[] {
  const { name, succeeded, failed, deadLettered, dryRuns, medianMs, p95Ms, mostMs } = tally;
  const isTimed = succeeded + failed > 0;
  const counts = [succeeded, failed, deadLettered, dryRuns].map((count) => (count === 0 ? '' : String(count)));
  const times = [medianMs, p95Ms, mostMs].map((ms) => (isTimed ? formatDuration(ms) : ''));
  const numbers = [...counts, ...times].map((text, at) =>
    element('td', { class: at === 1 && failed > 0 ? 'number bad' : 'number' }, text),
  );
  return [element('td', {}, escapeHtml(name)), ...numbers];
}

function failureTable(failures: readonly JournalLine[]): string {
  if (failures.length === 0) return element('h2', {}, 'Failures') + element('p', { class: 'empty' }, 'None.');
  const head = ['When', 'Repository', 'PR', 'Action', 'Try', 'Why'].map((name) =>
    element('th', { scope: 'col' }, name),
  );
  const rows = failures.map(({ ts, repo, pr, child, action, attempt, phase, result }) => {
    const tried = phase === 'dead_letter' ? 'given up' : String(attempt ?? 1);
    const number = pr > 0 ? `#${String(pr)}` : `issue #${String(child)}`;
    const cells = [shortTime(ts), repo, number, action, tried, result.error ?? ''];
    return element('tr', {}, ...cells.map((text) => element('td', {}, escapeHtml(text))));
  });
  return element('h2', {}, 'Failures') + rowsOf(head, rows);
}

function rowsOf(head: readonly string[], rows: readonly string[]): string {
  const top = element('thead', {}, element('tr', {}, ...head));
  return element('div', { class: 'rows' }, element('table', {}, top, element('tbody', {}, ...rows)));
}

/** `2026-02-05 12:00`, by UTC. */
function shortTime(ts: string): string {
  return `${ts.slice(0, 10)} ${ts.slice(11, 16)}`;
}
