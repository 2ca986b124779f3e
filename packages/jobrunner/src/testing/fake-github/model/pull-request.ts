import { closingReferences } from './closing-keywords.ts';
import { type FakeCheckRun, FakeCommit, type FakeStatus } from './commit.ts';
import { FakeConversation } from './conversation.ts';
import type { FakeIssue } from './issue.ts';
import { refuseAutoMerge, refuseMerge } from './merge-rules.ts';
import { mergeStateOf, reviewDecisionOf } from './merge-state.ts';
import { unprocessable } from './refusal.ts';
import type { FakeRepository } from './repository.ts';
import { FakeReview, FakeReviewThread } from './review.ts';
import type {
  FakeByOptions,
  FakeCheckOutcome,
  FakeMergeable,
  FakeMergeMethod,
  FakeMergeState,
  FakeProtection,
  FakePullRequestInput,
  FakeReviewInput,
  FakeStatusState,
  FakeThreadInput,
} from './words.ts';
import { actor, type FakeUser } from './world.ts';

/** How and when a pull request was merged. */
export interface FakeMerge {
  readonly at: Date;
  readonly by: FakeUser;
  readonly method: FakeMergeMethod;
  readonly oid: string;
}

/** An auto-merge that waits for its moment. */
export interface FakeAutoMerge {
  readonly method: FakeMergeMethod;
  readonly by: FakeUser;
  readonly enabledAt: Date;
  readonly headline: string | undefined;
  readonly body: string | undefined;
}

/** How a pull request is to be merged, and what its head must be. */
export interface FakeMergeOptions extends FakeByOptions {
  readonly method?: FakeMergeMethod | undefined;
  readonly expectedHeadOid?: string | undefined;
  readonly headline?: string | undefined;
  readonly body?: string | undefined;
}

/** A pull request. Its mergeability is worked out lazily, as on GitHub: whoever asks first is told `UNKNOWN`. */
export class FakePullRequest extends FakeConversation {
  protected override readonly event = 'pull_request';
  readonly baseRefName: string;
  readonly headRefName: string;
  /** The commit of its base that it was made from. */
  readonly baseOid: string;
  readonly #mergeability: 'lazy' | 'immediate';
  #isDraft: boolean;
  #hasConflict: boolean;
  #isBehind = false;
  #mergeable: FakeMergeable = 'UNKNOWN';
  #commits: readonly FakeCommit[];
  #threads: readonly FakeReviewThread[];
  #reviews: readonly FakeReview[] = [];
  #links: readonly FakeIssue[] = [];
  #autoMerge: FakeAutoMerge | undefined;
  #merge: FakeMerge | undefined;
  #closedAt: Date | undefined;

  constructor(repo: FakeRepository, number: number, input: FakePullRequestInput) {
    super(repo, number, 'PR', { ...input, body: bodyOf(input) });
    const { threads = [], checks = {}, statuses = {}, mergeability = repo.world.mergeability } = input;
    this.baseRefName = input.base ?? repo.defaultBranch;
    this.baseOid = repo.tipOf(this.baseRefName);
    this.headRefName = input.head ?? `pr-${String(number)}`;
    this.#mergeability = mergeability;
    this.#isDraft = input.draft ?? false;
    this.#hasConflict = input.conflict ?? false;
    this.#commits = [new FakeCommit(this, this.title, input.committedAt, this.author.login)];
    for (const [name, outcome] of Object.entries(checks)) this.head.setCheck(name, outcome);
    for (const [context, state] of Object.entries(statuses)) this.head.setStatus(context, state);
    const wanted = typeof threads === 'number' ? Array.from({ length: threads }, () => ({})) : threads;
    this.#threads = wanted.map((thread) => new FakeReviewThread(this, thread));
    this.#forgetMergeability();
  }

  override get state(): 'OPEN' | 'CLOSED' | 'MERGED' {
    if (this.#merge !== undefined) return 'MERGED';
    return this.#closedAt === undefined ? 'OPEN' : 'CLOSED';
  }

  get isDraft(): boolean {
    return this.#isDraft;
  }

  override get closedAt(): Date | undefined {
    return this.#closedAt;
  }

  get merged(): FakeMerge | undefined {
    return this.#merge;
  }

  get autoMerge(): FakeAutoMerge | undefined {
    return this.#autoMerge;
  }

  /** What is known now; looking here does not make anybody find out. */
  get mergeable(): FakeMergeable {
    return this.#mergeable;
  }

  get mergeState(): FakeMergeState {
    return mergeStateOf(this);
  }

  get hasConflict(): boolean {
    return this.#hasConflict;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  get protection(): FakeProtection {
    return this.repo.protectionOf(this.baseRefName);
  }

  /** Oldest first. */
  get commits(): readonly FakeCommit[] {
    return this.#commits;
  }

  /** The newest commit. */
  get head(): FakeCommit {
    const head = this.#commits.at(-1);
    if (head === undefined) throw new Error('A pull request has a commit');
    return head;
  }

  get threads(): readonly FakeReviewThread[] {
    return this.#threads;
  }

  get reviews(): readonly FakeReview[] {
    return this.#reviews;
  }

  /** The newest review of each reviewer that says yes or no. */
  get latestOpinions(): readonly FakeReview[] {
    const opinions = this.#reviews.filter(({ state }) => state !== 'COMMENTED');
    return [...new Map(opinions.map((review) => [review.author.login, review])).values()];
  }

  get reviewDecision(): 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | undefined {
    return reviewDecisionOf(this);
  }

  /**
   * The issues that merging it closes: by the keywords of its body, or linked by hand. None where its base is not the
   * default branch.
   */
  get closingIssues(): readonly FakeIssue[] {
    if (this.baseRefName !== this.repo.defaultBranch) return [];
    const named = closingReferences(this.body).map(({ repo, number }) => this.repo.issueOf(repo, number));
    return [...new Set([...named.filter((issue) => issue !== undefined), ...this.#links])];
  }

  /** Reads mergeability as an API does: what is not known is found out after this answer. */
  askMergeable(): FakeMergeable {
    if (this.#mergeable === 'UNKNOWN' && this.state === 'OPEN') this.repo.world.ask(this);
    return this.#mergeable;
  }

  /** Finds out whether it is mergeable. */
  computeMergeability(): FakeMergeable {
    if (this.state === 'OPEN') this.#mergeable = this.#hasConflict ? 'CONFLICTING' : 'MERGEABLE';
    return this.#mergeable;
  }

  /** Pushes a commit: checks begin anew, mergeability is not known any more. */
  push({
    message = 'Another commit',
    at,
    by,
  }: { readonly message?: string; readonly at?: Date } & FakeByOptions = {}): FakeCommit {
    const commit = new FakeCommit(this, message, at, by ?? this.author.login);
    this.#commits = [...this.#commits, commit];
    this.#forgetMergeability();
    this.changed('synchronize', by ?? this.author.login);
    this.settle();
    return commit;
  }

  /** Whether it can be merged without a conflict from now on, for instance because the base branch has moved. */
  setConflict(hasConflict: boolean): void {
    this.#hasConflict = hasConflict;
    this.#forgetMergeability();
    this.settle();
  }

  /** Whether its base branch has commits that it lacks. */
  setBehind(isBehind: boolean): void {
    this.#isBehind = isBehind;
    this.settle();
  }

  /** Sets a check run of its head. */
  check(name: string, outcome: FakeCheckOutcome, { by = 'ci[bot]' }: FakeByOptions = {}): FakeCheckRun {
    const run = this.head.setCheck(name, outcome);
    this.#tell('check_run', run.status === 'completed' ? 'completed' : 'created', run, by);
    this.settle();
    return run;
  }

  /** Sets a commit status of its head. */
  status(context: string, state: FakeStatusState, { by = 'ci[bot]' }: FakeByOptions = {}): FakeStatus {
    const status = this.head.setStatus(context, state);
    this.#tell('status', undefined, status, by);
    this.settle();
    return status;
  }

  /** Opens a review thread. */
  thread(input: FakeThreadInput = {}): FakeReviewThread {
    const thread = new FakeReviewThread(this, input);
    this.#threads = [...this.#threads, thread];
    this.touch();
    return thread;
  }

  review(input: FakeReviewInput): FakeReview {
    const review = new FakeReview(this, input);
    this.#reviews = [...this.#reviews, review];
    this.touch();
    this.#tell('pull_request_review', 'submitted', review, review.author.login);
    this.settle();
    return review;
  }

  /** Links an issue by hand. */
  link(issue: FakeIssue): void {
    this.#links = [...this.#links, issue];
    this.repo.world.changed();
  }

  markReady({ by }: FakeByOptions = {}): void {
    if (this.state !== 'OPEN') throw unprocessable('Pull request is closed');
    if (!this.#isDraft) return;
    this.#isDraft = false;
    this.changed('ready_for_review', by);
    this.settle();
  }

  /** Makes it a draft, which ends its auto-merge. */
  convertToDraft({ by }: FakeByOptions = {}): void {
    if (this.state !== 'OPEN') throw unprocessable('Pull request is closed');
    if (this.#isDraft) return;
    this.#isDraft = true;
    this.#autoMerge = undefined;
    this.changed('converted_to_draft', by);
  }

  close({ by }: FakeByOptions = {}): void {
    if (this.state !== 'OPEN') return;
    this.#closedAt = this.repo.world.now();
    this.#autoMerge = undefined;
    this.#mergeable = 'UNKNOWN';
    this.changed('closed', by);
  }

  reopen({ by }: FakeByOptions = {}): void {
    if (this.state === 'MERGED') throw unprocessable('state cannot be changed. The pull request cannot be reopened.');
    if (this.state === 'OPEN') return;
    this.#closedAt = undefined;
    this.#forgetMergeability();
    this.changed('reopened', by);
  }

  /** Merges it where nothing stands against it, and closes its issues. */
  merge({ by, method = 'MERGE', expectedHeadOid }: FakeMergeOptions = {}): FakeMerge {
    refuseMerge(this, { method, expectedHeadOid });
    return this.#mergeNow(actor(this.repo.world, by), method);
  }

  /** Has it merged when its requirements are met. */
  enableAutoMerge({ by, method = 'MERGE', expectedHeadOid, headline, body }: FakeMergeOptions = {}): void {
    refuseAutoMerge(this, { method, expectedHeadOid });
    const { world } = this.repo;
    this.#autoMerge = { method, by: actor(world, by), enabledAt: world.now(), headline, body };
    this.changed('auto_merge_enabled', by);
  }

  disableAutoMerge({ by }: FakeByOptions = {}): void {
    if (this.#autoMerge === undefined) throw unprocessable("Can't disable auto-merge for this pull request");
    this.#autoMerge = undefined;
    this.changed('auto_merge_disabled', by);
  }

  /** What waits for its moment is done where the moment has come: called after each change. */
  settle(): void {
    if (this.#autoMerge === undefined || this.state !== 'OPEN') return;
    this.computeMergeability();
    if (this.mergeState === 'CLEAN' || this.mergeState === 'UNSTABLE') {
      this.#mergeNow(this.#autoMerge.by, this.#autoMerge.method);
    }
  }

  /** A reply in a thread moves `updatedAt`. */
  touchForReview(): void {
    this.touch();
  }

  #mergeNow(by: FakeUser, method: FakeMergeMethod): FakeMerge {
    const { world } = this.repo;
    const closes = this.closingIssues;
    this.#merge = { at: world.now(), by, method, oid: world.newSha() };
    this.#closedAt = this.#merge.at;
    this.repo.moveTip(this.baseRefName, this.#merge.oid);
    this.#mergeable = 'UNKNOWN'; // for ever: nobody computes it for what is merged
    this.#autoMerge = undefined;
    this.changed('closed', by.login);
    for (const issue of closes) issue.close({ by: by.login });
    return this.#merge;
  }

  #forgetMergeability(): void {
    this.#mergeable = 'UNKNOWN';
    if (this.#mergeability === 'immediate') this.computeMergeability();
  }

  #tell(event: string, action: string | undefined, subject: object, by: string): void {
    const { repo } = this;
    repo.world.emit({ event, action, repo, by: repo.world.user(by), subject });
  }
}

function bodyOf({ body = '', closes = [] }: FakePullRequestInput): string {
  return [body, ...closes.map(({ number }) => `Closes #${String(number)}`)].filter((line) => line !== '').join('\n');
}
