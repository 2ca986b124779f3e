import type { FakeCommit } from '../model/commit.ts';
import type { FakeIssue } from '../model/issue.ts';
import type { FakePullRequest } from '../model/pull-request.ts';
import type { FakeReview, FakeReviewComment, FakeReviewThread } from '../model/review.ts';
import { associationOf, webUrl } from '../rest/shapes/issue.ts';
import { time, timeOrNull } from '../rest/shapes/time.ts';
import { CONVERSATION } from './issue-resolvers.ts';
import { always, Data, list, text, texts, type TypeResolvers } from './resolver.ts';

/** A pull request. To read its mergeability is to ask GitHub to find out. */
export const PULL_REQUEST: TypeResolvers<FakePullRequest> = {
  ...CONVERSATION,
  permalink: webUrl,
  isDraft: ({ isDraft }) => isDraft,
  isCrossRepository: always(false),
  merged: ({ merged }) => merged !== undefined,
  mergedAt: ({ merged }) => timeOrNull(merged?.at),
  mergedBy: ({ merged }) => merged?.by,
  mergeCommit: ({ merged }) => (merged === undefined ? null : new Data({ oid: merged.oid })),
  mergeable: (pull) => pull.askMergeable(),
  mergeStateStatus: (pull) => {
    pull.askMergeable();
    return pull.mergeState;
  },
  headRefName: ({ headRefName }) => headRefName,
  headRefOid: ({ head }) => head.oid,
  headRepository: ({ repo }) => repo,
  headRepositoryOwner: ({ repo }) => repo.owner,
  baseRefName: ({ baseRefName }) => baseRefName,
  baseRefOid: ({ baseOid }) => baseOid,
  baseRepository: ({ repo }) => repo,
  maintainerCanModify: always(false),
  totalCommentsCount: ({ comments, threads }) =>
    threads.reduce((sum, thread) => sum + thread.comments.length, comments.length),
  reviewDecision: ({ reviewDecision }) => reviewDecision,
  statusCheckRollup: ({ head }) => (head.rollup === undefined ? null : head),
  autoMergeRequest: (pull) => (pull.autoMerge === undefined ? null : pull),
  viewerCanEnableAutoMerge: ({ repo, mergeState }, { viewer }) =>
    repo.allowAutoMerge && repo.allows(viewer.login, 'write') && ['BEHIND', 'BLOCKED'].includes(mergeState),
  viewerCanDisableAutoMerge: ({ repo, autoMerge }, { viewer }) =>
    autoMerge !== undefined && repo.allows(viewer.login, 'write'),
  commits: list<FakePullRequest, FakeCommit>({ items: ({ commits }) => commits }),
  reviewThreads: list<FakePullRequest, FakeReviewThread>({ items: ({ threads }) => threads }),
  reviews: list<FakePullRequest, FakeReview>({
    args: ['states', 'author'],
    items: ({ reviews }, args) =>
      reviews.filter(
        ({ state, author }) =>
          (texts(args, 'states')?.includes(state) ?? true) && (text(args, 'author') ?? author.login) === author.login,
      ),
  }),
  latestReviews: list<FakePullRequest, FakeReview>({
    args: ['writersOnly'],
    items: ({ reviews }) => [...new Map(reviews.map((review) => [review.author.login, review])).values()],
  }),
  latestOpinionatedReviews: list<FakePullRequest, FakeReview>({
    args: ['writersOnly'],
    items: ({ latestOpinions }) => latestOpinions,
  }),
  closingIssuesReferences: list<FakePullRequest, FakeIssue>({
    items: ({ closingIssues }, _args, { viewer }) =>
      closingIssues.filter(({ repo }) => repo.allows(viewer.login, 'read')),
  }),
};

/** The auto-merge of a pull request: its source is the pull request. */
export const AUTO_MERGE_REQUEST: TypeResolvers<FakePullRequest> = {
  enabledAt: ({ autoMerge }) => timeOrNull(autoMerge?.enabledAt),
  enabledBy: ({ autoMerge }) => autoMerge?.by,
  mergeMethod: ({ autoMerge }) => autoMerge?.method,
  commitHeadline: ({ autoMerge, title }) => autoMerge?.headline ?? title,
  commitBody: ({ autoMerge }) => autoMerge?.body ?? '',
  authorEmail: always(null),
  pullRequest: (pull) => pull,
};

/** One review. */
export const REVIEW: TypeResolvers<FakeReview> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  body: ({ body }) => body,
  author: ({ author }) => author,
  authorAssociation: ({ pull, author }) => associationOf(pull.repo, author),
  state: ({ state }) => state,
  createdAt: ({ submittedAt }) => time(submittedAt),
  updatedAt: ({ submittedAt }) => time(submittedAt),
  submittedAt: ({ submittedAt }) => time(submittedAt),
  commit: ({ pull, commitOid }) => pull.commits.find(({ oid }) => oid === commitOid),
  pullRequest: ({ pull }) => pull,
  repository: ({ pull }) => pull.repo,
  url: ({ pull, databaseId }) => `${webUrl(pull)}#pullrequestreview-${String(databaseId)}`,
};

/** A conversation about a line. */
export const REVIEW_THREAD: TypeResolvers<FakeReviewThread> = {
  id: ({ nodeId }) => nodeId,
  isResolved: ({ isResolved }) => isResolved,
  isOutdated: ({ isOutdated }) => isOutdated,
  isCollapsed: ({ isResolved, isOutdated }) => isResolved || isOutdated,
  resolvedBy: ({ resolvedBy }) => resolvedBy,
  path: ({ path }) => path,
  line: ({ line, isOutdated }) => (isOutdated ? null : line),
  originalLine: ({ line }) => line,
  diffSide: always('RIGHT'),
  subjectType: always('LINE'),
  pullRequest: ({ pull }) => pull,
  repository: ({ pull }) => pull.repo,
  viewerCanResolve: ({ pull, isResolved }, { viewer }) => !isResolved && pull.repo.allows(viewer.login, 'write'),
  viewerCanUnresolve: ({ pull, isResolved }, { viewer }) => isResolved && pull.repo.allows(viewer.login, 'write'),
  viewerCanReply: ({ pull }, { viewer }) => pull.repo.allows(viewer.login, 'read'),
  comments: list<FakeReviewThread, FakeReviewComment>({ items: ({ comments }) => comments }),
};

/** One comment of such a conversation. */
export const REVIEW_COMMENT: TypeResolvers<FakeReviewComment> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  body: ({ body }) => body,
  author: ({ author }) => author,
  authorAssociation: ({ thread, author }) => associationOf(thread.pull.repo, author),
  createdAt: ({ createdAt }) => time(createdAt),
  publishedAt: ({ createdAt }) => time(createdAt),
  updatedAt: ({ createdAt }) => time(createdAt),
  path: ({ thread }) => thread.path,
  line: ({ thread }) => (thread.isOutdated ? null : thread.line),
  outdated: ({ thread }) => thread.isOutdated,
  state: always('SUBMITTED'),
  isMinimized: always(false),
  pullRequest: ({ thread }) => thread.pull,
  repository: ({ thread }) => thread.pull.repo,
  url: ({ thread, databaseId }) => `${webUrl(thread.pull)}#discussion_r${String(databaseId)}`,
};
