import type { FakePullRequest } from './pull-request.ts';
import type { FakeMergeState } from './words.ts';

/** Why a pull request can or cannot be merged now, by what is known of it. */
export function mergeStateOf(pull: FakePullRequest): FakeMergeState {
  if (pull.state !== 'OPEN' || pull.mergeable === 'UNKNOWN') return 'UNKNOWN';
  if (pull.mergeable === 'CONFLICTING') return 'DIRTY';
  if (pull.isDraft) return 'DRAFT';
  if (!meetsRequirements(pull)) return 'BLOCKED';
  if (pull.isBehind && pull.protection.strict === true) return 'BEHIND';
  const { rollup } = pull.head;
  return rollup === undefined || rollup === 'SUCCESS' ? 'CLEAN' : 'UNSTABLE';
}

/** `undefined` where the base branch asks for no review. */
export function reviewDecisionOf(
  pull: FakePullRequest,
): 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | undefined {
  const { requiredReviews = 0 } = pull.protection;
  if (requiredReviews === 0) return undefined;
  const states = pull.latestOpinions.map(({ state }) => state);
  if (states.includes('CHANGES_REQUESTED')) return 'CHANGES_REQUESTED';
  return states.filter((state) => state === 'APPROVED').length >= requiredReviews ? 'APPROVED' : 'REVIEW_REQUIRED';
}

function meetsRequirements(pull: FakePullRequest): boolean {
  const { requiredChecks = [], requireResolvedThreads = false } = pull.protection;
  const decision = reviewDecisionOf(pull);
  return (
    requiredChecks.every((name) => pull.head.isGreen(name)) &&
    (decision === undefined || decision === 'APPROVED') &&
    (!requireResolvedThreads || pull.threads.every(({ isResolved }) => isResolved))
  );
}
