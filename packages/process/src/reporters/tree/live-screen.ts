import type { ReportTarget } from '../report-target.ts';
import { widthOf } from '../text/width.ts';
import { CursorGuard } from './cursor-guard.ts';

/** A frame between these is shown at once by terminals that know them; the others ignore them. */
const BEGIN_FRAME = '\u001b[?2026h';
const END_FRAME = '\u001b[?2026l';
/** A line that is wider than the terminal thinks is cut by it, and does not shift the lines below. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_TO_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The lines at the bottom of a terminal that are written anew again and again, each time in one write. */
export class LiveScreen {
  readonly #to: ReportTarget;
  readonly #guard: CursorGuard;
  #drawn: readonly string[] = [];
  #columns = 0;

  constructor(to: ReportTarget) {
    this.#to = to;
    this.#guard = new CursorGuard(() => {
      to.write(WRAP + SHOW_CURSOR);
    });
  }

  /** Puts these lines in the place of those of the last frame; nothing is written where they are the same. */
  draw(lines: readonly string[], columns: number): void {
    if (columns === this.#columns && sameLines(lines, this.#drawn)) return;
    const hide = this.#guard.arm() ? HIDE_CURSOR : '';
    this.#to.write(
      BEGIN_FRAME + hide + NO_WRAP + this.#home(columns) + textOf(lines, columns) + CLEAR_BELOW + WRAP + END_FRAME,
    );
    this.#drawn = lines;
    this.#columns = columns;
  }

  /** Writes lines in the place of the last frame, which stay, and gives the cursor back. */
  finish(lines: readonly string[], columns: number): void {
    this.#to.write(
      BEGIN_FRAME + this.#home(columns) + WRAP + textOf(lines, columns) + CLEAR_BELOW + SHOW_CURSOR + END_FRAME,
    );
    this.#drawn = [];
    this.#guard.disarm();
  }

  /** To the first line of the last frame; a terminal that became narrower has broken its lines anew. */
  #home(columns: number): string {
    const height = this.#drawn.reduce((rows, line) => rows + this.#heightOf(line, columns), 0);
    return height === 0 ? '\r' : `\r\u001b[${String(height)}A`;
  }

  #heightOf(line: string, columns: number): number {
    if (columns >= this.#columns) return 1;
    return Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns)));
  }
}

/**
 * Each line is cleared behind its text, not before: clearing the whole screen would move the old one up into what the
 * terminal remembers. After the last column the cursor still stands on it, and what is there would be cleared.
 */
function textOf(lines: readonly string[], columns: number): string {
  return lines.map((line) => `${line}${isFull(widthOf(line), columns) ? '' : CLEAR_TO_LINE_END}\n`).join('');
}

function isFull(width: number, columns: number): boolean {
  return width > 0 && width % columns === 0;
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
