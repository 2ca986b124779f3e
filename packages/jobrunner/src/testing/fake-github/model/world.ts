import { createHash } from 'node:crypto';

import { ClosingIndex } from './closing-index.ts';
import type { FakeRepository } from './repository.ts';

/** Somebody with a login; one that ends with `[bot]` is an app. */
export interface FakeUser {
  readonly login: string;
  readonly nodeId: string;
  readonly databaseId: number;
  readonly type: 'User' | 'Bot';
}

/** What both APIs name a thing by. */
export interface Identity {
  readonly nodeId: string;
  readonly databaseId: number;
}

/** Something that happened, as a webhook tells it. */
export interface WorldEvent {
  /** `issues`, `pull_request`, … */
  readonly event: string;
  readonly action?: string | undefined;
  readonly repo: FakeRepository;
  readonly by: FakeUser;
  /** What it happened to: an issue, a comment, a check run. */
  readonly subject: object;
}

/** What can be asked to find out whether it is mergeable. */
interface LazilyMergeable {
  computeMergeability(): unknown;
}

/** All that the fake knows: its repositories and users, everything by its id, and what time it is. */
export class World {
  readonly repos: Map<string, FakeRepository> = new Map<string, FakeRepository>();
  readonly mergeability: 'lazy' | 'immediate';
  /** Which pull requests close which issue. */
  readonly closing: ClosingIndex = new ClosingIndex(this);
  readonly #clock: () => number;
  readonly #nodes = new Map<string, object>();
  readonly #users = new Map<string, FakeUser>();
  readonly #listeners = new Set<(event: WorldEvent) => void>();
  readonly #asked = new Set<LazilyMergeable>();
  #lastId = 1_000;
  #shas = 0;
  #version = 0;

  constructor(clock: () => number, mergeability: 'lazy' | 'immediate') {
    this.#clock = clock;
    this.mergeability = mergeability;
  }

  /** Now, in whole seconds as GitHub's times are. */
  now(): Date {
    return new Date(Math.floor(this.#clock() / 1_000) * 1_000);
  }

  /** Names a thing for both APIs; `find` finds it from now on. */
  identify(prefix: string, node: object): Identity {
    const databaseId = ++this.#lastId;
    const nodeId = `${prefix}_kwDO${databaseId.toString(36).padStart(8, 'A')}`;
    this.#nodes.set(nodeId, node);
    return { nodeId, databaseId };
  }

  find(nodeId: string): object | undefined {
    return this.#nodes.get(nodeId);
  }

  forget(nodeId: string): void {
    this.#nodes.delete(nodeId);
  }

  /** The user of a login, made when it is first named. Logins differ by more than case. */
  user(login: string): FakeUser {
    const key = login.toLowerCase();
    let user = this.#users.get(key);
    if (user === undefined) {
      const type = login.endsWith('[bot]') ? 'Bot' : 'User';
      const made: { login: string; type: 'Bot' | 'User' } & Partial<Identity> = { login, type };
      user = Object.assign(made, this.identify(type === 'Bot' ? 'BOT' : 'U', made));
      this.#users.set(key, user);
    }
    return user;
  }

  knowsUser(login: string): boolean {
    return this.#users.has(login.toLowerCase());
  }

  /** A commit's name that nobody has had yet; the same in every run. */
  newSha(): string {
    return createHash('sha1')
      .update(`commit ${String(++this.#shas)}`)
      .digest('hex');
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** Something has changed that no event tells of. */
  changed(): void {
    this.#version++;
  }

  emit(event: WorldEvent): void {
    this.#version++;
    for (const listener of this.#listeners) listener(event);
  }

  onEvent(listener: (event: WorldEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** Somebody has read a mergeability that is not known: it is looked at once the answer is out. */
  ask(pull: LazilyMergeable): void {
    this.#asked.add(pull);
  }

  /** Looks at everything that was asked for. */
  lookAtMergeability(): void {
    const asked = [...this.#asked];
    this.#asked.clear();
    for (const pull of asked) pull.computeMergeability();
  }
}

/** The user that a `by` names, or the one who stands for everybody else. */
export function actor(world: World, by: string | undefined): FakeUser {
  return world.user(by ?? 'octocat');
}
