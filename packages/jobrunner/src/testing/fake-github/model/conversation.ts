import { FakeComment } from './comment.ts';
import type { FakeLabel } from './label.ts';
import { Reactions } from './reaction.ts';
import type { FakeRepository } from './repository.ts';
import type { FakeByOptions, FakeConversationInput } from './words.ts';
import { actor, type FakeUser } from './world.ts';

/** What issues and pull requests have in common: to GitHub a pull request is an issue, too. */
export abstract class FakeConversation {
  readonly repo: FakeRepository;
  readonly number: number;
  readonly nodeId: string;
  readonly databaseId: number;
  readonly author: FakeUser;
  readonly createdAt: Date;
  readonly reactions: Reactions;
  #title: string;
  #body: string;
  #updatedAt: Date;
  #labels: readonly FakeLabel[];
  #assignees: readonly FakeUser[];
  #comments: readonly FakeComment[] = [];

  constructor(repo: FakeRepository, number: number, prefix: string, input: FakeConversationInput) {
    const { title = `Number ${String(number)}`, body = '', labels = [], assignees = [], author } = input;
    this.repo = repo;
    this.number = number;
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = repo.world.identify(prefix, this));
    this.author = actor(repo.world, author);
    this.reactions = new Reactions(repo.world);
    this.createdAt = this.#updatedAt = repo.world.now();
    this.#title = title;
    this.#body = body;
    this.#labels = labels.map((name) => repo.label(name));
    this.#assignees = assignees.map((login) => repo.world.user(login));
  }

  abstract get state(): 'OPEN' | 'CLOSED' | 'MERGED';
  abstract get closedAt(): Date | undefined;
  /** Name of its events: `issues` or `pull_request`. */
  protected abstract readonly event: string;

  get title(): string {
    return this.#title;
  }

  get body(): string {
    return this.#body;
  }

  get updatedAt(): Date {
    return this.#updatedAt;
  }

  get labels(): readonly FakeLabel[] {
    return this.#labels;
  }

  get assignees(): readonly FakeUser[] {
    return this.#assignees;
  }

  get comments(): readonly FakeComment[] {
    return this.#comments;
  }

  /** `owner/name#12`, for messages. */
  get reference(): string {
    return `${this.repo.fullName}#${String(this.number)}`;
  }

  /** Writes another title or body. */
  edit({ title, body, by }: { readonly title?: string; readonly body?: string } & FakeByOptions): void {
    this.#title = title ?? this.#title;
    this.#body = body ?? this.#body;
    this.changed('edited', by);
  }

  comment(body: string, { by }: FakeByOptions = {}): FakeComment {
    const comment = new FakeComment(this, body, actor(this.repo.world, by));
    this.#comments = [...this.#comments, comment];
    this.touch();
    const { repo, author } = { repo: this.repo, author: comment.author };
    repo.world.emit({ event: 'issue_comment', action: 'created', repo, by: author, subject: comment });
    return comment;
  }

  dropComment(comment: FakeComment): void {
    this.#comments = this.#comments.filter((other) => other !== comment);
    this.repo.world.forget(comment.nodeId);
    this.touch();
  }

  /** Replaces all labels; those that the repository does not have are made. */
  setLabels(names: readonly string[], { by }: FakeByOptions = {}): void {
    const before = this.#labels;
    this.#labels = [...new Set(names.map((name) => this.repo.label(name)))];
    this.changed(this.#labels.length < before.length ? 'unlabeled' : 'labeled', by);
  }

  addLabels(names: readonly string[], options: FakeByOptions = {}): void {
    this.setLabels([...this.#labels.map(({ name }) => name), ...names], options);
  }

  removeLabel(name: string, options: FakeByOptions = {}): void {
    const others = this.#labels.filter((label) => label.name.toLowerCase() !== name.toLowerCase());
    this.setLabels(
      others.map((label) => label.name),
      options,
    );
  }

  /** Replaces all who are assigned. */
  assign(logins: readonly string[], { by }: FakeByOptions = {}): void {
    const before = this.#assignees;
    this.#assignees = [...new Set(logins.map((login) => this.repo.world.user(login)))];
    this.changed(this.#assignees.length < before.length ? 'unassigned' : 'assigned', by);
  }

  /** Moves `updatedAt`. */
  protected touch(): void {
    this.#updatedAt = this.repo.world.now();
  }

  /** Moves `updatedAt`, and tells whoever listens. */
  protected changed(action: string, by: string | undefined): void {
    this.touch();
    const { repo } = this;
    repo.world.emit({ event: this.event, action, repo, by: actor(repo.world, by), subject: this });
  }
}
