import { element } from '@core/process/reporters';

import { actionsOf, type Tally } from './summary.ts';

const HEIGHT = 160;
const WIDTH = 1000;
/** More days than this are too thin to tell apart: the last ones are shown. */
const MOST_DAYS = 120;
/** A single day is a column, not a wall. */
const WIDEST_STEP = 60;
/** So many dates fit below. */
const MOST_DATES = 8;
const PARTS = ['succeeded', 'failed', 'dryRuns'] as const;

/** A column a day, from the first to the last, also for days on which nothing was done. */
export function daysChart(tallies: readonly Tally[]): string {
  const days = everyDay(tallies).slice(-MOST_DAYS);
  if (days.length === 0) return '';
  const most = Math.max(1, ...days.map(actionsOf));
  const step = Math.min(WIDEST_STEP, WIDTH / days.length);
  const bars = days.map((day, at) => column(day, { x: at * step, width: step * 0.8, most }));
  const every = Math.ceil(days.length / MOST_DATES);
  const dates = days
    .map(({ name }, at) => ({ name, x: (at + 0.4) * step, isShown: at % every === 0 }))
    .filter(({ isShown }) => isShown)
    .map(({ name, x }) => element('text', { x: x.toFixed(1), y: HEIGHT + 18, 'text-anchor': 'middle' }, name.slice(5)));
  const label = element('text', { x: WIDTH, y: -6, 'text-anchor': 'end' }, `most in a day: ${String(most)}`);
  const box = `-24 -20 ${String(WIDTH + 48)} ${String(HEIGHT + 44)}`;
  return element(
    'svg',
    { class: 'days', viewBox: box, role: 'img', 'aria-label': 'Actions by day' },
    label,
    ...bars,
    ...dates,
  );
}

interface Place {
  readonly x: number;
  readonly width: number;
  readonly most: number;
}

function column(day: Tally, { x, width, most }: Place): string {
  let y = HEIGHT;
  const rects = PARTS.filter((part) => day[part] > 0).map((part) => {
    const height = Math.max(2, (day[part] / most) * HEIGHT);
    y -= height;
    const at = { x: x.toFixed(1), y: y.toFixed(1), width: width.toFixed(1), height: height.toFixed(1) };
    return element('rect', { class: part, ...at });
  });
  const told = `${day.name}: ${String(day.succeeded)} done, ${String(day.failed)} failed, ${String(day.dryRuns)} dry`;
  return element('g', { class: 'day' }, element('title', {}, told), ...rects);
}

function everyDay(tallies: readonly Tally[]): Tally[] {
  const [first, last] = [tallies[0], tallies.at(-1)];
  if (first === undefined || last === undefined) return [];
  const known = new Map(tallies.map((tally) => [tally.name, tally]));
  const days: Tally[] = [];
  const end = Date.parse(last.name);
  const start = Math.max(Date.parse(first.name), end - (MOST_DAYS - 1) * DAY_MS);
  for (let ms = start; ms <= end; ms += DAY_MS) {
    const name = new Date(ms).toISOString().slice(0, 10);
    days.push(known.get(name) ?? { ...NOTHING, name });
  }
  return days;
}

const DAY_MS = 86_400_000;
const NOTHING = { succeeded: 0, failed: 0, deadLettered: 0, dryRuns: 0, medianMs: 0, p95Ms: 0, mostMs: 0 };
