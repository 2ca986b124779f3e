import { describe, expect, it } from '@jest/globals';

import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import { jobrunnerRefusalOf } from '../../../src/testing/index.ts';
import { GitHubSource } from '../../../src/github/source/github-source.ts';
import { type Bench, poll, withGitHub } from '../support/with-github.ts';

const FOUR = ['host-uk/core', 'host-uk/core-php', 'host-uk/core-tenant', 'host-uk/core-admin'];

/** So many pull requests in a repository, each for a child of an epic, each with three threads. */
function fill(bench: Bench, name: string, pulls: number, form: 'checklist' | 'sub-issues' = 'sub-issues'): void {
  const repo = bench.github.repo(name);
  const children = Array.from({ length: pulls }, () => repo.issue());
  repo.epic({ children, form });
  for (const child of children) {
    repo.pull({ closes: [child], threads: [{}, { resolved: true }, {}], checks: { build: 'success' } });
  }
}

const sum = (signals: readonly PipelineSignal[], key: 'threadsResolved' | 'threadsTotal'): number =>
  signals.reduce((total, signal) => total + signal[key], 0);

describe('Good', () => {
  it.each(['sub-issues', 'checklist'] as const)(
    'GitHubSource reads 4 repositories × 30 pull requests of %s with one query, and idles with four 304',
    async (form) => {
      await withGitHub(async (bench) => {
        for (const name of FOUR) fill(bench, name, 30, form);
        const source = bench.source({ repos: FOUR });
        const first = await poll(source);
        expect(bench.taken()).toEqual([...Array<string>(4).fill('GET 200'), 'query 200']);
        expect([first.length, sum(first, 'threadsTotal'), sum(first, 'threadsResolved')]).toEqual([120, 360, 120]);
        expect(
          first.every(({ mergeable, checkStatus }) => mergeable === 'MERGEABLE' && checkStatus === 'SUCCESS'),
        ).toBe(true);
        for (let idle = 0; idle < 3; idle += 1) {
          expect(await poll(source)).toEqual(first);
          expect(bench.taken()).toEqual(Array(4).fill('GET 304'));
        }
      });
    },
  );

  it('GitHubSource shows every change at once, and asks again for what changed alone', async () => {
    let now = Date.parse('2026-03-01T00:00:00Z');
    const test = async (bench: Bench): Promise<void> => {
      for (const name of FOUR) fill(bench, name, 5);
      const source = bench.source({ repos: FOUR });
      await poll(source);
      const repo = bench.github.repo('host-uk/core-php');
      const [pull] = repo.pulls;
      const changes: (() => void)[] = [
        () => pull?.convertToDraft(),
        () => pull?.push(),
        () => pull?.review({ state: 'COMMENTED' }),
        () => {
          repo.issues.at(-1)?.edit({ title: 'Retitled' });
        },
      ];
      for (const change of changes) {
        bench.taken();
        now += 1_000; // GitHub's clock of changes knows no less
        change();
        expect(await poll(source)).toHaveLength(20);
        expect(bench.taken().sort()).toEqual(['GET 200', 'GET 304', 'GET 304', 'GET 304', 'query 200']);
      }
      const changed = (await poll(source)).find(({ repoName }) => repoName === 'core-php');
      expect(changed).toMatchObject({ isDraft: true, lastCommitSha: pull?.head.oid, checkStatus: 'NONE' });
    };
    await withGitHub(test, { clock: () => now });
  });

  it('GitHubSource tells all of a pull request, and nothing of bodies and comments', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const child = repo.issue({ title: 'T', body: 'B', assignees: ['alice'] });
      const epic = repo.epic({ children: [child], body: 'Everything' });
      const at = new Date('2026-03-04T05:06:07Z');
      const pull = repo.pull({
        closes: [child],
        conflict: true,
        statuses: { ci: 'error' },
        committedAt: at,
        threads: 2,
      });
      pull.review({ state: 'CHANGES_REQUESTED', at: new Date('2026-03-05T00:00:00Z') });
      const [signal] = await poll(bench.source());
      expect(signal).toEqual({
        ...{ repoOwner: 'host-uk', repoName: 'core', epicNumber: epic.number, childNumber: child.number },
        ...{ prNumber: pull.number, prState: 'OPEN', isDraft: false, mergeable: 'CONFLICTING', checkStatus: 'FAILURE' },
        ...{ threadsTotal: 2, threadsResolved: 0, lastCommitSha: pull.head.oid, lastCommitAt: at },
        ...{
          lastReviewAt: new Date('2026-03-05T00:00:00Z'),
          needsCoding: false,
          childTicked: false,
          childState: 'OPEN',
        },
      });
    });
  });

  it('GitHubSource asks for children without a pull request once more, and then along with the rest', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const child = repo.issue({ title: 'Write it', body: 'Please', assignees: ['coding-bot'] });
      repo.epic({ children: [child] });
      const source = bench.source();
      const [signal] = await poll(source);
      expect(bench.taken()).toEqual(['GET 200', 'query 200', 'query 200']);
      expect(signal).toMatchObject({ needsCoding: true, prNumber: 0, assignee: 'coding-bot', issueTitle: 'Write it' });
      expect(signal?.prState).toBeUndefined();
      child.edit({ title: 'Write that' });
      const [again] = await poll(source);
      expect(bench.taken()).toEqual(['GET 200', 'query 200']);
      expect(again?.issueTitle).toBe('Write that');
    });
  });

  it('GitHubSource finds the pull request by its keywords where GitHub links none', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const children = Array.from({ length: 3 }, () => repo.issue({ assignees: ['coding-bot'] }));
      repo.epic({ children });
      repo.pull({ base: 'dev', body: 'Fixes: #1' });
      repo.pull({ base: 'dev', body: 'See #2, not `fixes #2`\n\n```\nfixes #2\n```\n<!-- fixes #2 -->' });
      repo.pull({ base: 'dev', body: 'Resolves https://github.com/host-uk/core/issues/3' });
      const signals = await poll(bench.source());
      expect(signals.map(({ childNumber, prNumber }) => [childNumber, prNumber])).toEqual([
        [1, 5],
        [2, 0],
        [3, 7],
      ]);
    });
  });

  it('GitHubSource prefers an open pull request to a merged one and that to a closed one', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const [a, b, c, d] = [repo.issue(), repo.issue(), repo.issue(), repo.issue()];
      repo.epic({ children: [a, b, c, d] });
      const merged = repo.pull({ closes: [a, b], base: 'dev' });
      const open = repo.pull({ closes: [a], base: 'dev' });
      repo.pull({ closes: [a, b, c] }).close();
      merged.merge();
      repo.pull({ closes: [d], base: 'dev' }).merge();
      const signals = await poll(bench.source());
      expect(signals.map(({ childNumber, prNumber, prState }) => [childNumber, prNumber, prState])).toEqual([
        [1, open.number, 'OPEN'],
        [2, merged.number, 'MERGED'],
        [3, 8, 'CLOSED'],
        [4, 9, 'MERGED'],
      ]);
    });
  });

  it('GitHubSource says no more of a child that is merged, ticked and closed, nor of one that was closed without code', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const children = Array.from({ length: 4 }, () => repo.issue());
      const [done, reopened, dropped] = children;
      repo.epic({ children: [], body: '- [x] #1\n- [x] #2\n- [ ] #3\n- [x] #4' });
      for (const child of children.slice(0, 2)) repo.pull({ closes: [child] }).merge();
      reopened?.reopen();
      dropped?.close();
      children[3]?.close();
      expect(done?.state).toBe('CLOSED');
      const source = bench.source();
      const signals = await poll(source);
      expect(signals.map(({ childNumber, childState }) => [childNumber, childState])).toEqual([[2, 'OPEN']]);
      bench.taken();
      source.refresh();
      expect(await poll(source)).toEqual(signals);
      expect(bench.taken()).toEqual(['GET 304', 'query 200']);
    });
  });

  it('GitHubSource passes over children in other repositories and numbers that are no issues', async () => {
    await withGitHub(async (bench) => {
      const { repo, github } = bench;
      const child = repo.issue();
      const other = github.repo('host-uk/other').issue();
      const pull = repo.pull();
      const lines = [other.reference, `#${String(pull.number)}`, '#99', 'HOST-UK/Core#1'];
      const epic = repo.epic({ children: [], body: lines.map((line) => `- [ ] ${line}`).join('\n') });
      epic.addSubIssue(other);
      const source = bench.source();
      const signals = await poll(source);
      expect(signals.map(({ childNumber, needsCoding }) => [childNumber, needsCoding])).toEqual([[child.number, true]]);
      expect(source.problems).toEqual([]);
    });
  });

  it('GitHubSource.poll asks again while checks run or mergeability is unknown, and at last from time to time', async () => {
    await withGitHub(
      async (bench) => {
        const { repo } = bench;
        const child = repo.issue();
        repo.epic({ children: [child] });
        const pull = repo.pull({ closes: [child], checks: { build: 'in_progress' } });
        const source = bench.source();
        const states: unknown[] = [];
        const look = async (): Promise<void> => {
          const [signal] = await poll(source);
          states.push([signal?.mergeable, signal?.checkStatus, bench.taken()]);
        };
        await look();
        await look();
        pull.check('build', 'success');
        await look();
        await look();
        expect(states).toEqual([
          ['UNKNOWN', 'PENDING', ['GET 200', 'query 200']],
          ['MERGEABLE', 'PENDING', ['GET 304', 'query 200']],
          ['MERGEABLE', 'SUCCESS', ['GET 304', 'query 200']],
          ['MERGEABLE', 'SUCCESS', ['GET 304']],
        ]);
        const restless = bench.source({ refreshMs: 0 });
        await poll(restless);
        bench.taken();
        await poll(restless);
        expect(bench.taken()).toEqual(['GET 304', 'query 200']);
      },
      { mergeability: 'lazy' },
    );
  });

  it('GitHubSource.poll reads a repository that a webhook named, whatever its ETag says', async () => {
    await withGitHub(async (bench) => {
      fill(bench, 'host-uk/core', 1);
      const source = bench.source();
      await poll(source);
      bench.taken();
      await source.poll({ signal: new AbortController().signal, repos: ['Host-UK/Core', 'a/b'] });
      expect(bench.taken()).toEqual(['GET 304', 'query 200']);
      expect([source.refresh('a/b'), source.refresh('HOST-UK/core'), source.refresh()]).toEqual([false, true, true]);
    });
  });
});

describe('Bad', () => {
  it('GitHubSource refuses options that are none', () => {
    const refuse = (options: object): void => {
      new GitHubSource({ repos: ['a/b'], ...options });
    };
    for (const repos of ['a/b', [''], ['a'], ['a/b/c'], ['../b'], ['a/..'], ['a/b?'], ['-a/b'], [1]]) {
      expect(() => {
        refuse({ repos });
      }).toThrow(TypeError);
    }
    for (const options of [{ name: '' }, { epicLabel: 1 }, { rateShare: '1' }, { refreshMs: '1' }, { baseUrl: 'x' }]) {
      expect(() => {
        refuse(options);
      }).toThrow(TypeError);
    }
    for (const options of [{ rateShare: 0 }, { rateShare: 1.1 }, { refreshMs: -1 }]) {
      expect(() => {
        refuse(options);
      }).toThrow(RangeError);
    }
  });

  it('GitHubSource.poll goes on without a repository that it may not see, and says which', async () => {
    await withGitHub(async (bench) => {
      fill(bench, 'host-uk/core', 2);
      const told: string[] = [];
      const source = bench.source({
        repos: ['host-uk/core', 'host-uk/gone'],
        onProblem: ({ code, id }) => told.push(`${code} ${String(id)}`),
      });
      expect(await poll(source)).toHaveLength(2);
      expect(told).toEqual(['ERR_GITHUB_REFUSED host-uk/gone']);
      expect(source.problems.map(({ hint }) => hint)).toEqual([expect.stringContaining('the token may see')]);
    });
  });

  it('GitHubSource.poll rejects where no repository can be read, and says why', async () => {
    await withGitHub(
      async (bench) => {
        const error = await jobrunnerRefusalOf(() => poll(bench.source()), 'ERR_GITHUB_REFUSED');
        expect(error.message).toMatch(/^Cannot look for changes of host-uk\/core: GitHub answered 401: /);
        expect(error.hint).toContain('token');
        expect(JSON.stringify(error) + String(error.stack) + String((error.cause as Error).stack)).not.toContain(
          'ghp_',
        );
      },
      { tokens: {} },
    );
  });
});

describe('Ugly', () => {
  it('GitHubSource.poll gives up at once when it is aborted', async () => {
    await withGitHub(async (bench) => {
      fill(bench, 'host-uk/core', 1);
      const { struck } = bench.github.failNext({ kind: 'hang' }, { api: 'graphql' });
      const controller = new AbortController();
      const polling = bench.source().poll({ signal: controller.signal });
      await struck;
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(polling).rejects.toBe(reason);
      await expect(bench.source().poll({ signal: controller.signal })).rejects.toBe(reason);
    });
  });
});
