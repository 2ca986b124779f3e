import { describe, expect, it } from '@jest/globals';

import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import type { FakeGitHubRequest } from '../../../src/testing/fake-github/request-log.ts';
import { type Bench, poll, withGitHub } from '../support/with-github.ts';

const queries = (bench: Bench): readonly FakeGitHubRequest[] =>
  bench.github.requests.filter(({ graphql }) => graphql !== undefined);

const numbers = (signals: readonly PipelineSignal[]): number[] => signals.map(({ childNumber }) => childNumber);

describe('Good', () => {
  it('a scan follows every page: pull requests, threads, epics, sub-issues and links', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const children = Array.from({ length: 120 }, () => repo.issue());
      for (let at = 0; at < 12; at += 1) {
        repo.epic({ children: children.slice(at * 10, at * 10 + 10), form: at % 2 === 0 ? 'checklist' : 'sub-issues' });
      }
      for (const child of children.slice(0, 108)) repo.pull({ closes: [child], checks: { build: 'success' } });
      const threads = Array.from({ length: 230 }, (_, at) => ({ resolved: at % 10 === 0 }));
      const busy = repo.pull({ closes: children.slice(108), threads });
      const source = bench.source();
      const signals = await poll(source);
      expect(numbers(signals)).toHaveLength(120);
      expect(new Set(signals.map(({ epicNumber }) => epicNumber)).size).toBe(12);
      const last = signals.find(({ prNumber }) => prNumber === busy.number);
      expect([last?.threadsTotal, last?.threadsResolved]).toEqual([230, 23]);
      expect(queries(bench)).toHaveLength(5); // three pages of pull requests, and what the last of them goes on with

      bench.github.clearRequests();
      source.refresh();
      expect(await poll(source)).toEqual(signals);
      expect(queries(bench)).toHaveLength(4); // pages are larger now
    });
  });

  it('a scan follows sub-issues beyond a page', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const children = Array.from({ length: 100 }, () => repo.issue());
      repo.epic({ children, form: 'sub-issues' });
      for (const child of children) child.assign(['coding-bot']);
      expect(await poll(bench.source())).toHaveLength(100);
      expect(queries(bench)).toHaveLength(2); // children without a pull request, in two parts of one query
    });
  });

  it('40 repositories × 100 pull requests stay below the limits on nodes by themselves', async () => {
    await withGitHub(async (bench) => {
      const names = Array.from({ length: 40 }, (_, at) => `host-uk/repo-${String(at)}`);
      for (const name of names) {
        const repo = bench.github.repo(name);
        const children = Array.from({ length: 100 }, () => repo.issue());
        repo.epic({ children });
        for (const child of children) repo.pull({ closes: [child], threads: [{}] });
      }
      const source = bench.source({ repos: names });
      for (const most of [4, 5]) {
        expect(await poll(source)).toHaveLength(4_000);
        const asked = queries(bench);
        expect(asked.length).toBeLessThanOrEqual(most);
        for (const { graphql, status } of asked) {
          expect(status).toBe(200);
          expect(graphql?.nodes).toBeLessThanOrEqual(250_000);
          expect(graphql?.cost).toBeLessThanOrEqual(50);
        }
        bench.github.clearRequests();
        source.refresh();
      }
    });
  }, 120_000);
});

describe('Bad', () => {
  it.each([502, 504])(
    'a scan that GitHub has no time for (%d) is asked in halves, and with smaller pages',
    async (status) => {
      await withGitHub(async (bench) => {
        const names = ['host-uk/a', 'host-uk/b', 'host-uk/c'];
        for (const name of names) {
          const repo = bench.github.repo(name);
          const children = Array.from({ length: 30 }, () => repo.issue());
          repo.epic({ children });
          for (const child of children) repo.pull({ closes: [child] });
        }
        const source = bench.source({ repos: names });
        bench.github.failNext({ kind: 'status', status }, { api: 'graphql', times: 3 });
        expect(await poll(source)).toHaveLength(90);
        const sizes = queries(bench).map(({ graphql, status: answer }) => [answer, graphql?.nodes]);
        // three repositories, two, one, one with half of the pages, its second page, …
        expect(sizes.slice(0, 3).map(([answer]) => answer)).toEqual([status, status, status]);
        expect(source.problems).toEqual([]);

        bench.github.clearRequests();
        source.refresh();
        expect(await poll(source)).toHaveLength(90);
        expect(queries(bench).every((query) => query.status === 200)).toBe(true);
      });
    },
  );

  it('children that GitHub has no time for are asked in halves', async () => {
    await withGitHub(async (bench) => {
      const { github, repo } = bench;
      repo.epic({ children: Array.from({ length: 8 }, () => repo.issue()) });
      const source = bench.source();
      const { struck } = github.failNext({ kind: 'delay', until: Promise.resolve() }, { api: 'graphql' });
      void struck.then(() => github.failNext({ kind: 'status', status: 502 }, { api: 'graphql', times: 2 }));
      expect(await poll(source)).toHaveLength(8);
      // eight, four, two and two, four
      expect(queries(bench).map(({ status }) => status)).toEqual([200, 502, 502, 200, 200, 200]);
    });
  });

  it('a server that is down is not asked in ever smaller pieces', async () => {
    await withGitHub(async (bench) => {
      const names = Array.from({ length: 40 }, (_, at) => `host-uk/repo-${String(at)}`);
      for (const name of names) bench.github.repo(name);
      bench.github.failNext({ kind: 'status', status: 502 }, { api: 'graphql', times: 1_000 });
      await expect(poll(bench.source({ repos: names }))).rejects.toMatchObject({ code: 'ERR_GITHUB_REQUEST_FAILED' });
      expect(queries(bench).length).toBeLessThan(80);
    });
  });

  it('resources that were used up and other words of GitHub for too much are asked for in halves', async () => {
    await withGitHub(async (bench) => {
      const names = ['host-uk/a', 'host-uk/b'];
      for (const name of names) bench.github.repo(name).epic({ children: [bench.github.repo(name).issue()] });
      const paths = ['r1.open'];
      bench.github.failNext({ kind: 'partial', paths, type: 'RESOURCE_LIMITS_EXCEEDED' }, { api: 'graphql' });
      expect(await poll(bench.source({ repos: names }))).toHaveLength(2);
      expect(queries(bench)).toHaveLength(4);
    });
  });
});

describe('Ugly', () => {
  it('partial data makes no signal of its repository, and takes none from the others', async () => {
    await withGitHub(async (bench) => {
      const names = ['host-uk/a', 'host-uk/b', 'host-uk/c'];
      for (const name of names) {
        const repo = bench.github.repo(name);
        const child = repo.issue();
        repo.epic({ children: [child] });
        repo.pull({ closes: [child], checks: { build: 'success' }, threads: 3 });
      }
      const source = bench.source({ repos: names });
      const all = await poll(source);
      for (const path of [
        'r1.open.nodes.0.reviewThreads',
        'r1.open.nodes.0.mergeable',
        'r1.epics.nodes.0.subIssues',
        'r1',
      ]) {
        bench.github.failNext({ kind: 'partial', paths: [path], type: 'FORBIDDEN' }, { api: 'graphql' });
        source.refresh();
        const signals = await poll(source);
        expect(signals).toEqual(all.filter(({ repoName }) => repoName !== 'b'));
        expect(source.problems.map(({ code, id }) => [code, id])).toEqual([['ERR_GITHUB_INCOMPLETE', 'host-uk/b']]);
        expect(await poll(source)).toHaveLength(3); // recovered by itself
        expect(source.problems).toEqual([]);
      }
    });
  });

  it('partial data on a later page takes the first one with it', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const children = Array.from({ length: 60 }, () => repo.issue());
      repo.epic({ children });
      for (const child of children) repo.pull({ closes: [child] });
      const source = bench.source();
      const [threads, type] = ['reviewThreads', 'INTERNAL'];
      bench.github.failNext({ kind: 'partial', paths: [`r0.open.nodes.55.${threads}`], type }, { api: 'graphql' });
      bench.github.failNext({ kind: 'partial', paths: [`r0.open.nodes.3.${threads}`], type }, { api: 'graphql' });
      await expect(poll(source)).rejects.toMatchObject({ code: 'ERR_GITHUB_INCOMPLETE', id: 'host-uk/core' });
      expect(await poll(source)).toHaveLength(60);
    });
  });
});
