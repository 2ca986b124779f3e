import type { Style } from '../text/style.ts';
import { type Signs, signsFor } from '../text/words.ts';
import { padTo, widest } from '../text/width.ts';
import { chosenRows } from './chosen-rows.ts';
import { footerLine } from './footer.ts';
import type { ForestRow } from './forest.ts';
import { lineOf, type Part } from './line.ts';
import type { RunView, TaskProgress } from './run-progress.ts';
import { detailOf, durationOf, headOf } from './task-parts.ts';

/** What a frame of the tree is drawn for. */
export interface FrameOptions {
  readonly columns: number;
  /** A frame never has more lines. */
  readonly rows: number;
  /** Milliseconds since the run began. */
  readonly nowMs: number;
  readonly style: Style;
  readonly unicode: boolean;
}

/** What the lines of a frame have in common. */
export interface FrameContext extends FrameOptions {
  readonly signs: Signs;
  readonly view: RunView;
}

/** A task in a frame. */
interface FrameRow {
  readonly task: TaskProgress;
  readonly guides: string;
}

const WIDTH_OF_DURATION = 7;

/**
 * The lines of the tree at a moment, none wider than `columns` and no more than `rows`.
 *
 * Where there is room, all tasks with their place in the tree; else those that run and those that failed, then those
 * that ended last and those that wait, and a count of the rest. The last line is the progress.
 */
export function treeFrame(view: RunView, options: FrameOptions): string[] {
  const context: FrameContext = { ...options, view, signs: signsFor(options.unicode) };
  const footer = footerLine(context);
  const room = options.rows - 2;
  if (view.rows.length <= room) return [...taskLines(treeRows(context), context), '', footer];
  if (room < 2) return options.rows < 1 ? [] : [footer];
  const { shown, rest } = chosenRows(view, room - 1);
  const lines = taskLines(
    shown.map((task) => ({ task, guides: '' })),
    context,
  );
  return [...lines, lineOf([[`  ${rest}`, options.style.dim]], options.columns), '', footer];
}

function taskLines(rows: readonly FrameRow[], context: FrameContext): string[] {
  const { columns } = context;
  const heads = rows.map(({ task, guides }) => headOf(task, guides, context));
  const names = heads.map(({ guides, sign, name }) => `${guides}${sign} ${name}`);
  const width = widest(names, Math.max(16, Math.floor(columns * 0.4)));
  return rows.map(({ task }, index) => {
    const { guides, sign, name, paint } = heads[index] ?? { guides: '', sign: '', name: '' };
    const nameWidth = Math.max(0, width - widest([`${guides}${sign} `], width));
    const head: Part[] = [[guides, context.style.dim], [`${sign} `, paint], [padTo(name, nameWidth)]];
    const duration = durationOf(task, context).padStart(WIDTH_OF_DURATION);
    const detail = detailOf(task, context);
    const parts: Part[] = [
      ...head,
      [` ${duration}`, context.style.dim],
      ...(detail[0] === '' ? [] : [['  '] as const, detail]),
    ];
    return lineOf(parts, columns).trimEnd();
  });
}

function treeRows({ view, columns, unicode }: FrameContext): FrameRow[] {
  const deepest = Math.max(1, Math.floor(columns / 12));
  return view.rows.flatMap((row) => {
    const task = view.tasks.get(row.name);
    return task === undefined ? [] : [{ task, guides: guidesOf(row, deepest, unicode) }];
  });
}

/** The lines of the tree before a name; what is deeper than there is room for stands as deep as there is. */
function guidesOf({ lasts }: ForestRow, deepest: number, unicode: boolean): string {
  const own = lasts.at(-1);
  if (own === undefined) return '';
  const above = lasts.slice(0, -1).slice(0, deepest - 1);
  const bars = above.map((last) => (last ? '   ' : unicode ? '│  ' : '|  '));
  return bars.join('') + (unicode ? (own ? '└─ ' : '├─ ') : own ? '`- ' : '|- ');
}
