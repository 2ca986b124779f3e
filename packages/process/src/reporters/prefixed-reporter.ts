import type { RunEvent, RunListener, RunTaskOutput } from '../runner/run-event.ts';
import { checkTarget, type ReporterOptions, type ReportTarget, wantsColors } from './report-target.ts';
import { summaryLines } from './summary.ts';
import { LineCleaner, plainLine } from './text/control.ts';
import { formatDuration } from './text/duration.ts';
import { type Paint, type Style, styleFor } from './text/style.ts';
import { padTo, widest } from './text/width.ts';
import { describeResult, firstLine, paintOf } from './text/words.ts';

/** What the reporter of prefixed lines is given. */
export interface PrefixedOptions extends ReporterOptions {
  /** Where stderr of the tasks goes; it goes to `to` unless this is given. */
  readonly stderrTo?: ReportTarget | undefined;
}

/** Names are padded to the longest, but not to more than this. */
const WIDEST_NAME = 40;

/**
 * Writes each line of output at once, after the name of its task: `build | compiled`. Lines of stderr have `!` for `|`;
 * what happens to the task has `:`. At the end comes a summary.
 *
 * Colours of the tasks' own are kept where the report has colours, and end with their line. All other control
 * sequences are taken out, so that no task can move the cursor, clear the screen or rename the window. A line that
 * comes in pieces is written on in one line as long as nothing comes between.
 *
 * @throws `TypeError` where `to` or `stderrTo` cannot be written to.
 *
 * @example
 * ```ts
 * import { prefixedReporter } from '@core/process/reporters';
 *
 * let text = '';
 * const report = prefixedReporter({ to: { write: (piece) => (text += piece) }, colors: false });
 * report({ type: 'planned', atMs: 0, specs: [{ name: 'lint' }, { name: 'build' }], concurrency: 2 });
 * const lines = [{ stream: 'stdout', line: '\u001b[2Jno problems' }];
 * report({ type: 'output', atMs: 9, name: 'lint', stream: 'stdout', lines });
 * assert.equal(text, 'lint  | no problems\n');
 * ```
 */
export function prefixedReporter(options: PrefixedOptions): RunListener {
  checkTarget(options.to);
  if (options.stderrTo !== undefined) checkTarget(options.stderrTo, 'stderrTo');
  const { to, stderrTo = to } = options;
  const out = new PrefixedWriter(to, wantsColors(options));
  const err = stderrTo === to ? out : new PrefixedWriter(stderrTo, wantsColors({ ...options, to: stderrTo }));
  return (event) => {
    if (event.type === 'planned') for (const writer of new Set([out, err])) writer.plan(event.specs);
    else if (event.type === 'output') (event.stream === 'stderr' ? err : out).output(event);
    else out.news(event);
  };
}

/** Writes to one target. */
class PrefixedWriter {
  readonly #to: ReportTarget;
  readonly #colors: boolean;
  readonly #style: Style;
  #paints = new Map<string, Paint>();
  #width = 0;
  readonly #cleaners = new Map<string, LineCleaner>();
  /** Whose piece of a line stands at the end, without a line end. */
  #open: string | undefined;

  constructor(to: ReportTarget, colors: boolean) {
    this.#to = to;
    this.#colors = colors;
    this.#style = styleFor(colors);
  }

  plan(specs: readonly { readonly name: string }[]): void {
    this.#paints = new Map(specs.map(({ name }, index) => [name, this.#style.task(index)]));
    this.#width = widest(
      specs.map(({ name }) => plainLine(name)),
      WIDEST_NAME,
    );
  }

  output({ name, stream, lines }: RunTaskOutput): void {
    const key = `${stream} ${name}`;
    const cleaner = this.#cleanerOf(key);
    const prefix = this.#prefix(name, stream === 'stderr' ? '!' : '|');
    let text = '';
    for (const { line, partial = false } of lines) {
      const clean = cleaner.clean(line);
      // no space at the end of an empty line
      if (this.#open !== key) text += this.#endOfOpen() + (clean === '' && !partial ? prefix.trimEnd() : prefix);
      text += clean + (partial ? '' : '\n');
      this.#open = partial ? key : undefined;
    }
    this.#to.write(text);
  }

  news(event: RunEvent): void {
    const text = this.#newsOf(event);
    if (text !== '') this.#to.write(this.#endOfOpen() + text);
  }

  #newsOf(event: RunEvent): string {
    switch (event.type) {
      case 'finished': {
        const { name, result } = event;
        for (const stream of ['stdout', 'stderr']) this.#cleaners.delete(`${stream} ${name}`);
        return this.#line(name, paintOf(result.status, this.#style)(describeResult(result)));
      }
      case 'ready':
        return this.#line(event.name, this.#style.green('ready'));
      case 'retrying': {
        const next = `try ${String(event.attempt)} in ${formatDuration(event.delayMs)}: ${firstLine(event.error)}`;
        return this.#line(event.name, this.#style.yellow(next));
      }
      case 'ended':
        return summaryLines(event.result, { style: this.#style })
          .map((line) => `${line}\n`)
          .join('');
      case 'planned':
      case 'started':
      case 'output':
        return '';
    }
  }

  #line(name: string, text: string): string {
    return `${this.#prefix(name, ':')}${text}\n`;
  }

  #prefix(name: string, mark: string): string {
    const plain = plainLine(name);
    const label = padTo(plain, Math.max(this.#width, widest([plain], WIDEST_NAME))); // also one that no plan named
    const paint = this.#paints.get(name) ?? this.#style.bold;
    return `${paint(`${label} ${mark}`)} `;
  }

  #endOfOpen(): string {
    if (this.#open === undefined) return '';
    this.#open = undefined;
    return '\n';
  }

  #cleanerOf(key: string): LineCleaner {
    let cleaner = this.#cleaners.get(key);
    if (cleaner === undefined) this.#cleaners.set(key, (cleaner = new LineCleaner(this.#colors)));
    return cleaner;
  }
}
