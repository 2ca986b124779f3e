import { describe, expect, it } from '@jest/globals';

import { closeChild } from '../../../src/github/handlers/close-child.ts';
import { enableAutoMerge } from '../../../src/github/handlers/enable-auto-merge.ts';
import { tickParent } from '../../../src/github/handlers/tick-parent.ts';
import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import { Poller } from '../../../src/poller/poller.ts';
import type { FakeIssue, FakePullRequest } from '../../../src/testing/index.ts';
import { type Bench, poll, withGitHub } from '../support/with-github.ts';

interface Filled {
  readonly epic: FakeIssue;
  readonly children: readonly FakeIssue[];
  readonly pulls: readonly FakePullRequest[];
}

/** An epic, of whose children the first so many have a pull request that GitHub links with nothing. */
function fill({ repo }: Bench, count: number, pulls: number): Filled {
  const children = Array.from({ length: count }, () => repo.issue());
  const epic = repo.epic({ children });
  const input = { base: 'dev', checks: { build: 'success' } } as const;
  return { epic, children, pulls: children.slice(0, pulls).map((child) => repo.pull({ ...input, closes: [child] })) };
}

/** How many signals there are of each state. */
function statesOf(signals: readonly PipelineSignal[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { prState = 'NONE' } of signals) counts[prState] = (counts[prState] ?? 0) + 1;
  return counts;
}

describe('Good', () => {
  it('GitHubSource tells of every pull request that it knew, however many are merged at once', async () => {
    await withGitHub(async (bench) => {
      const { pulls } = fill(bench, 32, 30);
      const source = bench.source();
      expect(statesOf(await poll(source))).toEqual({ OPEN: 30, NONE: 2 });
      for (const pull of pulls) pull.merge();
      bench.taken();
      const merged = await poll(source);
      expect([statesOf(merged), bench.taken()]).toEqual([
        { MERGED: 30, NONE: 2 },
        ['GET 200', 'query 200', 'query 200'],
      ]);
      for (let again = 0; again < 2; again += 1) {
        source.refresh();
        expect([await poll(source), bench.taken()]).toEqual([merged, ['GET 304', 'query 200']]);
      }
    });
  });

  it('GitHubSource tells of pull requests that were merged before it was started', async () => {
    await withGitHub(async (bench) => {
      const { pulls } = fill(bench, 131, 130);
      for (const pull of pulls) pull.merge();
      const source = bench.source();
      const merged = await poll(source);
      expect(statesOf(merged)).toEqual({ MERGED: 130, NONE: 1 });
      expect(bench.taken()).toEqual(['GET 200', 'query 200', 'query 200', 'query 200']);
      source.refresh();
      expect([await poll(source), bench.taken()]).toEqual([merged, ['GET 304', 'query 200']]);
    });
  });

  it('Poller merges, ticks and closes two dozen at once', async () => {
    await withGitHub(async (bench) => {
      const { epic, children, pulls } = fill(bench, 24, 24);
      const { client } = bench;
      const handlers = [enableAutoMerge(client), tickParent(client), closeChild(client)];
      const poller = new Poller({ sources: [bench.source()], handlers });
      for (let cycle = 0; cycle < 4; cycle += 1) await poller.runOnce();
      expect(new Set(pulls.map(({ state }) => state))).toEqual(new Set(['MERGED']));
      expect(epic.body).not.toContain('[ ]');
      expect(new Set(children.map(({ state }) => state))).toEqual(new Set(['CLOSED']));
    });
  }, 180_000); // several requests an action, one after the other, and the machine may be busy
});

describe('Ugly', () => {
  it('GitHubSource sees what is opened and merged in a great number between two polls', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const children = Array.from({ length: 25 }, () => repo.issue());
      repo.epic({ children });
      const source = bench.source();
      expect(statesOf(await poll(source))).toEqual({ NONE: 25 });
      for (const child of children) repo.pull({ base: 'dev', closes: [child] }).merge();
      expect(statesOf(await poll(source))).toEqual({ MERGED: 25 });
    });
  });

  it('GitHubSource says no more of a pull request that was closed without a merge', async () => {
    await withGitHub(async (bench) => {
      const { pulls } = fill(bench, 3, 2);
      const source = bench.source();
      await poll(source);
      pulls[0]?.close();
      expect(statesOf(await poll(source))).toEqual({ OPEN: 1, NONE: 2 });
      expect(source.problems).toEqual([]);
    });
  });
});
