import { CHECK_RUN, COMMIT, PULL_REQUEST_COMMIT, ROLLUP, STATUS, STATUS_CONTEXT } from './check-resolvers.ts';
import { ISSUE_MUTATIONS } from './issue-mutations.ts';
import { ISSUE, ISSUE_COMMENT, REACTION } from './issue-resolvers.ts';
import { PULL_MUTATIONS } from './pull-mutations.ts';
import { AUTO_MERGE_REQUEST, PULL_REQUEST, REVIEW, REVIEW_COMMENT, REVIEW_THREAD } from './pull-resolvers.ts';
import { LABEL, QUERY, REPOSITORY, USER } from './query-resolvers.ts';
import { REACTION_MUTATIONS } from './reaction-mutations.ts';
import type { TypeResolvers } from './resolver.ts';

/** All types that the fake knows, by name; `never`: each knows its own source. */
export const RESOLVERS: Readonly<Record<string, TypeResolvers<never>>> = {
  Query: QUERY,
  Mutation: { ...PULL_MUTATIONS, ...ISSUE_MUTATIONS, ...REACTION_MUTATIONS },
  AutoMergeRequest: AUTO_MERGE_REQUEST,
  Bot: USER,
  CheckRun: CHECK_RUN,
  Commit: COMMIT,
  Issue: ISSUE,
  IssueComment: ISSUE_COMMENT,
  Label: LABEL,
  PullRequest: PULL_REQUEST,
  PullRequestCommit: PULL_REQUEST_COMMIT,
  PullRequestReview: REVIEW,
  PullRequestReviewComment: REVIEW_COMMENT,
  PullRequestReviewThread: REVIEW_THREAD,
  Reaction: REACTION,
  Repository: REPOSITORY,
  Status: STATUS,
  StatusCheckRollup: ROLLUP,
  StatusContext: STATUS_CONTEXT,
  User: USER,
};
