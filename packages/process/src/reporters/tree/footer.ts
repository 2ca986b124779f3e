import { formatDuration } from '../text/duration.ts';
import type { Paint } from '../text/style.ts';
import type { FrameContext } from './frame.ts';
import { lineOf, type Part } from './line.ts';
import type { TaskState } from './run-progress.ts';

const WIDEST_BAR = 40;
/** What stands beside the bar hardly ever needs more; the bar does not change with it, which would flicker. */
const WIDTH_OF_WORDS = 64;

/** How far the run is: a bar, how many tasks are over, the time, what the others do. */
export function footerLine(context: FrameContext): string {
  const { columns, style, nowMs, view } = context;
  const counts = countsOf(context);
  const total = view.rows.length;
  const done = total - counts.running - counts.waiting;
  const parts: Part[] = [
    ...bar(done, counts.failed, context),
    [`${String(done)}/${String(total)}`, style.bold],
    [`  ${formatDuration(Math.max(0, nowMs))}`],
    ...counted(counts.running, 'running', style.cyan),
    ...counted(counts.failed, 'failed', style.red),
    ...counted(counts.skipped, 'skipped', style.dim),
    ...counted(counts.waiting, 'waiting', style.dim),
  ];
  return lineOf(parts, columns);
}

function counted(count: number, word: string, paint: Paint): Part[] {
  return count === 0 ? [] : [['  '], [`${String(count)} ${word}`, paint]];
}

function bar(done: number, failed: number, { columns, view, style, unicode }: FrameContext): Part[] {
  const width = Math.min(WIDEST_BAR, columns - WIDTH_OF_WORDS);
  if (width < 8) return [];
  const full = view.rows.length === 0 ? width : Math.floor((done / view.rows.length) * width);
  const [on, off] = unicode ? ['━', '─'] : ['#', '-'];
  const paint = failed > 0 ? style.red : style.green;
  return [[on.repeat(full), paint], [off.repeat(width - full), style.dim], ['  ']];
}

interface Counts {
  running: number;
  waiting: number;
  failed: number;
  skipped: number;
}

const KIND: Readonly<Partial<Record<TaskState, keyof Counts>>> = {
  ...{ running: 'running', ready: 'running', retrying: 'running', waiting: 'waiting' },
  ...{ failed: 'failed', skipped: 'skipped', cancelled: 'skipped' },
};

function countsOf({ view }: FrameContext): Counts {
  const counts = { running: 0, waiting: 0, failed: 0, skipped: 0 };
  for (const { state } of view.tasks.values()) {
    const kind = KIND[state];
    if (kind !== undefined) counts[kind] += 1;
  }
  return counts;
}
