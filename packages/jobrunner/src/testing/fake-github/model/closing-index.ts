import type { FakeIssue } from './issue.ts';
import type { FakePullRequest } from './pull-request.ts';
import type { World } from './world.ts';

/** Which pull requests close which issue: worked out once for each state of the world. */
export class ClosingIndex {
  readonly #world: World;
  #version = -1;
  #pulls = new Map<FakeIssue, FakePullRequest[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The pull requests of all repositories that close an issue, oldest first. */
  pullsOf(issue: FakeIssue): readonly FakePullRequest[] {
    if (this.#version !== this.#world.version) this.#build();
    return this.#pulls.get(issue) ?? [];
  }

  #build(): void {
    this.#version = this.#world.version;
    this.#pulls = new Map();
    const pulls = [...this.#world.repos.values()].flatMap((repo) => repo.pulls);
    for (const pull of pulls.sort((a, b) => a.databaseId - b.databaseId)) {
      for (const issue of pull.closingIssues) this.#pulls.set(issue, [...(this.#pulls.get(issue) ?? []), pull]);
    }
  }
}
