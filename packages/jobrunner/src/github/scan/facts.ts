import type { CheckStatus, Mergeable, PrState } from '../../pipeline-signal.ts';

/** State of an issue. */
export type IssueState = 'CLOSED' | 'OPEN';

/** What is known of a pull request. */
export interface PullFacts {
  readonly number: number;
  readonly state: PrState;
  readonly isDraft: boolean;
  readonly mergeable: Mergeable;
  readonly checkStatus: CheckStatus;
  readonly sha: string;
  readonly committedAt: Date | undefined;
  readonly reviewedAt: Date | undefined;
  readonly threadsTotal: number;
  readonly threadsResolved: number;
  /** Issues of the same repository that it closes. */
  readonly closes: ReadonlySet<number>;
}

/** What is known of an epic. */
export interface EpicFacts {
  readonly number: number;
  readonly body: string;
  /** Its sub-issues in the same repository. */
  readonly subIssues: ReadonlySet<number>;
}

/** What is known of a child that was asked for by its number. */
export interface ChildFacts {
  readonly number: number;
  readonly state: IssueState;
  readonly title: string;
  readonly body: string;
  readonly assignee: string | undefined;
  /** Pull requests of the same repository that are linked with it, whatever their state. */
  readonly pulls: readonly PullFacts[];
  /** Whether one in another repository is. */
  readonly isDoneElsewhere: boolean;
}

/** All that one scan found in a repository. */
export interface RepoFacts {
  readonly pulls: readonly PullFacts[];
  /** Numbers of those that were merged too long ago for the lists, and were asked for. */
  readonly unlistedPulls: ReadonlySet<number>;
  readonly epics: readonly EpicFacts[];
  /** By number; `undefined` for a number that is no issue. */
  readonly children: ReadonlyMap<number, ChildFacts | undefined>;
  /** States of issues that were met on the way. */
  readonly states: ReadonlyMap<number, IssueState>;
}
