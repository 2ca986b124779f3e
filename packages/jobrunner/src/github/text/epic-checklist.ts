import { issueReferences } from './issue-reference.ts';
import { markdownLines } from './markdown-lines.ts';
import { elsewhere, type RepoName } from './repo-name.ts';

/** A line of an epic that stands for a child. */
export interface ChecklistItem {
  /** The child's number; of the epic's own repository unless `repo` says otherwise. */
  readonly number: number;
  /** Of a child in another repository. */
  readonly repo: RepoName | undefined;
  readonly isTicked: boolean;
  /** Place of the letter between the brackets. */
  readonly markOffset: number;
}

/** Where a text belongs: what a bare `#12` in it means, and whose addresses count. */
export interface TextHome {
  readonly repo: RepoName;
  /** Hosts of the server's pages: `['github.com']`. */
  readonly hosts: readonly string[];
}

/**
 * The children that a body lists: task-list items (`-`, `+`, `*` or numbered, nested or not) with a reference (`#12`,
 * `owner/repo#12`, an issue's address), surrounded by whatever text. The first reference of an item is its child. Code,
 * comments and quotes list nothing.
 *
 * @example
 * ```ts
 * import { parseChecklist } from '@core/jobrunner/github';
 *
 * const body = '- [ ] #12\n1. [X] Title (core/site#7)\n```\n- [ ] #13\n```';
 * const items = parseChecklist(body, { repo: { owner: 'core', name: 'site' }, hosts: ['github.com'] });
 * assert.deepEqual(
 *   items.map(({ number, isTicked }) => [number, isTicked]),
 *   [[12, false], [7, true]],
 * );
 * ```
 */
export function parseChecklist(body: string, home: TextHome): ChecklistItem[] {
  return markdownLines(body).flatMap(({ text, offset, task }) => {
    if (task === undefined) return [];
    const [reference] = issueReferences(text.slice(task.markOffset - offset), home.hosts);
    if (reference === undefined) return [];
    return [{ ...task, number: reference.number, repo: elsewhere(reference.repo, home.repo) }];
  });
}

/** The first item of a child in the epic's own repository; a second one of the same child is a mention. */
export function itemOf(items: readonly ChecklistItem[], child: number): ChecklistItem | undefined {
  return items.find(({ number, repo }) => number === child && repo === undefined);
}

/**
 * The body with the child's line ticked, and every other byte as it was; `undefined` where no line is to be ticked.
 *
 * @example
 * ```ts
 * import { tickChild } from '@core/jobrunner/github';
 *
 * const home = { repo: { owner: 'core', name: 'site' }, hosts: ['github.com'] };
 * assert.equal(tickChild('- [ ] #12\r\n- [ ] #1\r\n', 1, home), '- [ ] #12\r\n- [x] #1\r\n');
 * assert.equal(tickChild('- [x] #1', 1, home), undefined);
 * ```
 */
export function tickChild(body: string, child: number, home: TextHome): string | undefined {
  const item = itemOf(parseChecklist(body, home), child);
  if (item === undefined || item.isTicked) return undefined;
  return `${body.slice(0, item.markOffset)}x${body.slice(item.markOffset + 1)}`;
}
