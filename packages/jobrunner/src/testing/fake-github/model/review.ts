import type { FakePullRequest } from './pull-request.ts';
import type { FakeByOptions, FakeReviewInput, FakeReviewState, FakeThreadInput } from './words.ts';
import { actor, type FakeUser } from './world.ts';

/** What a reviewer said once about a pull request. */
export class FakeReview {
  readonly pull: FakePullRequest;
  readonly author: FakeUser;
  readonly body: string;
  readonly state: FakeReviewState;
  readonly submittedAt: Date;
  /** The commit that it was said about. */
  readonly commitOid: string;
  readonly nodeId: string;
  readonly databaseId: number;

  constructor(pull: FakePullRequest, { by = 'reviewer', state = 'COMMENTED', body = '', at }: FakeReviewInput) {
    const { world } = pull.repo;
    this.pull = pull;
    this.author = world.user(by);
    this.body = body;
    this.state = state;
    this.submittedAt = at ?? world.now();
    this.commitOid = pull.head.oid;
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('PRR', this));
  }
}

/** One comment of a review thread. */
export class FakeReviewComment {
  readonly thread: FakeReviewThread;
  readonly author: FakeUser;
  readonly body: string;
  readonly createdAt: Date;
  readonly nodeId: string;
  readonly databaseId: number;

  constructor(thread: FakeReviewThread, body: string, author: FakeUser, at: Date | undefined) {
    const { world } = thread.pull.repo;
    this.thread = thread;
    this.author = author;
    this.body = body;
    this.createdAt = at ?? world.now();
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('PRRC', this));
  }
}

/** A conversation about a line of a pull request. */
export class FakeReviewThread {
  readonly pull: FakePullRequest;
  readonly path: string;
  readonly line: number;
  readonly nodeId: string;
  readonly databaseId: number;
  #outdated: boolean;
  #resolvedBy: FakeUser | undefined;
  #comments: readonly FakeReviewComment[];

  constructor(pull: FakePullRequest, input: FakeThreadInput) {
    const { path = 'src/index.ts', line = 1, body = 'Please look at this.', by = 'reviewer', at } = input;
    const { world } = pull.repo;
    this.pull = pull;
    this.path = path;
    this.line = line;
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('PRRT', this));
    this.#outdated = input.outdated ?? false;
    this.#comments = [new FakeReviewComment(this, body, world.user(by), at)];
    this.#resolvedBy = input.resolved === true ? world.user(by) : undefined;
  }

  get isResolved(): boolean {
    return this.#resolvedBy !== undefined;
  }

  get resolvedBy(): FakeUser | undefined {
    return this.#resolvedBy;
  }

  /** Whether the line has changed since. */
  get isOutdated(): boolean {
    return this.#outdated;
  }

  get comments(): readonly FakeReviewComment[] {
    return this.#comments;
  }

  /** Resolves it; one that is resolved stays as it is. */
  resolve({ by }: FakeByOptions = {}): void {
    if (this.isResolved) return;
    this.#resolvedBy = actor(this.pull.repo.world, by);
    this.#tell('resolved', by);
    this.pull.settle();
  }

  /** Opens it again; one that waits stays as it is. */
  unresolve({ by }: FakeByOptions = {}): void {
    if (!this.isResolved) return;
    this.#resolvedBy = undefined;
    this.#tell('unresolved', by);
  }

  reply(body: string, { by, at }: FakeByOptions & { readonly at?: Date } = {}): FakeReviewComment {
    const comment = new FakeReviewComment(this, body, actor(this.pull.repo.world, by), at);
    this.#comments = [...this.#comments, comment];
    this.pull.touchForReview();
    return comment;
  }

  markOutdated(): void {
    this.#outdated = true;
  }

  #tell(action: string, by: string | undefined): void {
    const { repo } = this.pull;
    repo.world.emit({
      event: 'pull_request_review_thread',
      action,
      repo,
      by: actor(repo.world, by),
      subject: this,
    });
  }
}
