import type { RunEvent, RunListener } from '../runner/run-event.ts';
import type { RunAllResult } from '../runner/run-result.ts';
import { failuresOf } from './failures.ts';
import { prefixedReporter } from './prefixed-reporter.ts';
import { type ReportClock, systemClock } from './report-clock.ts';
import { checkTarget, type ReporterOptions, type ReportTarget, wantsColors, wantsUnicode } from './report-target.ts';
import { summaryLines } from './summary.ts';
import { type Style, styleFor } from './text/style.ts';
import { type FrameOptions, treeFrame } from './tree/frame.ts';
import { LiveScreen } from './tree/live-screen.ts';
import { RunProgress } from './tree/run-progress.ts';

/** What the reporter of the live tree is given. */
export interface TreeOptions extends ReporterOptions {
  /** Whether signs and lines may be others than ASCII; where the terminal can show them, unless it is given. */
  readonly unicode?: boolean | undefined;
  /** The time; that of the machine unless it is given. */
  readonly clock?: ReportClock | undefined;
}

/** About twelve frames a second. */
const FRAME_MS = 80;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
/** What stays on the terminal at the end may be so much longer than the terminal is high. */
const LONGEST_END = 42;

/**
 * Shows all tasks as a tree in a terminal while they run: what runs with the time and the last line of its output, what
 * waits for what, what is over, and a line of progress. At the end the tree stays, with the last lines of the output of
 * what failed and a summary.
 *
 * About twelve times a second it looks at the size of the terminal and writes a frame in one piece. Where there is not
 * room for all tasks, it shows those that run and those that failed, and counts the rest. The cursor is hidden while the
 * tree is live, and given back also when the program ends in between. Nothing else should write to the terminal
 * meanwhile. Where `to` is no terminal, or one that cannot move its cursor, the lines of `prefixedReporter` are written.
 *
 * @throws `TypeError` where `to` cannot be written to.
 *
 * @example
 * ```ts
 * import { treeReporter } from '@core/process/reporters';
 *
 * let text = '';
 * const to = { write: (piece) => (text += piece), isTTY: true, columns: 80, rows: 24 };
 * const report = treeReporter({ to, colors: false, clock: { now: () => 0, every: () => () => {} } });
 * report({ type: 'planned', atMs: 0, specs: [{ name: 'build' }, { name: 'test', after: ['build'] }], concurrency: 2 });
 * assert.match(text, /○ build/);
 * assert.match(text, /└─ ○ test +after build/);
 * report({ type: 'ended', atMs: 1, result: { results: [], criticalPath: [], durationMs: 1, success: true } });
 * assert.ok(text.includes('\u001b[?25h')); // the cursor is back
 * ```
 */
export function treeReporter(options: TreeOptions): RunListener {
  checkTarget(options.to);
  const { to, env = process.env } = options;
  if (to.isTTY !== true || env['TERM'] === 'dumb') return prefixedReporter(options);
  const tree = new LiveTree(options);
  return (event) => {
    tree.hear(event);
  };
}

class LiveTree {
  readonly #to: ReportTarget;
  readonly #clock: ReportClock;
  readonly #colors: boolean;
  readonly #style: Style;
  readonly #unicode: boolean;
  readonly #progress = new RunProgress();
  readonly #screen: LiveScreen;
  /** What the clock showed when the run began. */
  #origin = 0;
  #stop: () => void = () => undefined;

  constructor(options: TreeOptions) {
    const { to, env = process.env, clock = systemClock, unicode = wantsUnicode(env) } = options;
    this.#to = to;
    this.#clock = clock;
    this.#colors = wantsColors(options);
    this.#style = styleFor(this.#colors);
    this.#unicode = unicode;
    this.#screen = new LiveScreen(to);
  }

  hear(event: RunEvent): void {
    this.#progress.apply(event);
    if (event.type === 'planned') this.#begin(event.atMs);
    if (event.type === 'ended') this.#end(event.result);
  }

  #begin(atMs: number): void {
    this.#stop();
    this.#origin = this.#clock.now() - atMs;
    this.#stop = this.#clock.every(FRAME_MS, () => {
      this.#draw();
    });
    this.#draw();
  }

  #draw(): void {
    const { columns, rows } = this.#size();
    // the cursor stands below the last line
    this.#screen.draw(treeFrame(this.#progress, this.#frame(rows - 1)), columns);
  }

  #end(result: RunAllResult): void {
    this.#stop();
    const { columns, rows } = this.#size();
    const tree = treeFrame(this.#progress, this.#frame(Math.max(rows - 1, LONGEST_END))).slice(0, -2);
    const look = { style: this.#style, colors: this.#colors, unicode: this.#unicode };
    const failures = failuresOf(result.results, look).flatMap(({ title, output }) => {
      return ['', title, ...output.map((line) => `  ${line}`)];
    });
    this.#screen.finish([...tree, ...failures, ...summaryLines(result, { ...look, tasks: false })], columns);
  }

  #frame(rows: number): FrameOptions {
    const nowMs = this.#clock.now() - this.#origin;
    return { columns: this.#size().columns, rows, nowMs, style: this.#style, unicode: this.#unicode };
  }

  #size(): { columns: number; rows: number } {
    return { columns: known(this.#to.columns, DEFAULT_COLUMNS), rows: known(this.#to.rows, DEFAULT_ROWS) };
  }
}

/** A terminal that does not know its size says 0. */
function known(size: number | undefined, otherwise: number): number {
  return size === undefined || size < 1 ? otherwise : size;
}
