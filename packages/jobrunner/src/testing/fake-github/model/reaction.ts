import type { FakeUser, World } from './world.ts';

/** One of GitHub's eight reactions. */
export type FakeReactionContent =
  'CONFUSED' | 'EYES' | 'HEART' | 'HOORAY' | 'LAUGH' | 'ROCKET' | 'THUMBS_DOWN' | 'THUMBS_UP';

/** What somebody thinks of an issue, a pull request or a comment. */
export class FakeReaction {
  readonly content: FakeReactionContent;
  readonly user: FakeUser;
  readonly createdAt: Date;
  readonly nodeId: string;
  readonly databaseId: number;

  constructor(world: World, content: FakeReactionContent, user: FakeUser) {
    this.content = content;
    this.user = user;
    this.createdAt = world.now();
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('REA', this));
  }
}

/** The reactions to one thing: each of each person once. */
export class Reactions {
  readonly #world: World;
  readonly #reactions = new Map<string, FakeReaction>();

  constructor(world: World) {
    this.#world = world;
  }

  get all(): readonly FakeReaction[] {
    return [...this.#reactions.values()];
  }

  /** The reaction, which is the one that is there where the user has had it before. */
  add(content: FakeReactionContent, user: FakeUser): FakeReaction {
    const key = `${user.login} ${content}`;
    const reaction = this.#reactions.get(key) ?? new FakeReaction(this.#world, content, user);
    this.#reactions.set(key, reaction);
    return reaction;
  }

  /** The reaction that was taken away; `undefined` where there was none. */
  remove(content: FakeReactionContent, user: FakeUser): FakeReaction | undefined {
    const key = `${user.login} ${content}`;
    const reaction = this.#reactions.get(key);
    this.#reactions.delete(key);
    return reaction;
  }
}
