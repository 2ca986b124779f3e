import { plainLine } from '../../reporters/text/control.ts';
import { formatDuration } from '../../reporters/text/duration.ts';
import type { RunAllResult, RunStatus } from '../../runner/run-result.ts';
import { pathMs, workMs } from '../figures.ts';
import { element, escapeHtml } from '../html.ts';
import { ZOOMS } from './chart.ts';
import { STATUSES, statusWords } from './labels.ts';

/** What of a run the page tells. */
export type TimelineRun = Pick<RunAllResult, 'results' | 'startedAt' | 'durationMs' | 'criticalPath' | 'success'>;

/** Title, verdict and the figures of a run. */
export function heading({ results, startedAt, durationMs, criticalPath, success }: TimelineRun, title: string): string {
  const badge = element('span', { class: `badge ${success ? 'passed' : 'failed'}` }, success ? 'success' : 'failed');
  const at = startedAt.toISOString();
  const time = element('time', { datetime: at }, `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`);
  const work = workMs(results);
  const path = pathMs(results, criticalPath);
  const facts = [
    fact('Duration', formatDuration(durationMs)),
    fact('Tasks', String(results.length)),
    fact('Work', formatDuration(work)),
    fact('Parallelism', durationMs > 0 ? (work / durationMs).toFixed(1) : '–', 'tasks at once'),
    fact('Critical path', formatDuration(path), durationMs > 0 ? `${((path / durationMs) * 100).toFixed(0)} %` : ''),
  ];
  return (
    element('header', {}, element('h1', {}, escapeHtml(title)), badge, time) +
    element('dl', { class: 'facts' }, ...facts)
  );
}

function fact(name: string, value: string, note = ''): string {
  const small = note === '' ? '' : ` ${element('small', {}, note)}`;
  return element('div', {}, element('dt', {}, name), element('dd', {}, value, small));
}

/** What the colours mean, with how many there are of each; and the choice of the zoom. */
export function legend({ results, criticalPath }: TimelineRun, zoom: boolean): string {
  const counts = new Map<RunStatus, number>();
  for (const { status } of results) counts.set(status, (counts.get(status) ?? 0) + 1);
  const items = STATUSES.flatMap((status) => {
    const count = counts.get(status);
    const swatch = element('i', { class: status });
    return count === undefined
      ? []
      : [element('li', {}, swatch, `${statusWords(status)} ${element('b', {}, String(count))}`)];
  });
  const hasService = results.some(({ spec, startedAt }) => spec.readyWhen !== undefined && startedAt !== undefined);
  if (hasService) items.push(element('li', {}, element('i', { class: 'service' }), 'service'));
  if (criticalPath.length > 0) items.push(element('li', {}, element('i', { class: 'way' }), 'critical path'));
  const labels = ZOOMS.map((times) => element('label', { for: `x${String(times)}` }, `${String(times)}×`)).join(' ');
  const choice = zoom ? element('span', { class: 'zoom' }, `Zoom ${labels}`) : '';
  return element('div', { class: 'bar' }, element('ul', { class: 'legend' }, ...items), choice);
}

/** The buttons of the zoom, which stand before all that they change. */
export function zoomButtons(): string {
  return ZOOMS.map((times) => {
    const id = `x${String(times)}`;
    const attributes = {
      class: 'zoom-level',
      type: 'radio',
      name: 'zoom',
      id,
      'aria-label': `${String(times)} times as wide`,
    };
    const checked = times === 1 ? { checked: '' } : {};
    return element('input', { ...attributes, ...checked }).replace('</input>', '');
  }).join('');
}

/** The tasks that decided how long it took, in order. */
export function criticalPathList({ results, criticalPath }: TimelineRun): string {
  if (criticalPath.length === 0) return '';
  const durations = new Map(results.map(({ name, durationMs }) => [name, durationMs]));
  const items = criticalPath.map((name) => {
    const took = element('small', {}, formatDuration(durations.get(name) ?? 0));
    return element('li', {}, `${escapeHtml(plainLine(name))} ${took}`);
  });
  return element('h2', {}, 'Critical path') + element('ol', { class: 'path' }, ...items);
}
