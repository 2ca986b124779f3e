import type { RunEvent, RunListener } from '../runner/run-event.ts';
import type { RunAllResult, RunResult } from '../runner/run-result.ts';
import { failuresOf, type FailureOptions } from './failures.ts';
import { annotateError, beginGroup, defused, endGroup, inert } from './github-commands.ts';
import { checkTarget, type ReporterOptions, type ReportTarget, wantsColors } from './report-target.ts';
import { summaryLines } from './summary.ts';
import { plainLine } from './text/control.ts';
import { formatDuration } from './text/duration.ts';
import { LineLog } from './text/line-log.ts';
import { styleFor } from './text/style.ts';
import { describeResult, firstLine, paintOf, signsFor } from './text/words.ts';

/** What the reporter of groups is given. */
export interface GroupedOptions extends ReporterOptions {
  /** With the commands of GitHub Actions; unless it is given, where `GITHUB_ACTIONS` is `true`. */
  readonly github?: boolean | undefined;
  /** How much of the output of one task is kept until it ends, in characters; 4,194,304 unless it is given. */
  readonly mostCharacters?: number | undefined;
}

const MOST_CHARACTERS = 2 ** 22;

/**
 * Writes the output of each task in one block when the task is over, for logs that are read afterwards. What failed is
 * shown once more at the end with the last lines of its output, before the summary.
 *
 * On GitHub Actions each block can be folded and each failure is an annotation. Output of a task stands between
 * `::stop-commands::` and a token that nobody can guess, so that no task can give the runner a command.
 *
 * @throws `TypeError` where `to` cannot be written to.
 *
 * @example
 * ```ts
 * import { groupedReporter } from '@core/process/reporters';
 *
 * let text = '';
 * const report = groupedReporter({ to: { write: (piece) => (text += piece) }, github: false, colors: false });
 * const lines = [{ stream: 'stdout', line: 'compiled' }];
 * report({ type: 'output', atMs: 9, name: 'build', stream: 'stdout', lines });
 * assert.equal(text, '');
 * const times = { startedAt: new Date(0), durationMs: 1200 };
 * const result = { name: 'build', spec: { name: 'build' }, status: 'passed', exitCode: 0, output: '', attempts: 1, ...times };
 * report({ type: 'finished', atMs: 1200, name: 'build', result });
 * assert.equal(text, '✓ build passed in 1.2s\ncompiled\n\n');
 * ```
 */
export function groupedReporter(options: GroupedOptions): RunListener {
  checkTarget(options.to);
  const reporter = new Grouped(options);
  return (event) => {
    reporter.hear(event);
  };
}

class Grouped {
  readonly #to: ReportTarget;
  readonly #github: boolean;
  readonly #mostCharacters: number;
  readonly #look: FailureOptions;
  readonly #logs = new Map<string, LineLog>();

  constructor(options: GroupedOptions) {
    const {
      to,
      env = process.env,
      github = env['GITHUB_ACTIONS'] === 'true',
      mostCharacters = MOST_CHARACTERS,
    } = options;
    this.#to = to;
    this.#github = github;
    this.#mostCharacters = mostCharacters;
    const colors = github ? wantsColors({ ...options, to: { write: () => true, isTTY: true } }) : wantsColors(options);
    this.#look = { colors, style: styleFor(colors) };
  }

  hear(event: RunEvent): void {
    switch (event.type) {
      case 'output':
        this.#logOf(event.name).add(event.lines);
        return;
      case 'retrying': {
        const { name, attempt, delayMs, error } = event;
        const note = `try ${String(attempt)} in ${formatDuration(delayMs)}: ${firstLine(error)}`;
        this.#logOf(name).note(this.#look.style.yellow(note));
        return;
      }
      case 'finished':
        this.#to.write(this.#block(event.result));
        return;
      case 'ended':
        this.#to.write(this.#end(event.result));
        return;
      case 'planned':
        this.#logs.clear();
        return;
      case 'started':
      case 'ready':
    }
  }

  /** The whole of a task in one write, so that nothing gets between. */
  #block(result: RunResult): string {
    const { name, status } = result;
    const lines = this.#linesOf(result);
    this.#logs.delete(name);
    const sign = signsFor(true)[status];
    const title = paintOf(status, this.#look.style)(`${sign} ${plainLine(name)} ${describeResult(result)}`);
    if (lines.length === 0) return `${this.#own(title)}\n`;
    if (this.#github) return beginGroup(title) + inert(lines) + endGroup();
    return [title, ...lines, '', ''].join('\n');
  }

  /** What the events told; of a task that wrote nothing this time, what is known from another. */
  #linesOf({ name, output }: RunResult): string[] {
    const log = this.#logs.get(name) ?? this.#newLog();
    const lines = log.lines();
    if (lines.length > 0 || output === '') return lines;
    log.add(
      output
        .trimEnd()
        .split('\n')
        .map((line) => ({ stream: 'stdout', line })),
    );
    return log.lines();
  }

  #end(result: RunAllResult): string {
    const failures = failuresOf(result.results, this.#look).map(({ title, output, result: { name } }) => {
      if (!this.#github) return ['', title, ...output.map((line) => `  ${line}`), ''].join('\n');
      const { title: plainTitle, output: plain } = this.#annotation(result, name);
      return `${defused(title)}\n${inert(output)}${annotateError(plainTitle, plain)}`;
    });
    const summary = summaryLines(result, { style: this.#look.style });
    return failures.join('') + summary.map((line) => `${this.#own(line)}\n`).join('');
  }

  #annotation({ results }: RunAllResult, name: string): { title: string; output: string } {
    const plain = { style: styleFor(false), colors: false };
    const [failure] = failuresOf(
      results.filter((result) => result.name === name),
      plain,
    );
    return {
      title: `${plainLine(name)} failed`,
      output: [failure?.title ?? '', ...(failure?.output ?? [])].join('\n'),
    };
  }

  #own(line: string): string {
    return this.#github ? defused(line) : line;
  }

  #logOf(name: string): LineLog {
    const log = this.#logs.get(name) ?? this.#newLog();
    this.#logs.set(name, log);
    return log;
  }

  #newLog(): LineLog {
    return new LineLog(this.#look.colors, this.#mostCharacters);
  }
}
