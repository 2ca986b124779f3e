import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import { graphql, rest } from './support.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });

let github: FakeGitHub;
let now: number;

beforeEach(async () => {
  now = Date.now();
  github = await fakeGitHub({ clock: () => now });
  github.repo('host-uk/core');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  github.app({ id: 7, slug: 'my-app', publicKey: pem, installations: { 42: 'host-uk' } });
});

afterEach(() => github.close());

/** A JWT as an app makes it, or one that is wrong somewhere. */
function jwt({
  iss = 7,
  alg = 'RS256',
  key = privateKey,
  from = -30,
  to = 300,
}: { iss?: unknown; alg?: string; key?: KeyObject; from?: number; to?: number } = {}): string {
  const seconds = Math.floor(now / 1_000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg })}.${part({ iss, iat: seconds + from, exp: seconds + to })}`;
  return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), key).toString('base64url')}`;
}

describe('FakeGitHub.app', () => {
  describe('Good', () => {
    it('FakeGitHub.app lets an installation of Octokit in, which acts as the bot', async () => {
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const octokit = new Octokit({
        baseUrl: github.url,
        authStrategy: createAppAuth,
        auth: { appId: 7, privateKey: pem, installationId: 42 },
      });
      const issue = github.repo('host-uk/core').issue();
      await octokit.rest.issues.createComment({ owner: 'host-uk', repo: 'core', issue_number: 1, body: 'Hello' });
      expect(issue.comments[0]?.author).toMatchObject({ login: 'my-app[bot]', type: 'Bot' });
      expect(github.requests.map(({ auth }) => auth)).toEqual(['app', 'installation']);
      const { data } = await octokit.rest.apps.getAuthenticated();
      expect(data).toMatchObject({ slug: 'my-app' });
      const installation = await octokit.rest.apps.getRepoInstallation({ owner: 'host-uk', repo: 'core' });
      expect(installation.data.id).toBe(42);
    });

    it('FakeGitHub.app gives tokens that are good for an hour', async () => {
      const { json } = await rest(github, 'POST /app/installations/42/access_tokens', { token: jwt() });
      const { token } = json as { token: string };
      expect((await graphql(github, '{ viewer { login } }', {}, token)).data).toEqual({ viewer: { login: 'my-app' } });
      now += 3_600_001;
      expect((await rest(github, 'GET /repos/host-uk/core', { token })).status).toBe(401);
    });
  });

  describe('Bad', () => {
    it.each([
      ['signed by another', { key: other.privateKey }],
      ['of no app', { iss: 8 }],
      ['that is over', { to: -1 }],
      ['that is good for too long', { to: 3_600 }],
      ['of the future', { from: 120 }],
      ['without an algorithm', { alg: 'none' }],
    ])('FakeGitHub.app refuses a JWT %s', async (_how, wrong) => {
      expect((await rest(github, 'GET /app', { token: jwt(wrong) })).status).toBe(401);
    });

    it('FakeGitHub.app refuses what is for others', async () => {
      expect((await rest(github, 'GET /app', { token: 'personal' })).status).toBe(401);
      expect((await rest(github, 'GET /user', { token: jwt() })).status).toBe(401);
      expect((await rest(github, 'POST /app/installations/43/access_tokens', { token: jwt() })).status).toBe(404);
      const { json } = await rest(github, 'POST /app/installations/42/access_tokens', { token: jwt() });
      const { token } = json as { token: string };
      expect(await rest(github, 'GET /user', { token })).toMatchObject({
        status: 403,
        json: { message: 'Resource not accessible by integration' },
      });
      github.repo('host-uk/read', { permission: 'read' }).pull();
      expect((await rest(github, 'PUT /repos/host-uk/read/pulls/1/merge', { token })).json).toMatchObject({
        message: 'Resource not accessible by integration',
      });
      expect((await rest(github, 'GET /repos/other/none/installation', { token: jwt() })).status).toBe(404);
    });
  });

  describe('Ugly', () => {
    it.each(['a.b.c', '..', 'ghs_made_up'])('FakeGitHub.app refuses the token %j', async (token) => {
      expect((await rest(github, 'GET /repos/host-uk/core', { token })).status).toBe(401);
    });
  });
});
