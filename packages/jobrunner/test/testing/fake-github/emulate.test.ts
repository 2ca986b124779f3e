import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { verify } from '@octokit/webhooks-methods';
import { createEmulator } from 'emulate';

import { fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';

/** A server that says it is a GitHub. */
interface Server {
  readonly url: string;
  /** Key of the app 7, `my-app`, that is installation 42 of `core-bot`: PEM. */
  readonly privateKey: string;
  close(): Promise<void>;
}

async function fake(): Promise<Server> {
  const github = await fakeGitHub({ tokens: { secret: 'core-bot' } });
  github.repo('core-bot/core');
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  github.app({ id: 7, slug: 'my-app', publicKey: pem, installations: { 42: 'core-bot' } });
  return {
    url: github.url,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    close: () => github.close(),
  };
}

/** A GitHub that others wrote, from others' reading of its documentation. */
async function foreign(): Promise<Server> {
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { secret: { login: 'core-bot', scopes: ['repo', 'user', 'admin:repo_hook'] } },
      github: {
        users: [{ login: 'core-bot' }],
        repos: [{ owner: 'core-bot', name: 'core', auto_init: true, default_branch: 'main' }],
        apps: [
          {
            app_id: 7,
            slug: 'my-app',
            name: 'My app',
            permissions: { issues: 'write' },
            installations: [{ installation_id: 42, account: 'core-bot' }],
          },
        ],
      },
    },
  });
  const key = emulator.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key');
  return {
    url: emulator.url.replace('localhost', '127.0.0.1'),
    privateKey: key?.value ?? '',
    close: () => emulator.close(),
  };
}

const CORE = { owner: 'core-bot', repo: 'core' };
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // what Octokit tells of deprecated routes is of no interest here
}

/** Status of what Octokit throws. */
async function statusOf(work: Promise<unknown>): Promise<number> {
  return work.then(
    () => 200,
    (error: unknown) => (error as { status: number }).status,
  );
}

describe.each([
  ['fakeGitHub', fake],
  ['emulate', foreign],
])('REST of %s', (_name, start) => {
  let server: Server;
  let octokit: Octokit;

  beforeEach(async () => {
    server = await start();
    octokit = new Octokit({ baseUrl: server.url, auth: 'secret', log: silent });
  });

  afterEach(() => server.close());

  describe('Good', () => {
    it('REST makes, shows, filters and changes issues', async () => {
      const { data: made } = await octokit.rest.issues.create({
        ...CORE,
        title: 'one',
        body: 'text',
        labels: ['epic'],
      });
      await octokit.rest.issues.create({ ...CORE, title: 'two' });
      expect(made).toMatchObject({ number: 1, title: 'one', body: 'text', state: 'open', user: { login: 'core-bot' } });
      const numbers = async (options: object): Promise<number[]> =>
        (await octokit.rest.issues.listForRepo({ ...CORE, ...options })).data.map(({ number }) => number).sort();
      expect(await numbers({ labels: 'epic' })).toEqual([1]);
      await octokit.rest.issues.update({ ...CORE, issue_number: 1, state: 'closed', body: 'other' });
      expect(await numbers({})).toEqual([2]);
      expect(await numbers({ state: 'all' })).toEqual([1, 2]);
      const { data: closed } = await octokit.rest.issues.get({ ...CORE, issue_number: 1 });
      expect([closed.state, closed.body, closed.closed_at === null]).toEqual(['closed', 'other', false]);
    });

    it('REST takes comments, changes them, and forgets them', async () => {
      await octokit.rest.issues.create({ ...CORE, title: 'one' });
      const { data: made } = await octokit.rest.issues.createComment({ ...CORE, issue_number: 1, body: 'Hello' });
      await octokit.rest.issues.updateComment({ ...CORE, comment_id: made.id, body: 'Bye' });
      const list = async (): Promise<unknown[]> =>
        (await octokit.rest.issues.listComments({ ...CORE, issue_number: 1 })).data.map(({ body, user }) => [
          body,
          user?.login,
        ]);
      expect(await list()).toEqual([['Bye', 'core-bot']]);
      await octokit.rest.issues.deleteComment({ ...CORE, comment_id: made.id });
      expect(await list()).toEqual([]);
    });

    it('REST makes and merges a pull request, once', async () => {
      const { data: pull } = await octokit.rest.pulls.create({ ...CORE, title: 'p', head: 'feature', base: 'main' });
      expect(pull).toMatchObject({
        state: 'open',
        draft: false,
        merged: false,
        base: { ref: 'main' },
        head: { ref: 'feature' },
      });
      const { data: listed } = await octokit.rest.pulls.list(CORE);
      expect(listed.map(({ number }) => number)).toEqual([pull.number]);
      const merge = (): ReturnType<typeof octokit.rest.pulls.merge> =>
        octokit.rest.pulls.merge({ ...CORE, pull_number: pull.number, merge_method: 'squash' });
      expect((await merge()).data.merged).toBe(true);
      const { data: merged } = await octokit.rest.pulls.get({ ...CORE, pull_number: pull.number });
      expect([merged.state, merged.merged]).toEqual(['closed', true]);
      expect([405, 422]).toContain(await statusOf(merge())); // GitHub: 405; emulate: 422
    });

    it('REST takes reviews', async () => {
      const { data: pull } = await octokit.rest.pulls.create({ ...CORE, title: 'p', head: 'feature', base: 'main' });
      const at = { ...CORE, pull_number: pull.number };
      await octokit.rest.pulls.createReview({ ...at, event: 'COMMENT', body: 'Hm' });
      const { data: reviews } = await octokit.rest.pulls.listReviews(at);
      expect(reviews.map(({ state, body, user }) => [state, body, user?.login])).toEqual([
        ['COMMENTED', 'Hm', 'core-bot'],
      ]);
    });

    it('REST takes check runs, and lists them by commit', async () => {
      const { data: pull } = await octokit.rest.pulls.create({ ...CORE, title: 'p', head: 'feature', base: 'main' });
      const ref = pull.head.sha;
      const run = { ...CORE, head_sha: ref, status: 'completed' } as const;
      await octokit.rest.checks.create({ ...run, name: 'build', conclusion: 'success' });
      await octokit.rest.checks.create({ ...run, name: 'lint', conclusion: 'failure' });
      const { data } = await octokit.rest.checks.listForRef({ ...CORE, ref });
      expect(data.total_count).toBe(2);
      expect(data.check_runs.map(({ name, conclusion }) => [name, conclusion]).sort()).toEqual([
        ['build', 'success'],
        ['lint', 'failure'],
      ]);
    });

    it('REST pages lists, and Octokit follows the pages', async () => {
      for (let left = 35; left > 0; left--) await octokit.rest.issues.create({ ...CORE, title: 'x' });
      const first = await octokit.rest.issues.listForRepo({ ...CORE, per_page: 10 });
      expect(first.data).toHaveLength(10);
      expect(first.headers.link).toMatch(/page=2[^>]*>; rel="next".*page=4[^>]*>; rel="last"/);
      const all = await octokit.paginate(octokit.rest.issues.listForRepo, { ...CORE, per_page: 10 });
      expect(new Set(all.map(({ number }) => number)).size).toBe(35);
    });

    it('REST counts what is left', async () => {
      const left = async (): Promise<number> =>
        Number((await octokit.rest.issues.listForRepo(CORE)).headers['x-ratelimit-remaining']);
      const before = await left();
      expect(await left()).toBe(before - 1);
      const { data } = await octokit.rest.rateLimit.get();
      expect(data.resources.core.limit).toBe(5_000);
    });

    it('REST lets an app in, which writes as its bot', async () => {
      const auth = { appId: 7, privateKey: server.privateKey, installationId: 42 };
      const app = new Octokit({ baseUrl: server.url, authStrategy: createAppAuth, auth, log: silent });
      expect((await app.rest.apps.getAuthenticated()).data).toMatchObject({ id: 7, slug: 'my-app' });
      const { data } = await app.rest.issues.create({ ...CORE, title: 'x' });
      expect(data.user?.login).toBe('my-app[bot]');
    });

    it('REST sends signed webhooks', async () => {
      const deliveries: { event: unknown; isSigned: boolean }[] = [];
      let heard: () => void = nothing;
      const twice = new Promise<void>((resolve) => (heard = resolve));
      const receiver = createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (text: string) => (body += text));
        request.on('end', () => {
          response.end();
          void verify('hush', body, String(request.headers['x-hub-signature-256'])).then((isSigned) => {
            deliveries.push({ event: request.headers['x-github-event'], isSigned });
            if (deliveries.some(({ event }) => event === 'issue_comment')) heard();
          });
        });
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/`;
      const config = { url, secret: 'hush', content_type: 'json' };
      await octokit.rest.repos.createWebhook({ ...CORE, config, events: ['issues', 'issue_comment'] });
      await octokit.rest.issues.create({ ...CORE, title: 'one' });
      await octokit.rest.issues.createComment({ ...CORE, issue_number: 1, body: 'Hello' });
      await twice;
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
      expect(deliveries.filter(({ event }) => event !== 'ping')).toContainEqual({
        event: 'issue_comment',
        isSigned: true,
      });
      expect(deliveries.every(({ isSigned }) => isSigned)).toBe(true);
    });
  });

  describe('Bad', () => {
    it('REST refuses what is not there, and what is not whole', async () => {
      const { issues, pulls } = octokit.rest;
      expect(await statusOf(issues.get({ ...CORE, issue_number: 99 }))).toBe(404);
      expect(await statusOf(issues.get({ ...CORE, repo: 'none', issue_number: 1 }))).toBe(404);
      expect(await statusOf(pulls.get({ ...CORE, pull_number: 99 }))).toBe(404);
      expect(await statusOf(octokit.request('POST /repos/core-bot/core/issues', { body: 'x' }))).toBe(422);
    });

    it('REST refuses to write for nobody', async () => {
      const nobody = new Octokit({ baseUrl: server.url, log: silent });
      expect(await statusOf(nobody.rest.issues.create({ ...CORE, title: 'x' }))).toBe(401);
    });
  });
});
