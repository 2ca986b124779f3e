import type { RunResult } from '../runner/run-result.ts';
import { plainLine } from './text/control.ts';
import { lastLines } from './text/line-log.ts';
import type { Style } from './text/style.ts';
import { describeResult, paintOf, signsFor } from './text/words.ts';

/** How the end of the output of what failed looks. */
export interface FailureOptions {
  readonly style: Style;
  readonly colors: boolean;
  readonly unicode?: boolean | undefined;
}

/** So many lines of output tell why something failed; the rest stands above, or in the result. */
const END_LINES = 20;

/** A task that failed with the end of its output, as it is shown last. */
export interface Failure {
  readonly result: RunResult;
  readonly title: string;
  readonly output: readonly string[];
}

/** What failed, allowed failures aside, in the order of the specs. */
export function failuresOf(
  results: readonly RunResult[],
  { style, colors, unicode = true }: FailureOptions,
): Failure[] {
  return results
    .filter(({ status }) => status === 'failed')
    .map((result) => {
      const sign = signsFor(unicode).failed;
      const title = paintOf('failed', style)(`${sign} ${plainLine(result.name)} ${describeResult(result)}`);
      return { result, title, output: lastLines(result.output, END_LINES, colors) };
    });
}
