/** Who does it: a login. `octocat`, who is not the bot, unless it is given. */
export interface FakeByOptions {
  readonly by?: string | undefined;
}

/** What the viewer of a token may do in a repository. `none`: it does not see it, as if it were not there. */
export type FakePermission = 'none' | 'read' | 'write' | 'admin';

/** How a pull request is merged. */
export type FakeMergeMethod = 'MERGE' | 'REBASE' | 'SQUASH';

/** How a check run ended. */
export type FakeCheckConclusion =
  'action_required' | 'cancelled' | 'failure' | 'neutral' | 'skipped' | 'stale' | 'success' | 'timed_out';

/** Where a check run stands: under way, or how it ended. */
export type FakeCheckOutcome = 'queued' | 'in_progress' | FakeCheckConclusion;

/** What a commit status says. */
export type FakeStatusState = 'error' | 'failure' | 'pending' | 'success';

/** What a reviewer says. */
export type FakeReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';

/** Whether a pull request can be merged. `UNKNOWN` until somebody has asked, and GitHub has looked. */
export type FakeMergeable = 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN';

/** Why a pull request can or cannot be merged now. */
export type FakeMergeState = 'BEHIND' | 'BLOCKED' | 'CLEAN' | 'DIRTY' | 'DRAFT' | 'UNKNOWN' | 'UNSTABLE';

/** What all checks and statuses of a commit say together. */
export type FakeRollupState = 'ERROR' | 'FAILURE' | 'PENDING' | 'SUCCESS';

/** What stands between a pull request and its base branch. */
export interface FakeProtection {
  /** Names of check runs, or contexts of statuses, that must be green. */
  readonly requiredChecks?: readonly string[] | undefined;
  /** How many must approve; 0 unless it is given. */
  readonly requiredReviews?: number | undefined;
  /** The branch must be up to date with its base. */
  readonly strict?: boolean | undefined;
  /** All review threads must be resolved. */
  readonly requireResolvedThreads?: boolean | undefined;
}

/** What an issue and a pull request are both made from. */
export interface FakeConversationInput {
  /** The next free one unless it is given. */
  readonly number?: number | undefined;
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly assignees?: readonly string[] | undefined;
  /** Login of the author; `octocat` unless it is given. */
  readonly author?: string | undefined;
}

/** What a {@link FakeIssue} is made from. */
export interface FakeIssueInput extends FakeConversationInput {
  readonly state?: 'OPEN' | 'CLOSED' | undefined;
}

/** What a {@link FakePullRequest} is made from. */
export interface FakePullRequestInput extends FakeConversationInput {
  readonly draft?: boolean | undefined;
  /** The repository's default branch unless it is given. */
  readonly base?: string | undefined;
  /** Name of its own branch; `pr-<number>` unless it is given. */
  readonly head?: string | undefined;
  /** Issues that its body closes: a line `Closes #n` for each is added to `body`. */
  readonly closes?: readonly { readonly number: number }[] | undefined;
  /** It cannot be merged without a conflict. */
  readonly conflict?: boolean | undefined;
  /** Whether mergeability is known already: what the server does unless it is given. */
  readonly mergeability?: 'lazy' | 'immediate' | undefined;
  /** Check runs of its head by name. */
  readonly checks?: Readonly<Record<string, FakeCheckOutcome>> | undefined;
  /** Commit statuses of its head by context. */
  readonly statuses?: Readonly<Record<string, FakeStatusState>> | undefined;
  /** Review threads; a number makes so many that wait for somebody. */
  readonly threads?: number | readonly FakeThreadInput[] | undefined;
  /** When its first commit was made; now unless it is given. */
  readonly committedAt?: Date | undefined;
}

/** What a {@link FakeReviewThread} is made from. */
export interface FakeThreadInput extends FakeByOptions {
  readonly body?: string | undefined;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  readonly resolved?: boolean | undefined;
  readonly outdated?: boolean | undefined;
  /** When its first comment was written; now unless it is given. */
  readonly at?: Date | undefined;
}

/** What a {@link FakeReview} is made from. */
export interface FakeReviewInput extends FakeByOptions {
  readonly state?: FakeReviewState | undefined;
  readonly body?: string | undefined;
  readonly at?: Date | undefined;
}

/** What a {@link FakeRepository} is made from. */
export interface FakeRepositoryInput {
  readonly defaultBranch?: string | undefined;
  readonly private?: boolean | undefined;
  /** Whether its settings allow auto-merge; `true` unless it is given. */
  readonly allowAutoMerge?: boolean | undefined;
  /** Which ways of merging its settings allow; all unless they are given. */
  readonly mergeMethods?: readonly FakeMergeMethod[] | undefined;
  /** What everybody with a token may do; `admin` unless it is given. */
  readonly permission?: FakePermission | undefined;
  /** Protection of branches by name. */
  readonly protect?: Readonly<Record<string, FakeProtection>> | undefined;
}
