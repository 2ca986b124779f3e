import type { FakePullRequest } from './pull-request.ts';
import { unprocessable } from './refusal.ts';
import type { FakeMergeMethod } from './words.ts';

/** What is asked of a merge. */
interface Wanted {
  readonly method: FakeMergeMethod;
  readonly expectedHeadOid: string | undefined;
}

const METHOD_NAMES: Readonly<Record<FakeMergeMethod, string>> = { MERGE: 'Merge', REBASE: 'Rebase', SQUASH: 'Squash' };

/** Refuses a merge in the words of GitHub. It finds out about mergeability first, as GitHub does. */
export function refuseMerge(pull: FakePullRequest, { method, expectedHeadOid }: Wanted): void {
  if (pull.state !== 'OPEN') throw unprocessable('Pull Request is not mergeable', 405);
  if (pull.isDraft) throw unprocessable('Pull Request is still a draft', 405);
  if (expectedHeadOid !== undefined && expectedHeadOid !== pull.head.oid) {
    throw unprocessable('Head branch was modified. Review and try the merge again.', 409);
  }
  if (!pull.repo.mergeMethods.includes(method)) {
    throw unprocessable(`${METHOD_NAMES[method]} merges are not allowed on this repository.`, 405);
  }
  if (pull.computeMergeability() === 'CONFLICTING') throw unprocessable('Pull Request is not mergeable', 405);
  if (!['CLEAN', 'UNSTABLE'].includes(pull.mergeState)) throw unprocessable(whatIsMissing(pull), 405);
}

/**
 * Refuses auto-merge in the words of GitHub: for one thing, of what could be merged at once.
 *
 * @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/automatically-merging-a-pull-request
 */
export function refuseAutoMerge(pull: FakePullRequest, { method, expectedHeadOid }: Wanted): void {
  const refusal = (why: string): Error => unprocessable(`Pull request ${why}`);
  if (!pull.repo.allowAutoMerge) throw refusal('Auto merge is not allowed for this repository');
  if (pull.state !== 'OPEN') throw refusal('Pull request is closed');
  if (!pull.repo.mergeMethods.includes(method)) {
    throw refusal(`${METHOD_NAMES[method]} merging is not allowed on this repository`);
  }
  if (expectedHeadOid !== undefined && expectedHeadOid !== pull.head.oid) {
    throw unprocessable("Expected head sha didn't match current head ref.");
  }
  pull.computeMergeability();
  if (pull.mergeState === 'BLOCKED' || pull.mergeState === 'BEHIND') return;
  throw refusal(`Pull request is in ${pull.mergeState.toLowerCase()} status`);
}

function whatIsMissing({ protection, head, mergeState, threads }: FakePullRequest): string {
  const { requiredChecks = [], requireResolvedThreads = false } = protection;
  const missing = requiredChecks.filter((name) => !head.isGreen(name));
  if (missing.length > 0) return `Required status check "${missing.join('", "')}" is expected.`;
  if (mergeState === 'BEHIND') return 'Head branch is out of date. Review and try the merge again.';
  if (requireResolvedThreads && threads.some(({ isResolved }) => !isResolved)) {
    return 'A conversation must be resolved before this pull request can be merged.';
  }
  return 'At least 1 approving review is required by reviewers with write access.';
}
