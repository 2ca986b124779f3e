import type { PageSizes } from './page-sizes.ts';
import { connection, type QueryCost, sumOf } from './query-cost.ts';

/** What is asked for, and what that costs. */
export interface Selection {
  readonly text: string;
  readonly cost: QueryCost;
}

const NEXT = 'pageInfo{hasNextPage endCursor}';
/** What matters of a pull request that is not open. */
const SETTLED = 'number state headRefOid body';
const FREE: QueryCost = { nodes: 0, calls: 0 };

/** Issues that a pull request closes; GitHub links those of other repositories, too. */
export function links(first: number, after?: string): Selection {
  const args = argumentsOf({ first }, after);
  const text = `closingIssuesReferences(${args}){${NEXT} nodes{number state repository{nameWithOwner}}}`;
  return { text, cost: connection(first) };
}

/** Conversations of a review. */
export function threads(first: number, after?: string): Selection {
  const text = `reviewThreads(${argumentsOf({ first }, after)}){totalCount ${NEXT} nodes{isResolved}}`;
  return { text, cost: connection(first) };
}

/** Open pull requests, the oldest first, so that a new one moves no page. */
export function openPulls(sizes: PageSizes, after?: string): Selection {
  const inner = [threads(sizes.threads), links(sizes.links)];
  const args = argumentsOf(
    { first: sizes.pulls, states: '[OPEN]', orderBy: '{field:CREATED_AT,direction:ASC}' },
    after,
  );
  const fields = `number state isDraft mergeable headRefOid body statusCheckRollup{state} ${inner.map(({ text }) => text).join(' ')}`;
  const last = 'commits(last:1){nodes{commit{committedDate}}} reviews(last:1){nodes{submittedAt}}';
  return {
    text: `open:pullRequests(${args}){${NEXT} nodes{${fields} ${last}}}`,
    cost: connection(sizes.pulls, ...inner.map(({ cost }) => cost), connection(1), connection(1)),
  };
}

/** The pull requests that were merged last. */
export function mergedPulls(sizes: PageSizes): Selection {
  const { text, cost } = links(sizes.links);
  const args = argumentsOf({ first: sizes.merged, states: '[MERGED]', orderBy: '{field:UPDATED_AT,direction:DESC}' });
  return {
    text: `merged:pullRequests(${args}){${NEXT} nodes{${SETTLED} ${text}}}`,
    cost: connection(sizes.merged, cost),
  };
}

/** Pull requests that were merged whenever, those first that were opened last. */
export function olderMerged(sizes: PageSizes, after?: string): Selection {
  const { text, cost } = links(sizes.links);
  const first = 2 * sizes.pulls;
  const args = argumentsOf({ first, states: '[MERGED]', orderBy: '{field:CREATED_AT,direction:DESC}' }, after);
  return { text: `older:pullRequests(${args}){${NEXT} nodes{${SETTLED} ${text}}}`, cost: connection(first, cost) };
}

/** A pull request by its number. */
export function pull(number: number, sizes: PageSizes): Selection {
  const { text, cost } = links(sizes.links);
  return { text: `q${String(number)}:pullRequest(number:${String(number)}){${SETTLED} ${text}}`, cost };
}

/** Children that GitHub itself keeps. */
export function subIssues(first: number, after?: string): Selection {
  const args = argumentsOf({ first }, after);
  const text = `subIssues(${args}){${NEXT} nodes{number state repository{nameWithOwner}}}`;
  return { text, cost: connection(first) };
}

/** Open issues with the label. */
export function epics(label: string, sizes: PageSizes, after?: string): Selection {
  const { text, cost } = subIssues(sizes.subIssues);
  const args = argumentsOf({ first: sizes.epics, labels: `[${JSON.stringify(label)}]`, states: '[OPEN]' }, after);
  return { text: `epics:issues(${args}){${NEXT} nodes{number body ${text}}}`, cost: connection(sizes.epics, cost) };
}

/** A child by its number, with every pull request that is linked with it. */
export function child(number: number): Selection {
  const linked = 'closedByPullRequestsReferences(first:10,includeClosedPrs:true)';
  const pulls = `${linked}{nodes{number state headRefOid repository{nameWithOwner}}}`;
  return {
    text: `c${String(number)}:issue(number:${String(number)}){number state title body assignees(first:1){nodes{login}} ${pulls}}`,
    cost: sumOf([connection(1), connection(10)]),
  };
}

/** Something of one pull request. */
export function ofPull(number: number, { text, cost }: Selection): Selection {
  return { text: `p${String(number)}:pullRequest(number:${String(number)}){${text}}`, cost };
}

/** Something of one issue. */
export function ofIssue(number: number, { text, cost }: Selection): Selection {
  return { text: `e${String(number)}:issue(number:${String(number)}){${text}}`, cost };
}

/** Several selections in one repository. */
export function together(selections: readonly Selection[]): Selection {
  return {
    text: selections.map(({ text }) => text).join(' '),
    cost: selections.length === 0 ? FREE : sumOf(selections.map(({ cost }) => cost)),
  };
}

function argumentsOf(values: Readonly<Record<string, number | string>>, after?: string): string {
  const texts = Object.entries(values).map(([name, value]) => `${name}:${String(value)}`);
  return [...texts, ...(after === undefined ? [] : [`after:${JSON.stringify(after)}`])].join(',');
}
