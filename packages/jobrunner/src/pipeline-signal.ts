/** State of a pull request. */
export type PrState = 'OPEN' | 'MERGED' | 'CLOSED';

/** Whether a pull request can be merged without a conflict. `UNKNOWN` means: ask again. */
export type Mergeable = 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN';

/** All checks and commit statuses in one word. `NONE`: there are none; `UNKNOWN`: nobody has looked. */
export type CheckStatus = 'SUCCESS' | 'FAILURE' | 'PENDING' | 'NONE' | 'UNKNOWN';

/** A structural snapshot of one piece of work; never bodies of comments, or other free text to act on. */
export interface PipelineSignal {
  readonly epicNumber: number;
  readonly childNumber: number;
  /** 0 where the child has no pull request. */
  readonly prNumber: number;
  readonly repoOwner: string;
  readonly repoName: string;
  /** `undefined`: the child has no pull request yet. */
  readonly prState: PrState | undefined;
  readonly isDraft: boolean;
  readonly mergeable: Mergeable;
  readonly checkStatus: CheckStatus;
  readonly threadsTotal: number;
  readonly threadsResolved: number;
  readonly lastCommitSha: string;
  readonly lastCommitAt?: Date | undefined;
  readonly lastReviewAt?: Date | undefined;
  readonly needsCoding: boolean;
  readonly assignee?: string | undefined;
  /** For dispatching work only. */
  readonly issueTitle?: string | undefined;
  /** For dispatching work only. */
  readonly issueBody?: string | undefined;
  /** Whether the child's line in the epic is ticked; `undefined` where the epic has no such line. */
  readonly childTicked?: boolean | undefined;
  /** State of the child issue; `undefined` where nobody has looked. */
  readonly childState?: 'OPEN' | 'CLOSED' | undefined;
}

/**
 * `owner/name` of a signal's repository.
 *
 * @example
 * ```ts
 * import { repoFullName } from '@core/jobrunner';
 *
 * assert.equal(repoFullName({ repoOwner: 'host-uk', repoName: 'core' }), 'host-uk/core');
 * ```
 */
export function repoFullName({ repoOwner, repoName }: Pick<PipelineSignal, 'repoOwner' | 'repoName'>): string {
  return `${repoOwner}/${repoName}`;
}

/**
 * Whether threads wait for somebody.
 *
 * @example
 * ```ts
 * import { hasUnresolvedThreads } from '@core/jobrunner';
 *
 * assert.equal(hasUnresolvedThreads({ threadsTotal: 3, threadsResolved: 2 }), true);
 * assert.equal(hasUnresolvedThreads({ threadsTotal: 3, threadsResolved: 3 }), false);
 * ```
 */
export function hasUnresolvedThreads({
  threadsTotal,
  threadsResolved,
}: Pick<PipelineSignal, 'threadsTotal' | 'threadsResolved'>): boolean {
  return threadsTotal > threadsResolved;
}
