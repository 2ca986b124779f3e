import type { FakeConversation } from './conversation.ts';
import { Reactions } from './reaction.ts';
import type { FakeByOptions } from './words.ts';
import { actor, type FakeUser } from './world.ts';

/** A comment on an issue or a pull request. */
export class FakeComment {
  readonly conversation: FakeConversation;
  readonly nodeId: string;
  readonly databaseId: number;
  readonly author: FakeUser;
  readonly createdAt: Date;
  readonly reactions: Reactions;
  #body: string;
  #updatedAt: Date;

  constructor(conversation: FakeConversation, body: string, author: FakeUser) {
    const { world } = conversation.repo;
    this.conversation = conversation;
    this.author = author;
    this.reactions = new Reactions(world);
    this.createdAt = this.#updatedAt = world.now();
    this.#body = body;
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('IC', this));
  }

  get body(): string {
    return this.#body;
  }

  get updatedAt(): Date {
    return this.#updatedAt;
  }

  edit(body: string, { by }: FakeByOptions = {}): void {
    const { repo } = this.conversation;
    this.#body = body;
    this.#updatedAt = repo.world.now();
    repo.world.emit({
      event: 'issue_comment',
      action: 'edited',
      repo,
      by: actor(repo.world, by ?? this.author.login),
      subject: this,
    });
  }

  delete(): void {
    this.conversation.dropComment(this);
  }
}
