import type { FakeComment } from '../model/comment.ts';
import type { FakeCommit } from '../model/commit.ts';
import type { FakeIssue } from '../model/issue.ts';
import type { FakePullRequest } from '../model/pull-request.ts';
import { FakeGitHubRefusal, notFound } from '../model/refusal.ts';
import type { RepoRequest } from './route.ts';

/** The issue, or the pull request as an issue, that a path names. */
export function conversationAt({ repo, param }: RepoRequest): FakeIssue | FakePullRequest {
  const number = Number(param('number'));
  const found = repo.findIssue(number) ?? repo.findPull(number);
  if (found !== undefined) return found;
  if (!repo.wasDeleted(number)) throw notFound();
  throw new FakeGitHubRefusal('This issue was deleted', { status: 410, type: 'NOT_FOUND' });
}

/** The issue that a path names. */
export function issueAt(request: RepoRequest): FakeIssue {
  const found = request.repo.findIssue(conversationAt(request).number);
  if (found === undefined) throw notFound();
  return found;
}

/** The pull request that a path names. */
export function pullAt({ repo, param }: RepoRequest): FakePullRequest {
  const found = repo.findPull(Number(param('number')));
  if (found === undefined) throw notFound();
  return found;
}

/** The comment that a path names. */
export function commentAt({ repo, param }: RepoRequest): FakeComment {
  const id = Number(param('id'));
  const found = repo.conversations.flatMap(({ comments }) => comments).find(({ databaseId }) => databaseId === id);
  if (found === undefined) throw notFound();
  return found;
}

/** The commit that a path names: by its name, the beginning of it, or the branch that it is the head of. */
export function commitAt({ repo, param }: RepoRequest): FakeCommit {
  const ref = param('ref').replace(/^(?:refs\/)?heads\//, '');
  const pulls = [...repo.pulls].reverse();
  const head = pulls.find(({ headRefName }) => headRefName === ref)?.head;
  const isName = /^[0-9a-f]{7,40}$/.test(ref);
  const found = head ?? pulls.flatMap(({ commits }) => commits).find(({ oid }) => isName && oid.startsWith(ref));
  if (found !== undefined) return found;
  throw new FakeGitHubRefusal(`No commit found for SHA: ${ref}`, { status: 422, type: 'NOT_FOUND' });
}
