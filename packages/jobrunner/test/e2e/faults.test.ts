import { MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { publishDraft } from '../../src/github/handlers/publish-draft.ts';
import { Journal } from '../../src/journal/journal.ts';
import { Poller } from '../../src/poller/poller.ts';
import type { FakeFault } from '../../src/testing/fake-github/faults.ts';
import type { FakePullRequest } from '../../src/testing/fake-github/model/pull-request.ts';
import { type Bench, withGitHub } from '../github/support/with-github.ts';

const FAULTS: readonly (readonly [string, FakeFault])[] = [
  ['a 500', { kind: 'status', status: 500 }],
  ['a 502 for all sizes', { kind: 'status', status: 502 }],
  ['a connection that is cut', { kind: 'cut', where: 'before' }],
  ['an answer that is cut', { kind: 'cut', where: 'middle' }],
  ['an answer that never comes', { kind: 'hang' }],
  ['data without checks', { kind: 'partial', paths: [/statusCheckRollup$/], type: 'FORBIDDEN' }],
  ['data without mergeability', { kind: 'partial', paths: [/mergeable$/], type: 'INTERNAL' }],
  ['data that took too much', { kind: 'partial', paths: [/reviewThreads$/], type: 'RESOURCE_LIMITS_EXCEEDED' }],
];

function readyDraft({ repo }: Bench): FakePullRequest {
  const child = repo.issue();
  repo.epic({ children: [child] });
  return repo.pull({ closes: [child], draft: true, checks: { build: 'success' } });
}

async function pollerOf(bench: Bench): Promise<Poller> {
  const client = bench.clientWith({ timeoutMs: 500 });
  const journal = await Journal.open({ medium: new MemoryMedium(), baseDir: 'journal', durability: 'none' });
  return new Poller({ sources: [bench.source({ octokit: client })], handlers: [publishDraft(client)], journal });
}

describe('Ugly', () => {
  it.each(FAULTS)('nothing is done on %s, and all of it when that is over', async (_, fault) => {
    await withGitHub(async (bench) => {
      const { github } = bench;
      const pull = readyDraft(bench);
      const broken = github.failNext(fault, { api: 'graphql', times: 1_000 });
      const poller = await pollerOf(bench);
      for (let cycle = 0; cycle < 3; cycle += 1) await poller.runOnce();
      expect([pull.isDraft, bench.writes]).toEqual([true, []]);
      expect(github.requests.length).toBeLessThan(50); // it is not asked over and over
      broken.remove();
      await poller.runOnce();
      expect([pull.isDraft, bench.writes]).toEqual([false, ['markPullRequestReadyForReview']]);
    });
  });

  it.each(['primary-limit', 'secondary-limit'] as const)('nothing is done or asked while a %s lasts', async (kind) => {
    await withGitHub(async (bench) => {
      const { github } = bench;
      const pull = readyDraft(bench);
      github.failNext({ kind, resetInSeconds: 3_000, retryAfterSeconds: 3_000 }, { api: 'graphql' });
      const poller = await pollerOf(bench);
      await poller.runOnce();
      github.clearRequests();
      for (let cycle = 0; cycle < 3; cycle += 1) await poller.runOnce();
      expect([pull.isDraft, github.requests]).toEqual([true, []]);
    });
  });
});
