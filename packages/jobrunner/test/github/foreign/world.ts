import { createHash } from 'node:crypto';

/** An issue of the foreign GitHub. */
export interface ForeignIssue {
  readonly number: number;
  title: string;
  body: string;
  state: 'CLOSED' | 'OPEN';
  labels: string[];
  assignees: string[];
  subIssues: ForeignIssue[];
  comments: string[];
  updatedAt: string;
}

/** A pull request of it. */
export interface ForeignPull {
  readonly number: number;
  body: string;
  state: 'CLOSED' | 'MERGED' | 'OPEN';
  isDraft: boolean;
  head: string;
  committedAt: string;
  reviewedAt: string | undefined;
  checks: string | undefined;
  mergeable: string;
  autoMerge: boolean;
  threads: { readonly id: string; isResolved: boolean; readonly saidAt: string }[];
  comments: string[];
  updatedAt: string;
}

/** What this GitHub knows: one repository. It links no pull request with an issue: no base is the default branch. */
export class ForeignWorld {
  name = 'host-uk/core';
  readonly issues: Map<number, ForeignIssue> = new Map<number, ForeignIssue>();
  readonly pulls: Map<number, ForeignPull> = new Map<number, ForeignPull>();
  allowsAutoMerge = false;
  /** Why it lets nobody enable auto-merge. */
  refusal = 'Pull request Auto merge is not allowed for this repository';
  #numbers = 0;
  #time = Date.parse('2026-02-03T04:05:06Z');

  issue(fields: Partial<ForeignIssue> = {}): ForeignIssue {
    const blank = {
      title: 'T',
      body: '',
      state: 'OPEN' as const,
      labels: [],
      assignees: [],
      subIssues: [],
      comments: [],
    };
    const issue: ForeignIssue = { ...blank, ...fields, number: this.#next(), updatedAt: this.now() };
    this.issues.set(issue.number, issue);
    return issue;
  }

  pull(fields: Partial<ForeignPull> = {}): ForeignPull {
    const number = this.#next();
    const pull: ForeignPull = {
      ...{
        number,
        body: '',
        state: 'OPEN',
        isDraft: false,
        head: shaOf(number),
        committedAt: '2026-02-02T00:00:00+01:00',
      },
      ...{
        reviewedAt: undefined,
        checks: 'SUCCESS',
        mergeable: 'MERGEABLE',
        autoMerge: false,
        threads: [],
        comments: [],
      },
      ...{ updatedAt: this.now(), ...fields },
    };
    this.pulls.set(number, pull);
    return pull;
  }

  /** Changes something, and its time with it. */
  touch<T extends ForeignIssue | ForeignPull>(one: T, change: Partial<T>): void {
    Object.assign(one, change, { updatedAt: this.now() });
  }

  /** A second later than the last time. */
  now(): string {
    this.#time += 1_000;
    return new Date(this.#time).toISOString().replace('.000', '');
  }

  #next(): number {
    this.#numbers += 1;
    return this.#numbers;
  }
}

export function shaOf(seed: unknown): string {
  return createHash('sha1').update(String(seed)).digest('hex');
}
