import { FakeComment } from '../model/comment.ts';
import { FakeCheckRun, FakeCommit, FakeStatus } from '../model/commit.ts';
import { FakeIssue } from '../model/issue.ts';
import { FakeLabel } from '../model/label.ts';
import { FakePullRequest } from '../model/pull-request.ts';
import { FakeRepository } from '../model/repository.ts';
import { FakeReview, FakeReviewComment, FakeReviewThread } from '../model/review.ts';
import { Data } from './resolver.ts';

const TYPES: readonly (readonly [abstract new (...args: never[]) => object, string])[] = [
  [FakeCheckRun, 'CheckRun'],
  [FakeStatus, 'StatusContext'],
  [FakeIssue, 'Issue'],
  [FakePullRequest, 'PullRequest'],
  [FakeReviewThread, 'PullRequestReviewThread'],
  [FakeReviewComment, 'PullRequestReviewComment'],
  [FakeReview, 'PullRequestReview'],
  [FakeComment, 'IssueComment'],
  [FakeCommit, 'Commit'],
  [FakeLabel, 'Label'],
  [FakeRepository, 'Repository'],
];

/** Name of the GraphQL type that a value has where an interface or a union stands. */
export function typeOf(value: unknown): string {
  if (value instanceof Data && value.type !== undefined) return value.type;
  const found = TYPES.find(([kind]) => value instanceof kind);
  if (found !== undefined) return found[1];
  return (value as { readonly type: 'User' | 'Bot' }).type; // a user
}
