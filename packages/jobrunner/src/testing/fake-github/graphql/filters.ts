import type { FakeConversation } from '../model/conversation.ts';
import type { FakeIssue } from '../model/issue.ts';
import type { FakePullRequest } from '../model/pull-request.ts';
import { type Args, NotImplemented, type Order, text, texts } from './resolver.ts';

/** The issues that `states`, `labels` and `filterBy` leave. */
export function issuesWanted(issues: readonly FakeIssue[], args: Args): FakeIssue[] {
  const { viewerSubscribed = false, ...filter } = (args['filterBy'] ?? {}) as Args;
  if (viewerSubscribed !== false) throw new NotImplemented('IssueFilters.viewerSubscribed');
  refuseOthers('IssueFilters', filter, ['assignee', 'createdBy', 'labels', 'since', 'states']);
  return issues.filter(
    (issue) =>
      hasState(issue, args) &&
      hasState(issue, filter) &&
      hasLabel(issue, args) &&
      hasLabel(issue, filter) &&
      isAssigned(issue, filter) &&
      (text(filter, 'createdBy') ?? issue.author.login) === issue.author.login &&
      issue.updatedAt.getTime() >= Date.parse(text(filter, 'since') ?? '1970-01-01'),
  );
}

/** The pull requests that `states`, `labels`, `baseRefName` and `headRefName` leave. */
export function pullsWanted(pulls: readonly FakePullRequest[], args: Args): FakePullRequest[] {
  return pulls.filter(
    (pull) =>
      hasState(pull, args) &&
      hasLabel(pull, args) &&
      (text(args, 'baseRefName') ?? pull.baseRefName) === pull.baseRefName &&
      (text(args, 'headRefName') ?? pull.headRefName) === pull.headRefName,
  );
}

/** Oldest first unless `orderBy` wants it otherwise. */
export function issueOrder(args: Args): Order<FakeConversation> {
  const { field, direction } = (args['orderBy'] ?? { field: 'CREATED_AT', direction: 'ASC' }) as Args;
  const isDescending = direction === 'DESC';
  if (field === 'CREATED_AT') return { key: ({ createdAt }) => createdAt.getTime(), isDescending };
  if (field === 'UPDATED_AT') return { key: ({ updatedAt }) => updatedAt.getTime(), isDescending };
  if (field === 'COMMENTS') return { key: ({ comments }) => comments.length, isDescending };
  throw new NotImplemented(`orderBy ${String(field)}`);
}

/** Refuses by name what the fake would have to pass over. */
export function refuseOthers(what: string, args: Args, known: readonly string[]): void {
  const other = Object.keys(args).find((name) => !known.includes(name));
  if (other !== undefined) throw new NotImplemented(`${what}.${other}`);
}

function hasState({ state }: FakeConversation, args: Args): boolean {
  return texts(args, 'states')?.includes(state) ?? true;
}

/** Has one of these labels: in GraphQL they are alternatives. */
function hasLabel({ labels }: FakeConversation, args: Args): boolean {
  const wanted = texts(args, 'labels')?.map((name) => name.toLowerCase());
  return wanted === undefined || labels.some(({ name }) => wanted.includes(name.toLowerCase()));
}

function isAssigned({ assignees }: FakeConversation, filter: Args): boolean {
  const wanted = filter['assignee'];
  if (wanted === undefined) return true;
  if (wanted === null) return assignees.length === 0;
  return wanted === '*' ? assignees.length > 0 : assignees.some(({ login }) => login === wanted);
}
