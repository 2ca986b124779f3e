import { element } from './html.ts';
import { htmlPage } from './html-page.ts';
import { spansOf } from './lanes.ts';
import { chart } from './timeline/chart.ts';
import { criticalPathList, heading, legend, type TimelineRun, zoomButtons } from './timeline/facts.ts';
import { rowId } from './timeline/labels.ts';
import { SCRIPT } from './timeline/script.ts';
import { STYLE } from './timeline/style.ts';
import { failures, taskTable } from './timeline/tables.ts';

/** What can be chosen of a page. */
export interface TimelineOptions {
  /** The title of the page; `Timeline` unless it is given. */
  readonly title?: string | undefined;
}

/** With fewer tasks there is nothing to look for. */
const FEW_TASKS = 40;

/**
 * A run as a page of HTML that shows when each task ran, in lanes, with the critical path, what failed and why, and a
 * table of all.
 *
 * The page needs nothing but itself, and its Content-Security-Policy lets it load nothing and run nothing but its own few
 * lines of script, without which it works too. Names, reasons and output are text in it, whatever they hold. It follows
 * the light or dark of the reader. The same run makes the same page.
 *
 * @example
 * ```ts
 * import { timelinePage } from '@core/process/reporters';
 *
 * const startedAt = new Date(0);
 * const spec = { name: '<b>uild' };
 * const build = { ...spec, spec, status: 'passed', exitCode: 0, durationMs: 1500, startedAt, output: '', attempts: 1 };
 * const run = { results: [build], startedAt, durationMs: 1500, criticalPath: ['<b>uild'], success: true };
 * const page = timelinePage(run, { title: 'Nightly build' });
 * assert.match(page, /^<!doctype html>/);
 * assert.match(page, /&lt;b&gt;uild: passed, 1\.5s from 0ms/);
 * ```
 */
export function timelinePage(run: TimelineRun, { title = 'Timeline' }: TimelineOptions = {}): string {
  const spans = spansOf(run);
  const durationMs = spans.reduce((most, { endMs }) => Math.max(most, endMs), Math.max(run.durationMs, 1));
  const { results, criticalPath } = run;
  const zoom = spans.length > FEW_TASKS;
  const body = [
    heading(run, title),
    element(
      'main',
      {},
      zoomButtons(),
      legend(run, zoom),
      chart({ spans, durationMs, criticalPath, idOf: rowId(results) }),
    ),
    criticalPathList(run),
    failures(results),
    taskTable(results, spans),
    element('div', { id: 'tip', role: 'tooltip', hidden: '' }),
  ];
  return htmlPage({ title, style: STYLE, script: SCRIPT, body });
}
