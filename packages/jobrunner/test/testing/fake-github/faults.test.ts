import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';
import { graphql, mutate, rest } from './support.ts';

let github: FakeGitHub;
let repo: FakeRepository;

beforeEach(async () => {
  github = await fakeGitHub();
  repo = github.repo('host-uk/core');
});

afterEach(() => github.close());

/** What `fetch` fails with. */
async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: unknown) => (error as Error).name,
  );
}

describe('FakeGitHub.failNext', () => {
  describe('Good', () => {
    it('FakeGitHub.failNext answers with a status, once, and is over', async () => {
      const fault = github.failNext({ kind: 'status', status: 500, message: 'Ouch', headers: { 'x-why': 'test' } });
      const reply = await rest(github, 'GET /user');
      expect([reply.status, reply.headers.get('x-why'), fault.hits]).toEqual([500, 'test', 1]);
      expect(reply.json).toMatchObject({ message: 'Ouch' });
      expect((await rest(github, 'GET /user')).status).toBe(200);
      expect(github.requests.map(({ fault: kind }) => kind)).toEqual(['status', undefined]);
    });

    it('FakeGitHub.failNext answers with any body', async () => {
      const json = { data: null, errors: [{ message: 'Something went wrong while executing your query.' }] };
      github.failNext({ kind: 'status', status: 502, json }, { api: 'graphql' });
      expect(await graphql(github, '{ viewer { login } }')).toEqual(json);
    });

    it('FakeGitHub.failNext answers 502 as the balancer does: not in JSON', async () => {
      github.failNext({ kind: 'status', status: 502 });
      const answer = await fetch(`${github.url}/user`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
      expect(await answer.text()).toContain('Unicorn');
    });

    it('FakeGitHub.failNext answers with the secondary limit', async () => {
      github.failNext({ kind: 'secondary-limit', status: 429, retryAfterSeconds: 2 });
      github.failNext({ kind: 'secondary-limit' });
      const first = await rest(github, 'GET /user');
      expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2']);
      expect(first.json).toMatchObject({ message: expect.stringContaining('secondary rate limit') });
      const second = await rest(github, 'GET /user');
      expect([second.status, second.headers.get('retry-after')]).toEqual([403, null]);
    });

    it('FakeGitHub.failNext uses up the points of an hour: 403 of REST, 200 of GraphQL', async () => {
      let now = 1_000_000;
      await using timed = await fakeGitHub({ clock: () => now });
      timed.failNext({ kind: 'primary-limit', resetInSeconds: 30 }, { api: 'rest' });
      timed.failNext({ kind: 'primary-limit' }, { api: 'graphql' });
      const first = await rest(timed, 'GET /user');
      expect(first.status).toBe(403);
      expect(first.headers.get('x-ratelimit-remaining')).toBe('0');
      expect(first.headers.get('x-ratelimit-reset')).toBe('1030');
      expect((await rest(timed, 'GET /user')).status).toBe(403);
      expect((await graphql(timed, '{ viewer { login } }')).errors).toMatchObject([{ type: 'RATE_LIMITED' }]);
      expect((await graphql(timed, '{ viewer { login } }')).errors).toMatchObject([{ type: 'RATE_LIMITED' }]);
      expect(timed.requests.slice(2).map(({ status }) => status)).toEqual([200, 200]);
      now += 60_000;
      expect((await rest(timed, 'GET /user')).status).toBe(200);
      expect((await graphql(timed, '{ viewer { login } }')).errors).toBeUndefined();
    });

    it('FakeGitHub.failNext makes named fields null, with an error for each, beside the rest', async () => {
      repo.pull();
      repo.pull();
      github.failNext({ kind: 'partial', paths: ['b.pullRequests.nodes.1.reviewThreads', /^a\.issues$/] });
      const one = (alias: string): string =>
        `${alias}: repository(owner: "host-uk", name: "core") { name issues(first: 1) { totalCount } pullRequests(first: 9) { nodes { reviewThreads(first: 1) { totalCount } } } }`;
      const { data, errors } = await graphql(github, `{ ${one('a')} ${one('b')} }`);
      expect(errors?.map(({ type, path }) => [type, path?.join('.')])).toEqual([
        ['RESOURCE_LIMITS_EXCEEDED', 'a.issues'],
        ['RESOURCE_LIMITS_EXCEEDED', 'b.pullRequests.nodes.1.reviewThreads'],
      ]);
      // what may not be null takes with it what it is in: as far as GitHub's own schema says
      expect(data).toEqual({
        a: null,
        b: {
          name: 'core',
          issues: { totalCount: 0 },
          pullRequests: { nodes: [{ reviewThreads: { totalCount: 0 } }, null] },
        },
      });
    });

    it('FakeGitHub.failNext strikes only what matches, as often as it is told', async () => {
      const fault = github.failNext({ kind: 'status', status: 500 }, { path: /\/issues/, method: 'post', times: 2 });
      const post = async (): Promise<number> =>
        (await rest(github, 'POST /repos/host-uk/core/issues', { body: { title: 'x' } })).status;
      expect((await rest(github, 'GET /repos/host-uk/core/issues')).status).toBe(200);
      expect([await post(), await post(), await post(), fault.hits]).toEqual([500, 500, 201, 2]);
      const removed = github.failNext({ kind: 'status', status: 500 }, { path: '/user', times: Infinity });
      expect((await rest(github, 'GET /user')).status).toBe(500);
      removed.remove();
      expect((await rest(github, 'GET /user')).status).toBe(200);
    });

    it('FakeGitHub.failNext tells mutations by their fields', async () => {
      const issue = repo.issue();
      github.failNext({ kind: 'status', status: 500 }, { operation: 'mutation', field: 'closeIssue' });
      await mutate(github, 'addComment', { subjectId: issue.nodeId, body: 'x' });
      const answer = await fetch(github.graphqlUrl, {
        method: 'POST',
        headers: { authorization: 'bearer x' },
        body: JSON.stringify({
          query: `mutation { closeIssue(input: { issueId: "${issue.nodeId}" }) { clientMutationId } }`,
        }),
      });
      expect([answer.status, issue.state, issue.comments.length]).toEqual([500, 'OPEN', 1]);
    });

    it('FakeGitHub.nextRequest resolves with the request that matches', async () => {
      const next = github.nextRequest({ path: '/user' });
      await rest(github, 'GET /rate_limit');
      await rest(github, 'GET /user');
      expect(await next).toMatchObject({ path: '/user', status: 200 });
      github.clearRequests();
      expect(github.requests).toEqual([]);
    });
  });

  describe('Bad', () => {
    it.each([0, -1, NaN])('FakeGitHub.failNext refuses to strike %d times', (times) => {
      expect(() => github.failNext({ kind: 'hang' }, { times })).toThrow(RangeError);
    });
  });

  describe('Ugly', () => {
    it.each(['before', 'middle'] as const)('FakeGitHub.failNext cuts the connection %s the answer', async (where) => {
      github.failNext({ kind: 'cut', where });
      expect(await failure(rest(github, 'GET /user'))).toBe('TypeError');
      expect(github.requests).toMatchObject([{ status: where === 'before' ? undefined : 200, fault: 'cut' }]);
      expect((await rest(github, 'GET /user')).status).toBe(200);
    });

    it('FakeGitHub.failNext does what it is asked, and loses the answer', async () => {
      const issue = repo.issue();
      const body = { body: 'Hello' };
      const path = 'POST /repos/host-uk/core/issues/1/comments';
      github.failNext({ kind: 'cut' });
      expect(await failure(rest(github, path, { body }))).toBe('TypeError');
      expect(issue.comments).toHaveLength(0);
      github.failNext({ kind: 'cut', afterwards: true });
      expect(await failure(rest(github, path, { body }))).toBe('TypeError');
      expect(issue.comments).toHaveLength(1);
      github.failNext({ kind: 'status', status: 504, afterwards: true });
      const answer = await fetch(`${github.url}/repos/host-uk/core/issues/1/comments`, {
        method: 'POST',
        headers: { authorization: 'token x' },
        body: JSON.stringify(body),
      });
      expect([answer.status, issue.comments.length]).toEqual([504, 2]);
    });

    it('FakeGitHub.failNext holds an answer until the test lets it go', async () => {
      let letGo: () => void = () => undefined;
      const until = new Promise<void>((resolve) => (letGo = resolve));
      const fault = github.failNext({ kind: 'delay', until });
      const slow = rest(github, 'GET /user');
      await fault.struck;
      expect((await rest(github, 'GET /user')).status).toBe(200);
      letGo();
      expect((await slow).status).toBe(200);
    });

    it('FakeGitHub.failNext hangs until the caller goes', async () => {
      const controller = new AbortController();
      const fault = github.failNext({ kind: 'hang' });
      const next = github.nextRequest();
      const hanging = failure(fetch(`${github.url}/user`, { signal: controller.signal }));
      await fault.struck;
      controller.abort();
      expect(await hanging).toBe('AbortError');
      expect(await next).toMatchObject({ status: undefined, fault: 'hang' });
    });

    it('FakeGitHub.close ends what hangs', async () => {
      const fault = github.failNext({ kind: 'hang' });
      const hanging = failure(rest(github, 'GET /user'));
      await fault.struck;
      await github.close();
      expect(await hanging).toBe('TypeError');
      await github.close();
    });

    it('FakeGitHub.url wants a server that listens', async () => {
      const { FakeGitHub: Class } = await import('../../../src/testing/fake-github/fake-github.ts');
      const unstarted = new Class();
      expect(() => unstarted.url).toThrow('start()');
      await unstarted.close();
    });
  });
});
