import type { RunListener } from '../runner/run-event.ts';
import { groupedReporter } from './grouped-reporter.ts';
import { prefixedReporter } from './prefixed-reporter.ts';
import { checkTarget, type ReportEnvironment, type ReportTarget } from './report-target.ts';
import { treeReporter } from './tree-reporter.ts';

/**
 * The reporter that fits: groups on GitHub Actions, the live tree in a terminal that is not the log of a CI (`CI` is
 * set), prefixed lines elsewhere.
 *
 * @throws `TypeError` where `to` cannot be written to.
 *
 * @example
 * ```ts
 * import { reporterFor } from '@core/process/reporters';
 *
 * let text = '';
 * const report = reporterFor({ write: (piece) => (text += piece) }, { GITHUB_ACTIONS: 'true', NO_COLOR: '1' });
 * report({ type: 'output', atMs: 1, name: 'lint', stream: 'stdout', lines: [{ stream: 'stdout', line: 'fine' }] });
 * assert.equal(text, ''); // the output of a task comes in one group when it is over
 * ```
 */
export function reporterFor(to: ReportTarget, env: ReportEnvironment = process.env): RunListener {
  checkTarget(to);
  if (env['GITHUB_ACTIONS'] === 'true') return groupedReporter({ to, env });
  const isLog = !['', '0', 'false', undefined].includes(env['CI']);
  return to.isTTY === true && !isLog ? treeReporter({ to, env }) : prefixedReporter({ to, env });
}
