import { FakeConversation } from './conversation.ts';
import type { FakePullRequest } from './pull-request.ts';
import { unprocessable } from './refusal.ts';
import type { FakeRepository } from './repository.ts';
import type { FakeByOptions, FakeIssueInput } from './words.ts';

/** Why an issue is closed or open again. */
export type FakeStateReason = 'COMPLETED' | 'DUPLICATE' | 'NOT_PLANNED' | 'REOPENED';

/** How many sub-issues an issue may have, and how deep they may go. */
const MOST_SUB_ISSUES = 100;
const DEEPEST = 8;

/** An issue. What `by` somebody else is done to it changes it as on GitHub: `updatedAt`, events, webhooks. */
export class FakeIssue extends FakeConversation {
  protected override readonly event = 'issues';
  #state: 'OPEN' | 'CLOSED';
  #stateReason: FakeStateReason | undefined;
  #closedAt: Date | undefined;
  #parent: FakeIssue | undefined;
  #subIssues: readonly FakeIssue[] = [];

  constructor(repo: FakeRepository, number: number, input: FakeIssueInput) {
    super(repo, number, 'I', input);
    this.#state = input.state ?? 'OPEN';
    if (this.#state === 'CLOSED') [this.#closedAt, this.#stateReason] = [this.createdAt, 'COMPLETED'];
  }

  override get state(): 'OPEN' | 'CLOSED' {
    return this.#state;
  }

  get stateReason(): FakeStateReason | undefined {
    return this.#stateReason;
  }

  override get closedAt(): Date | undefined {
    return this.#closedAt;
  }

  get parent(): FakeIssue | undefined {
    return this.#parent;
  }

  get subIssues(): readonly FakeIssue[] {
    return this.#subIssues;
  }

  /** The pull requests that close it, of all repositories, oldest first. */
  get closedBy(): readonly FakePullRequest[] {
    return this.repo.world.closing.pullsOf(this);
  }

  /** Closes it; a closed one stays as it is. */
  close({ reason = 'COMPLETED', by }: { readonly reason?: FakeStateReason } & FakeByOptions = {}): void {
    if (this.#state === 'CLOSED') return;
    this.#state = 'CLOSED';
    this.#stateReason = reason;
    this.#closedAt = this.repo.world.now();
    this.changed('closed', by);
  }

  /** Opens it again; an open one stays as it is. */
  reopen({ by }: FakeByOptions = {}): void {
    if (this.#state === 'OPEN') return;
    this.#state = 'OPEN';
    this.#stateReason = 'REOPENED';
    this.#closedAt = undefined;
    this.changed('reopened', by);
  }

  /** Makes another issue, of any repository, one of its parts. An issue has one parent. */
  addSubIssue(child: FakeIssue, { by }: FakeByOptions = {}): void {
    if (child.#parent !== undefined) throw unprocessable('Issue may not contain duplicate sub-issues');
    if (child === this || this.#hasAbove(child)) throw unprocessable('Sub-issues may not form a cycle');
    if (this.#subIssues.length >= MOST_SUB_ISSUES) throw unprocessable('Parent cannot have more than 100 sub-issues');
    if (this.#depth() >= DEEPEST) throw unprocessable('Sub-issues may not be nested deeper than 8 levels');
    child.#parent = this;
    this.#subIssues = [...this.#subIssues, child];
    this.changed('sub_issue_added', by);
  }

  removeSubIssue(child: FakeIssue, { by }: FakeByOptions = {}): void {
    if (child.#parent !== this) throw unprocessable('The provided sub-issue does not exist');
    child.#parent = undefined;
    this.#subIssues = this.#subIssues.filter((other) => other !== child);
    this.changed('sub_issue_removed', by);
  }

  /** Takes it away for good: REST answers 410, GraphQL that there is none. */
  delete({ by }: FakeByOptions = {}): void {
    this.#parent?.removeSubIssue(this, { by });
    this.repo.dropIssue(this);
    this.changed('deleted', by);
  }

  #hasAbove(other: FakeIssue): boolean {
    return this.#parent !== undefined && (this.#parent === other || this.#parent.#hasAbove(other));
  }

  #depth(): number {
    return this.#parent === undefined ? 0 : this.#parent.#depth() + 1;
  }
}
