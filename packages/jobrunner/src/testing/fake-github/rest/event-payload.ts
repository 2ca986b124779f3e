import { FakeComment } from '../model/comment.ts';
import { FakeCheckRun, FakeStatus } from '../model/commit.ts';
import { FakeIssue } from '../model/issue.ts';
import { FakePullRequest } from '../model/pull-request.ts';
import { FakeReview, FakeReviewThread } from '../model/review.ts';
import type { WorldEvent } from '../model/world.ts';
import type { FakeHook } from '../webhooks.ts';
import { checkRunJson } from './shapes/checks.ts';
import { hookJson } from './shapes/hook.ts';
import { commentJson, issueJson } from './shapes/issue.ts';
import { pullJson, reviewJson, simplePullJson } from './shapes/pull.ts';
import { fullRepositoryJson } from './shapes/repository.ts';
import { userJson } from './shapes/user.ts';

const API = 'https://api.github.com';

/** The body of a webhook: what has happened, to what, where and by whom. */
export function eventPayload({ action, repo, by, subject }: WorldEvent): Record<string, unknown> {
  return {
    ...(action === undefined ? {} : { action }),
    ...subjectOf(subject),
    repository: fullRepositoryJson(repo, API),
    sender: userJson(by, API),
  };
}

/** The body of the first delivery of a webhook. */
export function pingPayload(hook: FakeHook): Record<string, unknown> {
  return { hook_id: hook.id, hook: hookJson(hook, API), repository: fullRepositoryJson(hook.repo, API) };
}

function subjectOf(subject: object): Record<string, unknown> {
  if (subject instanceof FakeIssue) return { issue: issueJson(subject, API) };
  if (subject instanceof FakePullRequest) return { number: subject.number, pull_request: pullJson(subject, API) };
  if (subject instanceof FakeComment) {
    return { issue: issueJson(subject.conversation, API), comment: commentJson(subject, API) };
  }
  if (subject instanceof FakeCheckRun) return { check_run: checkRunJson(subject, API) };
  if (subject instanceof FakeStatus) {
    return { id: subject.databaseId, sha: subject.commit.oid, state: subject.state, context: subject.context };
  }
  if (subject instanceof FakeReview) {
    return { review: reviewJson(subject, API), pull_request: simplePullJson(subject.pull, API) };
  }
  if (subject instanceof FakeReviewThread) {
    return { thread: { node_id: subject.nodeId, comments: [] }, pull_request: simplePullJson(subject.pull, API) };
  }
  throw new Error('An event needs a subject that a webhook can tell of');
}
