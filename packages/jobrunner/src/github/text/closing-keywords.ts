import type { TextHome } from './epic-checklist.ts';
import { issueReferences } from './issue-reference.ts';
import { markdownLines } from './markdown-lines.ts';
import { elsewhere } from './repo-name.ts';

const KEYWORD = /(?<![\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]{1,10}$/i;
/** A keyword with what may stand around it is no longer. */
const MOST_BEFORE = 30;

/**
 * The issues of the text's own repository that a pull request says it closes: one of GitHub's keywords right before the
 * reference, outside code and comments. A bare mention closes nothing.
 *
 * Source: https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
 *
 * @example
 * ```ts
 * import { closedIssues } from '@core/jobrunner/github';
 *
 * const home = { repo: { owner: 'core', name: 'site' }, hosts: ['github.com'] };
 * assert.deepEqual(closedIssues('Fixes #12, see #13; closes: core/site#14; `fixes #15`', home), [12, 14]);
 * ```
 */
export function closedIssues(text: string, home: TextHome): number[] {
  const numbers = markdownLines(text).flatMap((line) =>
    issueReferences(line.text, home.hosts)
      .filter(({ start }) => KEYWORD.test(line.text.slice(Math.max(0, start - MOST_BEFORE), start)))
      .filter(({ repo }) => elsewhere(repo, home.repo) === undefined)
      .map(({ number }) => number),
  );
  return [...new Set(numbers)];
}
