export type { FakeAppInput } from './app-auth.ts';
export { type FakeGitHub, fakeGitHub } from './fake-github.ts';
export type { FakeFault, FakeFaultHandle, FakeFaultOptions } from './faults.ts';
export type { FakeComment } from './model/comment.ts';
export type { FakeCheckRun, FakeCommit, FakeStatus } from './model/commit.ts';
export type { FakeConversation } from './model/conversation.ts';
export type { FakeIssue, FakeStateReason } from './model/issue.ts';
export type { FakeLabel } from './model/label.ts';
export type { FakeAutoMerge, FakeMerge, FakeMergeOptions, FakePullRequest } from './model/pull-request.ts';
export type { FakeReaction, FakeReactionContent, Reactions } from './model/reaction.ts';
export { FakeGitHubRefusal, type FakeGitHubRefusalOptions } from './model/refusal.ts';
export type { FakeEpicForm, FakeEpicInput, FakeRepository } from './model/repository.ts';
export type { FakeReview, FakeReviewComment, FakeReviewThread } from './model/review.ts';
export type {
  FakeByOptions,
  FakeCheckConclusion,
  FakeCheckOutcome,
  FakeConversationInput,
  FakeIssueInput,
  FakeMergeable,
  FakeMergeMethod,
  FakeMergeState,
  FakePermission,
  FakeProtection,
  FakePullRequestInput,
  FakeRepositoryInput,
  FakeReviewInput,
  FakeReviewState,
  FakeRollupState,
  FakeStatusState,
  FakeThreadInput,
} from './model/words.ts';
export type { FakeUser } from './model/world.ts';
export type { FakeGitHubOptions } from './options.ts';
export type { FakeRateLimitOptions, FakeRateLimitResource, FakeRateLimitState } from './rate-limits.ts';
export type { FakeGitHubRequest, FakeGraphqlOperation, FakeRequestMatch } from './request-log.ts';
export type { FakeSecondaryLimitOptions } from './secondary-limits.ts';
export type { FakeDelivery, FakeHook, FakeHookInput } from './webhooks.ts';
