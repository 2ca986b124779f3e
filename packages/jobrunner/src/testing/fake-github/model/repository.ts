import { FakeIssue } from './issue.ts';
import { FakeLabel } from './label.ts';
import { FakePullRequest } from './pull-request.ts';
import type {
  FakeConversationInput,
  FakeIssueInput,
  FakeMergeMethod,
  FakePermission,
  FakeProtection,
  FakePullRequestInput,
  FakeRepositoryInput,
} from './words.ts';
import { actor, type FakeUser, type World } from './world.ts';

/** How an epic names its children. */
export type FakeEpicForm = 'checklist' | 'sub-issues' | 'both';

/** What {@link FakeRepository.epic} makes an epic from. */
export interface FakeEpicInput extends FakeIssueInput {
  readonly children: readonly FakeIssue[];
  /** `checklist` unless it is given: a line `- [ ] #n` for each child is added to the body. */
  readonly form?: FakeEpicForm | undefined;
}

const PERMISSIONS: readonly FakePermission[] = ['none', 'read', 'write', 'admin'];

/** A repository: makes issues and pull requests, and knows who may do what. */
export class FakeRepository {
  readonly world: World;
  readonly owner: FakeUser;
  readonly name: string;
  readonly nodeId: string;
  readonly databaseId: number;
  readonly createdAt: Date;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  /** Whether its settings allow auto-merge. */
  allowAutoMerge: boolean;
  mergeMethods: readonly FakeMergeMethod[];
  readonly #permission: FakePermission;
  readonly #permissions = new Map<string, FakePermission>();
  readonly #protections = new Map<string, FakeProtection>();
  readonly #labels = new Map<string, FakeLabel>();
  readonly #issues = new Map<number, FakeIssue>();
  readonly #pulls = new Map<number, FakePullRequest>();
  readonly #deleted = new Set<number>();
  readonly #tips = new Map<string, string>();
  #lastNumber = 0;

  constructor(world: World, owner: string, name: string, input: FakeRepositoryInput) {
    this.world = world;
    this.owner = world.user(owner);
    this.name = name;
    this.createdAt = world.now();
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('R', this));
    this.isPrivate = input.private ?? false;
    this.defaultBranch = input.defaultBranch ?? 'main';
    this.allowAutoMerge = input.allowAutoMerge ?? true;
    this.mergeMethods = input.mergeMethods ?? ['MERGE', 'REBASE', 'SQUASH'];
    this.#permission = input.permission ?? 'admin';
    for (const [branch, protection] of Object.entries(input.protect ?? {})) this.protect(branch, protection);
  }

  /** `owner/name` */
  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  /** By number, ascending. */
  get issues(): readonly FakeIssue[] {
    return [...this.#issues.values()].sort((a, b) => a.number - b.number);
  }

  /** By number, ascending. */
  get pulls(): readonly FakePullRequest[] {
    return [...this.#pulls.values()].sort((a, b) => a.number - b.number);
  }

  /** By number, ascending: to REST a pull request is an issue, too. */
  get conversations(): readonly (FakeIssue | FakePullRequest)[] {
    return [...this.#issues.values(), ...this.#pulls.values()].sort((a, b) => a.number - b.number);
  }

  get labels(): readonly FakeLabel[] {
    return [...this.#labels.values()];
  }

  /** Makes an issue. */
  issue(input: FakeIssueInput = {}): FakeIssue {
    const issue = new FakeIssue(this, this.#number(input), input);
    this.#issues.set(issue.number, issue);
    this.#tell('issues', 'opened', issue, input.author);
    return issue;
  }

  /** Makes an issue with the label `epic` that names its children. */
  epic({ children, form = 'checklist', body = '', labels = ['epic'], ...input }: FakeEpicInput): FakeIssue {
    const lines = children.map(
      (child) => `- [ ] ${child.repo === this ? '' : child.repo.fullName}#${String(child.number)}`,
    );
    const parts = form === 'sub-issues' ? [body] : [body, lines.join('\n')];
    const epic = this.issue({ ...input, labels, body: parts.filter((part) => part !== '').join('\n\n') });
    if (form !== 'checklist') for (const child of children) epic.addSubIssue(child);
    return epic;
  }

  /** Makes a pull request. */
  pull(input: FakePullRequestInput = {}): FakePullRequest {
    const pull = new FakePullRequest(this, this.#number(input), input);
    this.#pulls.set(pull.number, pull);
    this.#tell('pull_request', 'opened', pull, input.author);
    return pull;
  }

  findIssue(number: number): FakeIssue | undefined {
    return this.#issues.get(number);
  }

  findPull(number: number): FakePullRequest | undefined {
    return this.#pulls.get(number);
  }

  /** Whether there was an issue of this number that somebody has deleted. */
  wasDeleted(number: number): boolean {
    return this.#deleted.has(number);
  }

  /** The issue that a reference names from here. */
  issueOf(fullName: string | undefined, number: number): FakeIssue | undefined {
    const repo = fullName === undefined ? this : this.world.repos.get(fullName.toLowerCase());
    return repo?.findIssue(number);
  }

  /** The label of a name, made when it is first used. */
  label(name: string): FakeLabel {
    const key = name.toLowerCase();
    let label = this.#labels.get(key);
    if (label === undefined) this.#labels.set(key, (label = new FakeLabel(this.world, name)));
    return label;
  }

  /** What stands between a pull request and this branch, from now on. */
  protect(branch: string, protection: FakeProtection): void {
    this.#protections.set(branch, protection);
    for (const pull of this.#pulls.values()) if (pull.baseRefName === branch) pull.settle();
  }

  protectionOf(branch: string): FakeProtection {
    return this.#protections.get(branch) ?? {};
  }

  /** The commit at the end of a branch. */
  tipOf(branch: string): string {
    const oid = this.#tips.get(branch) ?? this.world.newSha();
    this.#tips.set(branch, oid);
    return oid;
  }

  /** A branch has moved on. */
  moveTip(branch: string, oid: string): void {
    this.#tips.set(branch, oid);
  }

  isProtected(branch: string): boolean {
    return this.#protections.has(branch);
  }

  /** What a login may do, from now on. */
  permit(login: string, permission: FakePermission): void {
    this.#permissions.set(login.toLowerCase(), permission);
  }

  /** What a login may do; nobody in particular reads what is not private. */
  permissionOf(login: string | undefined): FakePermission {
    if (login === undefined) return this.isPrivate ? 'none' : 'read';
    return this.#permissions.get(login.toLowerCase()) ?? this.#permission;
  }

  /** Whether a login may do at least what this permission allows. */
  allows(login: string | undefined, wanted: FakePermission): boolean {
    return PERMISSIONS.indexOf(this.permissionOf(login)) >= PERMISSIONS.indexOf(wanted);
  }

  dropIssue(issue: FakeIssue): void {
    this.#issues.delete(issue.number);
    this.#deleted.add(issue.number);
    this.world.forget(issue.nodeId);
  }

  #number({ number = this.#lastNumber + 1 }: FakeConversationInput): number {
    const isTaken = this.#issues.has(number) || this.#pulls.has(number) || this.#deleted.has(number);
    if (!Number.isSafeInteger(number) || number < 1 || isTaken) {
      throw new RangeError(`number must be one that ${this.fullName} has not used, it is ${String(number)}`);
    }
    this.#lastNumber = Math.max(this.#lastNumber, number);
    return number;
  }

  #tell(event: string, action: string, subject: object, author: string | undefined): void {
    this.world.emit({ event, action, repo: this, by: actor(this.world, author), subject });
  }
}
