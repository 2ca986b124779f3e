import type { FakeComment } from '../../model/comment.ts';
import type { FakeConversation } from '../../model/conversation.ts';
import { FakeIssue } from '../../model/issue.ts';
import type { FakeLabel } from '../../model/label.ts';
import { FakePullRequest } from '../../model/pull-request.ts';
import type { FakeRepository } from '../../model/repository.ts';
import type { FakeUser } from '../../model/world.ts';
import { repositoryUrl, repositoryWebUrl } from './repository.ts';
import { time, timeOrNull } from './time.ts';
import { userJson } from './user.ts';

/** Address of an issue, or of a pull request as an issue, in the API. */
export function issueUrl({ repo, number }: FakeConversation, api: string): string {
  return `${repositoryUrl(repo, api)}/issues/${String(number)}`;
}

/** Where people look at an issue or a pull request. */
export function webUrl(conversation: FakeConversation): string {
  const kind = conversation instanceof FakePullRequest ? 'pull' : 'issues';
  return `${repositoryWebUrl(conversation.repo)}/${kind}/${String(conversation.number)}`;
}

/** How somebody stands to a repository. */
export function associationOf(repo: FakeRepository, user: FakeUser): 'COLLABORATOR' | 'NONE' | 'OWNER' {
  if (repo.owner === user) return 'OWNER';
  return repo.allows(user.login, 'write') ? 'COLLABORATOR' : 'NONE';
}

/** A label of a repository. */
export function labelJson(label: FakeLabel, repo: FakeRepository, api: string): Record<string, unknown> {
  return {
    id: label.databaseId,
    node_id: label.nodeId,
    url: `${repositoryUrl(repo, api)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** What issues and pull requests say alike. */
export function conversationJson(conversation: FakeConversation, api: string): Record<string, unknown> {
  const assignees = conversation.assignees.map((user) => userJson(user, api));
  return {
    id: conversation.databaseId,
    node_id: conversation.nodeId,
    number: conversation.number,
    title: conversation.title,
    body: conversation.body === '' ? null : conversation.body,
    state: conversation.state === 'OPEN' ? 'open' : 'closed',
    locked: false,
    user: userJson(conversation.author, api),
    labels: conversation.labels.map((label) => labelJson(label, conversation.repo, api)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    created_at: time(conversation.createdAt),
    updated_at: time(conversation.updatedAt),
    closed_at: timeOrNull(conversation.closedAt),
    author_association: associationOf(conversation.repo, conversation.author),
    html_url: webUrl(conversation),
    comments_url: `${issueUrl(conversation, api)}/comments`,
  };
}

/** An issue; or a pull request as an issue, which has `pull_request`. */
export function issueJson(conversation: FakeConversation, api: string): Record<string, unknown> {
  const url = issueUrl(conversation, api);
  return {
    ...conversationJson(conversation, api),
    url,
    repository_url: repositoryUrl(conversation.repo, api),
    labels_url: `${url}/labels{/name}`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    comments: conversation.comments.length,
    active_lock_reason: null,
    state_reason: conversation instanceof FakeIssue ? (conversation.stateReason?.toLowerCase() ?? null) : null,
    ...(conversation instanceof FakeIssue ? { sub_issues_summary: subIssuesSummary(conversation) } : {}),
    ...(conversation instanceof FakePullRequest ? { pull_request: pullLinks(conversation, api) } : {}),
  };
}

/** A comment on an issue or a pull request. */
export function commentJson(comment: FakeComment, api: string): Record<string, unknown> {
  const { conversation, databaseId } = comment;
  return {
    id: databaseId,
    node_id: comment.nodeId,
    url: `${repositoryUrl(conversation.repo, api)}/issues/comments/${String(databaseId)}`,
    html_url: `${webUrl(conversation)}#issuecomment-${String(databaseId)}`,
    issue_url: issueUrl(conversation, api),
    user: userJson(comment.author, api),
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    author_association: associationOf(conversation.repo, comment.author),
    body: comment.body,
  };
}

function subIssuesSummary({ subIssues }: FakeIssue): Record<string, number> {
  const completed = subIssues.filter(({ state }) => state === 'CLOSED').length;
  const percent = subIssues.length === 0 ? 0 : Math.floor((100 * completed) / subIssues.length);
  return { total: subIssues.length, completed, percent_completed: percent };
}

function pullLinks(pull: FakePullRequest, api: string): Record<string, unknown> {
  const html = webUrl(pull);
  return {
    url: `${repositoryUrl(pull.repo, api)}/pulls/${String(pull.number)}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: timeOrNull(pull.merged?.at),
  };
}
