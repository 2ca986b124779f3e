import { describe, expect, it } from '@jest/globals';

import { GitHubError } from '../../../src/github/client/github-error.ts';
import { RateBudget } from '../../../src/github/client/rate-budget.ts';
import { limitedUntil } from '../../../src/github/client/rate-headers.ts';
import { publishDraft } from '../../../src/github/handlers/publish-draft.ts';
import { resolveThreads } from '../../../src/github/handlers/resolve-threads.ts';
import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import { type Bench, poll, withGitHub } from '../support/with-github.ts';

const QUESTION = { op: 'github.scan', id: 'a/b', what: 'scan' };
const NOW = 1_000_000;

const headers = (remaining: number, resetAt: number): Record<string, string> => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(resetAt / 1_000),
});

function child(bench: Bench): void {
  const issue = bench.repo.issue();
  bench.repo.epic({ children: [issue] });
  bench.repo.pull({ closes: [issue] });
}

describe('Good', () => {
  it('RateBudget spends its share of the limit and no more, until the hour is over', () => {
    let now = NOW;
    const budget = new RateBudget(0.5, () => now);
    budget.check('graphql', 5_000, QUESTION); // nothing is known yet
    budget.spend('graphql', 2_400, headers(2_600, NOW + 3_600_000));
    budget.check('graphql', 100, QUESTION);
    const over = NOW + 3_600_000;
    expect(() => {
      budget.check('graphql', 101, QUESTION);
    }).toThrow(expect.objectContaining({ code: 'ERR_GITHUB_RATE_LIMITED', retryAt: new Date(over) }));
    budget.check('core', 101, QUESTION); // is counted apart
    now = over;
    budget.check('graphql', 2_500, QUESTION);
  });

  it('RateBudget heeds what others use up, and an end that moves changes nothing', () => {
    const budget = new RateBudget(1, () => NOW);
    budget.spend('graphql', 1, headers(50, NOW + 60_000));
    budget.spend('graphql', 1, headers(40, NOW + 90_000));
    expect(() => {
      budget.check('graphql', 41, QUESTION);
    }).toThrow(expect.objectContaining({ retryAt: new Date(NOW + 60_000) }));
  });

  it('RateBudget.isTimely spreads what is left over what is left of the hour', () => {
    let now = NOW;
    const budget = new RateBudget(1, () => now);
    expect(budget.isTimely(10)).toBe(true);
    budget.spend('graphql', 1, headers(2_600, NOW + 3_600_000));
    budget.scanned();
    expect(budget.isTimely(10)).toBe(true); // more than half is left
    budget.spend('graphql', 1, headers(100, NOW + 3_600_000));
    expect(budget.isTimely(10)).toBe(false); // one tenth of it may be spent in one tenth of the hour
    now += 359_999;
    expect(budget.isTimely(10)).toBe(false);
    now += 1;
    expect(budget.isTimely(10)).toBe(true);
  });

  it('limitedUntil knows every form in which GitHub says it', () => {
    const until = (status: number, given: object, data?: unknown, message = ''): number | undefined =>
      limitedUntil({ message, response: { status, headers: given as Record<string, string>, data } }, NOW);
    const reset = headers(0, NOW + 5_000);
    const limited = { errors: [{ type: 'RATE_LIMITED' }] };
    expect(until(403, reset)).toBe(NOW + 5_000);
    expect(until(429, reset)).toBe(NOW + 5_000);
    expect(until(200, reset, limited)).toBe(NOW + 5_000);
    expect(until(200, {}, limited)).toBe(NOW + 60_000);
    expect(until(403, { 'retry-after': '7' })).toBe(NOW + 7_000);
    expect(until(403, {}, undefined, 'You have exceeded a secondary rate limit')).toBe(NOW + 60_000);
    expect(until(403, {}, undefined, 'You have triggered an abuse detection mechanism.')).toBe(NOW + 60_000);
    expect(until(429, { 'retry-after': new Date(NOW + 9_000).toUTCString() })).toBe(NOW + 9_000);
    expect(until(429, { 'retry-after': new Date(0).toUTCString() })).toBe(NOW);
    expect(until(429, { 'retry-after': 'soon' })).toBe(NOW + 60_000);
    for (const error of [
      { type: 'RATE_LIMIT' },
      { code: 'graphql_rate_limit' },
      { message: 'API rate limit exceeded' },
    ]) {
      expect(until(200, headers(4_000, NOW + 5_000), { errors: [null, error] })).toBe(NOW + 5_000);
    }
    const partial = { errors: [{ path: ['r0'], message: 'a text on rate limits' }], data: {} };
    expect(until(200, {}, partial)).toBeUndefined();
    expect(until(403, headers(4_000, NOW + 5_000), undefined, 'Resource not accessible')).toBeUndefined();
    expect(until(200, reset)).toBeUndefined();
    expect(until(502, {})).toBeUndefined();
    expect(limitedUntil({ message: 'no answer' }, NOW)).toBeUndefined();
  });

  it('githubClient waits out a secondary limit that is soon over', async () => {
    await withGitHub(async (bench) => {
      child(bench);
      bench.github.failNext({ kind: 'secondary-limit', retryAfterSeconds: 1 }, { api: 'graphql' });
      expect(await poll(bench.source())).toHaveLength(1);
      expect(bench.taken()).toEqual(['GET 200', 'query 403', 'query 200']);
    });
  });
});

describe('Bad', () => {
  it.each([
    ['secondary-limit', 'graphql'],
    ['secondary-limit', 'rest'],
    ['primary-limit', 'graphql'],
    ['primary-limit', 'rest'],
  ] as const)('GitHubSource.poll asks nothing more while a %s of %s lasts', async (kind, api) => {
    await withGitHub(async (bench) => {
      child(bench);
      bench.github.failNext({ kind, retryAfterSeconds: 3_000, resetInSeconds: 3_000 }, { api });
      const source = bench.source();
      const before = Date.now();
      const error: unknown = await poll(source).catch((reason: unknown) => reason);
      if (!(error instanceof GitHubError)) throw error;
      expect(error.code).toBe('ERR_GITHUB_RATE_LIMITED');
      expect(error.retryAt?.getTime()).toBeGreaterThan(before + 2_900_000);
      expect(error.hint).toMatch(/^Ask again after 20/);
      bench.taken();
      for (let again = 0; again < 3; again += 1) {
        await expect(poll(source)).rejects.toMatchObject({ code: 'ERR_GITHUB_RATE_LIMITED' });
      }
      expect(bench.taken()).toEqual([]);
    });
  });

  it('GitHubSource.poll tells what it knows while it saves what is left', async () => {
    await withGitHub(
      async (bench) => {
        child(bench);
        const source = bench.source();
        const signals = await poll(source);
        source.refresh();
        bench.taken();
        expect(await poll(source)).toEqual(signals);
        expect(bench.taken()).toEqual(['GET 304']);
      },
      { rateLimits: { graphql: 5 } },
    );
  });
});

describe('Ugly', () => {
  it('a handler asks nothing while a limit lasts that another one has met', async () => {
    await withGitHub(async (bench) => {
      const { github, repo, client } = bench;
      const signal = new AbortController().signal;
      const pull = repo.pull({ draft: true, checks: { build: 'success' } });
      const at: PipelineSignal = {
        ...{ epicNumber: 9, childNumber: 8, prNumber: pull.number, repoOwner: 'host-uk', repoName: 'core' },
        ...{ prState: 'OPEN', isDraft: true, mergeable: 'MERGEABLE', checkStatus: 'SUCCESS' },
        ...{ threadsTotal: 1, threadsResolved: 0, lastCommitSha: pull.head.oid, needsCoding: false },
      };
      github.failNext({ kind: 'secondary-limit', retryAfterSeconds: 3_000 }, { api: 'graphql' });
      for (const handler of [publishDraft(client), resolveThreads(client), publishDraft(client)]) {
        const { success, error } = await handler.execute(at, { signal });
        expect([success, error]).toEqual([false, expect.stringContaining('the rate limit is used up')]);
      }
      await expect(poll(bench.source())).rejects.toMatchObject({ code: 'ERR_GITHUB_RATE_LIMITED', id: 'GitHub' });
      expect(bench.taken()).toEqual(['query 403']);
    });
  });
});
