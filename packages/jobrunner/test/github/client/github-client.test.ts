import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it, jest } from '@jest/globals';

import { askGraphql, askRest } from '../../../src/github/client/ask.ts';
import { githubClient } from '../../../src/github/client/github-client.ts';
import { isWrite, Pace } from '../../../src/github/client/pace.ts';
import { withGitHub } from '../support/with-github.ts';

const QUESTION = { op: 'github.test', id: 'host-uk/core', what: 'ask for' };
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
const QUERY = '{repository(owner:"host-uk",name:"core"){name}}';

/** A `fetch` that gives these answers, and remembers what it was asked. */
function scripted(...answers: (() => Promise<Response> | Response)[]): {
  readonly asked: string[];
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
} {
  const asked: string[] = [];
  return {
    asked,
    fetch: async (url, init) => {
      asked.push(`${String(init.method)} ${url}`);
      const next = answers[Math.min(asked.length, answers.length) - 1];
      if (next === undefined) throw new Error('no answer');
      return next();
    },
  };
}

const json = (status: number, data: unknown): Response =>
  new Response(JSON.stringify(data), { status, headers: { 'content-type': 'application/json' } });

describe('Good', () => {
  it('githubClient asks again after what failed on the way', async () => {
    await withGitHub(
      async ({ github, client }) => {
        github.failNext({ kind: 'cut', where: 'middle' }, { api: 'rest' });
        const { data } = await askRest(client, 'GET /repos/host-uk/core', { question: QUESTION });
        expect(data).toMatchObject({ full_name: 'host-uk/core' });
        expect(github.requests).toHaveLength(2);
      },
      { client: { retries: 1 } },
    );
  });

  it.each([
    ['https://api.github.com', 'https://api.github.com/graphql'],
    ['https://ghe.example.org/api/v3/', 'https://ghe.example.org/api/graphql'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/graphql'],
  ])('askGraphql finds the GraphQL of %s at %s', async (baseUrl, url) => {
    const { fetch, asked } = scripted(() => json(200, { data: { viewer: null } }));
    await askGraphql(githubClient({ baseUrl, fetch }), '{viewer{login}}', { question: QUESTION });
    expect(asked).toEqual([`POST ${url}`]);
  });

  it('githubClient acts for an installation of a GitHub App', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { fetch, asked } = scripted(
      () => json(201, { token: 'ghs_installation', expires_at: '2999-01-01T00:00:00Z', permissions: {} }),
      () => json(200, { full_name: 'a/b' }),
    );
    const client = githubClient({ auth: { appId: 7, privateKey: pem, installationId: 42 }, fetch, writePauseMs: 0 });
    const { data } = await askRest(client, 'GET /repos/a/b', { question: QUESTION });
    expect(data).toEqual({ full_name: 'a/b' });
    const base = 'https://api.github.com';
    expect(asked).toEqual([`POST ${base}/app/installations/42/access_tokens`, `GET ${base}/repos/a/b`]);
  });

  it('isWrite tells what changes something', () => {
    const at = (method: string, url: string, query?: string): boolean => isWrite({ method, url, query });
    expect([
      at('GET', '/a'),
      at('HEAD', '/a'),
      at('POST', '/graphql', '{a}'),
      at('POST', '/graphql', 'query A{a}'),
    ]).toEqual(Array(4).fill(false));
    expect([at('PATCH', '/a'), at('POST', '/a/graphql', ' mutation A{a}'), at('PUT', '/a')]).toEqual(
      Array(3).fill(true),
    );
  });

  it('Pace lets writes begin a pause after each other, in their order', async () => {
    jest.useFakeTimers();
    try {
      const pace = new Pace(1_000);
      const begun: number[] = [];
      const turns = [1, 2, 3].map(async (turn) => {
        await pace.turn(undefined);
        begun.push(turn);
      });
      for (const expected of [[1], [1, 2], [1, 2, 3]]) {
        await jest.advanceTimersByTimeAsync(999);
        expect(begun).toEqual(expected);
        await jest.advanceTimersByTimeAsync(1);
      }
      await Promise.all(turns);
      await jest.advanceTimersByTimeAsync(5_000);
      await pace.turn(undefined); // nobody was before it
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('Bad', () => {
  it('githubClient refuses options that are none', () => {
    for (const options of [{ timeoutMs: '1' }, { baseUrl: 'github.com' }]) {
      expect(() => githubClient(options as never)).toThrow(TypeError);
    }
    for (const options of [{ timeoutMs: 0 }, { retries: 11 }, { maxWaitMs: -1 }, { writePauseMs: 0.5 }]) {
      expect(() => githubClient(options)).toThrow(RangeError);
    }
  });

  it.each([
    [401, 'ERR_GITHUB_REFUSED'],
    [403, 'ERR_GITHUB_REFUSED'],
    [404, 'ERR_GITHUB_REFUSED'],
    [422, 'ERR_GITHUB_REFUSED'],
    [500, 'ERR_GITHUB_REQUEST_FAILED'],
    [502, 'ERR_GITHUB_REQUEST_FAILED'],
  ])('askRest says that GitHub answered %d, as %s and without the token', async (status, code) => {
    await withGitHub(async ({ github, client }) => {
      github.failNext({ kind: 'status', status, message: `No, ${TOKEN}` });
      const asking = askRest(client, 'GET /repos/host-uk/core', { question: QUESTION });
      const error: unknown = await asking.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code, status, op: 'github.test', id: 'host-uk/core' });
      const { message, stack, cause } = error as Error;
      expect(message).toMatch(new RegExp(`^Cannot ask for host-uk/core: GitHub answered ${String(status)}: `));
      const all = [message, stack, (cause as Error).message, (cause as Error).stack, JSON.stringify(error)].join();
      expect(all).not.toContain(TOKEN);
    });
  });

  it('askRest gives up on an answer that takes too long', async () => {
    await withGitHub(
      async ({ github, client }) => {
        github.failNext({ kind: 'hang' });
        const asking = askRest(client, 'GET /repos/host-uk/core', { question: QUESTION });
        await expect(asking).rejects.toMatchObject({
          code: 'ERR_GITHUB_REQUEST_FAILED',
          isTimeout: true,
          message: 'Cannot ask for host-uk/core: there was no answer within 300 ms',
        });
      },
      { client: { timeoutMs: 300 } },
    );
  });

  it('askGraphql gives the data that there is, and every fault with its place', async () => {
    await withGitHub(async ({ github, client }) => {
      github.failNext({ kind: 'partial', paths: ['repository.name'], type: 'FORBIDDEN', message: 'No' });
      const { data, faults } = await askGraphql(client, QUERY, { question: QUESTION });
      expect(data).toEqual({ repository: null });
      expect(faults).toEqual([{ type: 'FORBIDDEN', message: 'No', path: ['repository', 'name'] }]);
    });
  });

  it.each([
    ['a page of HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['half of an object', () => new Response('{"data":', { headers: { 'content-type': 'application/json' } })],
    ['no data', () => json(200, {})],
    ['a list', () => json(200, [])],
  ])('askGraphql takes %s for no answer', async (_, answer) => {
    const client = githubClient({ fetch: scripted(answer).fetch });
    const { data, faults } = await askGraphql(client, QUERY, { question: QUESTION });
    expect([data, faults.map(({ message }) => message)]).toEqual([{}, ['the answer has no data']]);
  });
});

describe('Ugly', () => {
  it.each(['before', 'middle'] as const)('askRest takes an answer that is cut %s its end for none', async (where) => {
    await withGitHub(async ({ github, client }) => {
      github.failNext({ kind: 'cut', where });
      const asking = askRest(client, 'GET /repos/host-uk/core', { question: QUESTION });
      await expect(asking).rejects.toMatchObject({ code: 'ERR_GITHUB_REQUEST_FAILED' });
    });
  });

  it('askRest rejects with the reason of its signal, and asks no more', async () => {
    await withGitHub(
      async ({ github, client }) => {
        const { struck } = github.failNext({ kind: 'hang' });
        const controller = new AbortController();
        const { signal } = controller;
        const asking = askRest(client, 'GET /repos/host-uk/core', { question: QUESTION, signal });
        await struck;
        const reason = { not: 'even an error' };
        controller.abort(reason);
        await expect(asking).rejects.toBe(reason);
        await expect(askRest(client, 'GET /', { question: QUESTION, signal })).rejects.toBe(reason);
        expect(github.requests.filter(({ status }) => status === 200)).toEqual([]);
      },
      { client: { retries: 3 } },
    );
  });

  it('Pace.turn ends with its signal', async () => {
    const pace = new Pace(60_000);
    await pace.turn(undefined);
    const reason = new Error('enough');
    await expect(pace.turn(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
