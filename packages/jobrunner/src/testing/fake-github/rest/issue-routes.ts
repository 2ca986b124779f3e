import type { FakeConversation } from '../model/conversation.ts';
import type { FakeStateReason } from '../model/issue.ts';
import { FakeGitHubRefusal } from '../model/refusal.ts';
import { setState, sinceOf, sorted } from './conversations.ts';
import { conversationAt } from './find.ts';
import { created, ok, paged, type RepoRequest, type RepoRoute, type RestAnswer } from './route.ts';
import { issueJson } from './shapes/issue.ts';

const ISSUE = '/repos/{owner}/{repo}/issues/{number}';

/** Issues. To all of these a pull request is an issue. */
export const ISSUE_ROUTES: readonly RepoRoute[] = [
  {
    route: 'GET /repos/{owner}/{repo}/issues',
    docs: 'issues/issues#list-repository-issues',
    needs: 'read',
    run: listIssues,
  },
  {
    route: 'POST /repos/{owner}/{repo}/issues',
    docs: 'issues/issues#create-an-issue',
    needs: 'read',
    run: createIssue,
  },
  {
    route: `GET ${ISSUE}`,
    docs: 'issues/issues#get-an-issue',
    needs: 'read',
    run: (request) => ok(issueJson(conversationAt(request), request.api)),
  },
  { route: `PATCH ${ISSUE}`, docs: 'issues/issues#update-an-issue', needs: 'write', run: updateIssue },
];

function listIssues(request: RepoRequest): RestAnswer {
  const { repo, query, api } = request;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const since = sinceOf(request);
  const found = repo.conversations.filter(
    (conversation) =>
      (state === 'all' || (conversation.state === 'OPEN') === (state === 'open')) &&
      labels.every((name) => hasLabel(conversation, name)) &&
      isAssigned(conversation, query.get('assignee')) &&
      (query.get('creator') ?? conversation.author.login) === conversation.author.login &&
      conversation.updatedAt.getTime() >= since,
  );
  return paged(request, sorted(found, query), (conversation) => issueJson(conversation, api));
}

function createIssue({ repo, body, by, api }: RepoRequest): RestAnswer {
  const input = { title: titleOf(body.requiredText('title')), body: body.nullableText('body'), author: by };
  const isTrusted = repo.allows(by, 'write'); // labels of others are dropped without a word
  const labels = isTrusted ? body.texts('labels', 'name') : [];
  return created(issueJson(repo.issue({ ...input, labels, assignees: isTrusted ? body.texts('assignees') : [] }), api));
}

function updateIssue(request: RepoRequest): RestAnswer {
  const { body, by, api } = request;
  const conversation = conversationAt(request);
  const change = { title: body.text('title'), body: body.nullableText('body') };
  const labels = body.texts('labels', 'name');
  const assignees = body.texts('assignees');
  const state = body.word('state', ['open', 'closed']);
  const reason = body.word('state_reason', ['completed', 'not_planned', 'duplicate', 'reopened']);
  const { title = conversation.title, body: text = conversation.body } = change;
  if (title !== conversation.title || text !== conversation.body) conversation.edit({ title, body: text, ...only(by) });
  if (labels !== undefined) conversation.setLabels(labels, { by });
  if (assignees !== undefined) conversation.assign(assignees, { by });
  if (state !== undefined) setState(conversation, state, { by, reason: REASONS[reason ?? 'completed'] });
  return ok(issueJson(conversation, api));
}

const REASONS: Readonly<Record<string, FakeStateReason>> = {
  completed: 'COMPLETED',
  not_planned: 'NOT_PLANNED',
  duplicate: 'DUPLICATE',
};

function hasLabel({ labels }: FakeConversation, name: string): boolean {
  return labels.some((label) => label.name.toLowerCase() === name.toLowerCase());
}

function isAssigned({ assignees }: FakeConversation, wanted: string | null): boolean {
  if (wanted === null) return true;
  if (wanted === 'none') return assignees.length === 0;
  return wanted === '*' ? assignees.length > 0 : assignees.some(({ login }) => login === wanted);
}

function titleOf(title: string): string {
  if (title.trim() !== '') return title;
  const errors = [{ resource: 'Issue', code: 'missing_field', field: 'title' }];
  throw new FakeGitHubRefusal('Validation Failed', { status: 422, type: 'UNPROCESSABLE', errors });
}

function only(by: string | undefined): { by?: string } {
  return by === undefined ? {} : { by };
}
