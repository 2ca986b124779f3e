import type { FakePullRequest } from './pull-request.ts';
import type { FakeCheckConclusion, FakeCheckOutcome, FakeRollupState, FakeStatusState } from './words.ts';
import { actor, type FakeUser } from './world.ts';

/** One check run of a commit. */
export class FakeCheckRun {
  readonly commit: FakeCommit;
  readonly name: string;
  readonly nodeId: string;
  readonly databaseId: number;
  readonly startedAt: Date;
  #outcome: FakeCheckOutcome;
  #completedAt: Date | undefined;

  constructor(commit: FakeCommit, name: string, outcome: FakeCheckOutcome) {
    const { world } = commit.pull.repo;
    this.commit = commit;
    this.name = name;
    this.startedAt = world.now();
    this.#outcome = outcome;
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('CR', this));
    this.set(outcome);
  }

  /** `queued`, `in_progress` or `completed`. */
  get status(): 'queued' | 'in_progress' | 'completed' {
    return this.#outcome === 'queued' || this.#outcome === 'in_progress' ? this.#outcome : 'completed';
  }

  get conclusion(): FakeCheckConclusion | undefined {
    return this.#outcome === 'queued' || this.#outcome === 'in_progress' ? undefined : this.#outcome;
  }

  get completedAt(): Date | undefined {
    return this.#completedAt;
  }

  set(outcome: FakeCheckOutcome): void {
    this.#outcome = outcome;
    this.#completedAt = this.status === 'completed' ? this.commit.pull.repo.world.now() : undefined;
  }

  /** What it adds to the roll-up. */
  get rollup(): FakeRollupState {
    return this.conclusion === undefined ? 'PENDING' : ROLLUP_OF[this.conclusion];
  }
}

/** What the roll-up makes of a conclusion. */
const ROLLUP_OF: Readonly<Record<FakeCheckConclusion, FakeRollupState>> = {
  action_required: 'FAILURE',
  cancelled: 'FAILURE',
  failure: 'FAILURE',
  neutral: 'SUCCESS',
  skipped: 'SUCCESS',
  stale: 'PENDING',
  success: 'SUCCESS',
  timed_out: 'FAILURE',
};

/** One status of a commit: the older way to say what a check run says. */
export class FakeStatus {
  readonly commit: FakeCommit;
  readonly context: string;
  readonly state: FakeStatusState;
  readonly nodeId: string;
  readonly databaseId: number;
  readonly createdAt: Date;

  constructor(commit: FakeCommit, context: string, state: FakeStatusState) {
    const { world } = commit.pull.repo;
    this.commit = commit;
    this.context = context;
    this.state = state;
    this.createdAt = world.now();
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('SC', this));
  }

  /** What it adds to the roll-up. */
  get rollup(): FakeRollupState {
    return this.state.toUpperCase() as FakeRollupState;
  }
}

/** A commit of a pull request, with its checks. */
export class FakeCommit {
  readonly pull: FakePullRequest;
  readonly oid: string;
  readonly message: string;
  readonly committedAt: Date;
  readonly author: FakeUser;
  readonly nodeId: string;
  readonly databaseId: number;
  readonly #checks = new Map<string, FakeCheckRun>();
  readonly #statuses = new Map<string, FakeStatus>();

  constructor(pull: FakePullRequest, message: string, at: Date | undefined, by: string | undefined) {
    const { world } = pull.repo;
    this.pull = pull;
    this.message = message;
    this.oid = world.newSha();
    this.committedAt = at ?? world.now();
    this.author = actor(world, by);
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('C', this));
  }

  /** The newest run of each name. */
  get checks(): readonly FakeCheckRun[] {
    return [...this.#checks.values()];
  }

  /** The newest status of each context. */
  get statuses(): readonly FakeStatus[] {
    return [...this.#statuses.values()];
  }

  /** Check runs and statuses in one word; `undefined` where there are none. */
  get rollup(): FakeRollupState | undefined {
    const states = [...this.checks, ...this.statuses].map(({ rollup }) => rollup);
    return (['FAILURE', 'ERROR', 'PENDING', 'SUCCESS'] as const).find((state) => states.includes(state));
  }

  /** Whether a check run or a status of this name is there and green. */
  isGreen(name: string): boolean {
    return (this.#checks.get(name) ?? this.#statuses.get(name))?.rollup === 'SUCCESS';
  }

  setCheck(name: string, outcome: FakeCheckOutcome): FakeCheckRun {
    const run = this.#checks.get(name) ?? new FakeCheckRun(this, name, outcome);
    run.set(outcome);
    this.#checks.set(name, run);
    return run;
  }

  setStatus(context: string, state: FakeStatusState): FakeStatus {
    const status = new FakeStatus(this, context, state);
    this.#statuses.set(context, status);
    return status;
  }
}
