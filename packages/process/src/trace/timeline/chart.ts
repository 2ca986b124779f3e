import { plainLine } from '../../reporters/text/control.ts';
import { formatDuration } from '../../reporters/text/duration.ts';
import { widthOf } from '../../reporters/text/width.ts';
import type { RunResult } from '../../runner/run-result.ts';
import { ticksOf } from '../axis.ts';
import { element, escapeHtml, tag } from '../html.ts';
import type { Span } from '../lanes.ts';
import { detailLines, spokenLabel } from './labels.ts';

/** What the chart is drawn from. */
export interface ChartInput {
  readonly spans: readonly Span[];
  /** The whole width of the chart. */
  readonly durationMs: number;
  readonly criticalPath: readonly string[];
  readonly idOf: (result: RunResult) => string;
}

/** How many times wider the chart can be made. */
export const ZOOMS = [1, 4, 16] as const;

const LANE = 28;
const BAR = 22;
const TOP = 8;
const AXIS = 26;
const TICKS = 10;
/** A page is about so wide; text that would not fit then is left out until it does. */
const USUAL_WIDTH = 1100;
const CHARACTER = 7.2;
const LEAST_PERCENT = 0.12;

/** Time axis, lanes, bars, and the way of the critical path; horizontal places are percentages, so that it has any width. */
export function chart(input: ChartInput): string {
  const lanes = input.spans.reduce((most, { lane }) => Math.max(most, lane + 1), 1);
  const height = TOP + lanes * LANE;
  const label = `${String(input.spans.length)} tasks in ${String(lanes)} lanes over ${formatDuration(input.durationMs)}`;
  const plane = element(
    'svg',
    { height, role: 'group', 'aria-label': label },
    stripes(lanes),
    grid(input, height),
    bars(input),
    way(input),
  );
  const axis = element(
    'div',
    { class: 'axis' },
    element('svg', { height: AXIS, 'aria-hidden': 'true' }, axisLabels(input)),
  );
  const attributes = { class: 'chart', tabindex: 0, role: 'region', 'aria-label': 'Timeline' };
  return element('div', attributes, element('div', { class: 'plane' }, axis, plane));
}

function stripes(lanes: number): string {
  return Array.from({ length: Math.ceil(lanes / 2) }, (_, index) => {
    const y = TOP + (2 * index - 0.5) * LANE + BAR / 2;
    return tag('rect', { class: 'stripe', x: '-14', y, width: '110%', height: LANE }) + '</rect>';
  }).join('');
}

function perZoom({ durationMs }: ChartInput, draw: (share: number, label: string) => string): string {
  return ZOOMS.map((zoom) => {
    const ticks = ticksOf(durationMs, TICKS * zoom);
    return element(
      'g',
      { class: `for-x${String(zoom)}` },
      ...ticks.map(({ atMs, label }) => draw(atMs / durationMs, label)),
    );
  }).join('');
}

function grid(input: ChartInput, height: number): string {
  return perZoom(input, (share) => {
    const x = percent(share);
    return `${tag('line', { class: 'grid', x1: x, x2: x, y1: 0, y2: height })}</line>`;
  });
}

/** The last one may stand at the very end, and reaches to the left. */
function axisLabels(input: ChartInput): string {
  return perZoom(input, (share, label) => {
    const anchor = share > 0.97 ? 'end' : undefined;
    return element('text', { x: percent(share), y: 17, 'text-anchor': anchor }, escapeHtml(label));
  });
}

function bars(input: ChartInput): string {
  const critical = new Set(input.criticalPath);
  const followers = nextStarts(input);
  return input.spans
    .map((span, index) =>
      bar(span, { ...input, critical: critical.has(span.result.name), until: followers[index] ?? 0 }),
    )
    .join('');
}

function classesOf({ status, spec }: RunResult, critical: boolean): string {
  const isService = spec.readyWhen !== undefined;
  return `task ${status}${isService ? ' service' : ''}${critical ? ' critical' : ''}`;
}

/** When the next of the same lane begins: a bar that is too short to be seen may grow so far. */
function nextStarts({ spans, durationMs }: ChartInput): number[] {
  const next = new Map<number, number>();
  const starts = spans.map(() => durationMs);
  for (const [index, { lane, startMs }] of [...spans.entries()].reverse()) {
    starts[index] = next.get(lane) ?? durationMs;
    next.set(lane, startMs);
  }
  return starts;
}

function bar(
  span: Span,
  { durationMs, idOf, critical, until }: ChartInput & { critical: boolean; until: number },
): string {
  const { result, startMs, endMs, lane } = span;
  const room = Math.max(endMs, until) - startMs;
  const share = Math.max((endMs - startMs) / durationMs, Math.min(LEAST_PERCENT / 100, room / durationMs));
  const attributes = {
    class: classesOf(result, critical),
    ...{ x: percent(startMs / durationMs), y: TOP + lane * LANE, width: percent(share), height: BAR },
    ...{ overflow: 'visible', role: 'img', 'aria-label': spokenLabel(span), 'data-row': idOf(result) },
  };
  const title = element('title', {}, escapeHtml(detailLines(span, critical).join('\n')));
  const rect = `${tag('rect', { width: '100%', height: BAR, rx: 4 })}</rect>`;
  return element('svg', attributes, title, rect, barText(result, share, room / durationMs - share));
}

/**
 * The name inside of the bar, with the time where there is room for it; cut at the end of the bar. Beside the bar where it
 * has no room inside and nothing follows.
 */
function barText({ name, durationMs }: RunResult, share: number, gap: number): string {
  const text = plainLine(name);
  const took = formatDuration(durationMs);
  const short = Math.min(widthOf(text), 3) * CHARACTER + 10;
  const long = (widthOf(text) + took.length + 1) * CHARACTER + 12;
  const zoom = zoomFor(share, short);
  if (zoom !== 1 && zoomFor(gap, long) === 1) {
    return element('text', { class: 'beside', x: '100%', dx: 6, y: 15 }, escapeHtml(text), tookSpan(took, 1));
  }
  if (zoom === undefined) return '';
  const label = element('text', { x: 7, y: 15 }, escapeHtml(text), tookSpan(took, zoomFor(share, long)));
  return element('svg', { class: classFrom('', zoom), width: '100%', height: BAR }, label);
}

/** The least zoom at which a share of the width has so many pixels. */
function zoomFor(share: number, pixels: number): number | undefined {
  return ZOOMS.find((times) => share * USUAL_WIDTH * times >= pixels);
}

function tookSpan(took: string, zoom: number | undefined): string {
  return zoom === undefined ? '' : element('tspan', { class: classFrom('took', zoom), dx: 7 }, took);
}

function classFrom(name: string, zoom: number): string | undefined {
  const classes = [name, zoom === 1 ? '' : `from-x${String(zoom)}`].filter((one) => one !== '');
  return classes.length === 0 ? undefined : classes.join(' ');
}

/** From the end of each task of the critical path to the beginning of the next. */
function way({ spans, criticalPath, durationMs }: ChartInput): string {
  const byName = new Map(spans.map((span) => [span.result.name, span]));
  const path = criticalPath.flatMap((name) => byName.get(name) ?? []);
  const lines = path.slice(1).map((to, index) => {
    const from = path[index] ?? to;
    const [x1, x2] = [percent(Math.min(from.endMs, to.startMs) / durationMs), percent(to.startMs / durationMs)];
    const [y1, y2] = [middleOf(from), middleOf(to)];
    const [edge, border] = y1 < y2 ? [y1 + BAR / 2, y2 - BAR / 2] : [y1 - BAR / 2, y2 + BAR / 2];
    if (y1 === y2) return `${tag('line', { x1, x2, y1, y2 })}</line>`;
    return `${tag('line', { x1, x2, y1: edge, y2: edge })}</line>${tag('line', { x1: x2, x2, y1: edge, y2: border })}</line>`;
  });
  return element('g', { class: 'way', 'aria-hidden': 'true' }, ...lines);
}

function middleOf({ lane }: Span): number {
  return TOP + lane * LANE + BAR / 2;
}

/** Four digits after the point are less than a pixel at the highest zoom. */
function percent(share: number): string {
  return `${String(Math.round(share * 1_000_000) / 10_000)}%`;
}
