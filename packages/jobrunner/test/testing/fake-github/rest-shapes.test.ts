import { generateKeyPairSync, sign } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import { bodyNames, complaints, OPERATIONS } from './openapi.ts';
import { type Reply, rest } from './support.ts';

const REPO = '/repos/host-uk/core';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

let github: FakeGitHub;
let sha: string;
let childId: number;
let commentId: number;

beforeAll(async () => {
  github = await fakeGitHub({ mergeability: 'immediate' });
  const repo = github.repo('host-uk/core', { protect: { main: { requiredChecks: ['build'] } } });
  const child = repo.issue({ title: 'child', assignees: ['bot'] });
  const epic = repo.epic({ title: 'epic', body: 'All of it', children: [child], form: 'both' });
  commentId = epic.comment('Well').databaseId;
  const pull = repo.pull({
    closes: [child],
    checks: { build: 'failure', old: 'in_progress' },
    statuses: { ci: 'error' },
  });
  pull.enableAutoMerge({ by: 'somebody', method: 'SQUASH' });
  pull.review({ state: 'APPROVED', body: 'Good' });
  repo.pull({ draft: true, conflict: true, labels: ['bug'] });
  const merged = repo.pull({ base: 'dev', assignees: ['bot'] });
  merged.merge({ by: 'somebody' });
  repo.pull({ base: 'dev' });
  repo.issue({ state: 'CLOSED', author: 'app[bot]' });
  childId = repo.issue().databaseId;
  sha = pull.head.oid;
  github.hook('host-uk/core', { url: 'http://127.0.0.1:1/', secret: 'hush', events: ['ping'] });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  github.app({ id: 7, slug: 'app', publicKey: pem, installations: { 42: 'host-uk' } });
});

afterAll(() => github.close());

/** A JWT of the app. */
function jwt(): string {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: 7, iat: now - 30, exp: now + 300 })}`;
  return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
}

/** One request: an operation of GitHub's description, where it is asked, and what is sent. `$sha` and the like are filled in. */
interface Asked {
  readonly operation: string;
  readonly path: string;
  readonly body?: unknown;
}

const ASKED: readonly Asked[] = [
  { operation: 'GET /app', path: '/app' },
  { operation: 'GET /rate_limit', path: '/rate_limit' },
  { operation: 'GET /user', path: '/user' },
  { operation: 'GET /repos/{owner}/{repo}', path: REPO },
  { operation: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs', path: `${REPO}/commits/$sha/check-runs` },
  { operation: 'GET /repos/{owner}/{repo}/commits/{ref}/status', path: `${REPO}/commits/$sha/status` },
  { operation: 'GET /repos/{owner}/{repo}/commits/{ref}/statuses', path: `${REPO}/commits/pr-3/statuses` },
  { operation: 'GET /repos/{owner}/{repo}/hooks', path: `${REPO}/hooks` },
  { operation: 'GET /repos/{owner}/{repo}/installation', path: `${REPO}/installation` },
  { operation: 'GET /repos/{owner}/{repo}/issues', path: `${REPO}/issues?state=all` },
  { operation: 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}', path: `${REPO}/issues/comments/$comment` },
  { operation: 'GET /repos/{owner}/{repo}/issues/{issue_number}', path: `${REPO}/issues/2` },
  { operation: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments', path: `${REPO}/issues/2/comments` },
  { operation: 'GET /repos/{owner}/{repo}/issues/{issue_number}/labels', path: `${REPO}/issues/2/labels` },
  { operation: 'GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues', path: `${REPO}/issues/2/sub_issues` },
  { operation: 'GET /repos/{owner}/{repo}/labels', path: `${REPO}/labels` },
  { operation: 'GET /repos/{owner}/{repo}/pulls', path: `${REPO}/pulls?state=all` },
  { operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}', path: `${REPO}/pulls/3` },
  { operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}', path: `${REPO}/pulls/4` },
  { operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}', path: `${REPO}/pulls/5` },
  { operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', path: `${REPO}/pulls/3/reviews` },
  {
    operation: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
    path: `${REPO}/issues/comments/$comment`,
    body: { body: 'Better' },
  },
  {
    operation: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
    path: `${REPO}/issues/1`,
    body: { title: 'x', labels: ['a', { name: 'b' }], state: 'closed', state_reason: 'not_planned' },
  },
  {
    operation: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    path: `${REPO}/pulls/4`,
    body: { title: 'y', body: null },
  },
  {
    operation: 'POST /app/installations/{installation_id}/access_tokens',
    path: '/app/installations/42/access_tokens',
    body: {},
  },
  {
    operation: 'POST /repos/{owner}/{repo}/check-runs',
    path: `${REPO}/check-runs`,
    body: { name: 'lint', head_sha: '$sha', status: 'completed', conclusion: 'success' },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/hooks',
    path: `${REPO}/hooks`,
    body: { config: { url: 'http://127.0.0.1:1/' } },
  },
  { operation: 'POST /repos/{owner}/{repo}/issues', path: `${REPO}/issues`, body: { title: 'new', labels: ['a'] } },
  {
    operation: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    path: `${REPO}/issues/2/comments`,
    body: { body: 'x' },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    path: `${REPO}/issues/2/labels`,
    body: { labels: ['later'] },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues',
    path: `${REPO}/issues/2/sub_issues`,
    body: '{ "sub_issue_id": $child }',
  },
  {
    operation: 'POST /repos/{owner}/{repo}/pulls',
    path: `${REPO}/pulls`,
    body: { title: 'p', head: 'feature', base: 'main' },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    path: `${REPO}/pulls/3/reviews`,
    body: { event: 'COMMENT', body: 'Hm' },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/statuses/{sha}',
    path: `${REPO}/statuses/$sha`,
    body: { state: 'success', context: 'ci' },
  },
  { operation: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', path: `${REPO}/pulls/6/merge` },
];

/** What is refused, and how. */
const REFUSED: readonly (Asked & { readonly status: number })[] = [
  { operation: 'GET /repos/{owner}/{repo}/issues/{issue_number}', path: `${REPO}/issues/999`, status: 404 },
  { operation: 'GET /repos/{owner}/{repo}/pulls/{pull_number}', path: `${REPO}/pulls/999`, status: 404 },
  { operation: 'POST /repos/{owner}/{repo}/issues', path: `${REPO}/issues`, status: 422, body: {} },
  {
    operation: 'POST /repos/{owner}/{repo}/pulls',
    path: `${REPO}/pulls`,
    status: 422,
    body: { title: 'p', head: 'pr-3', base: 'main' },
  },
  { operation: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', path: `${REPO}/pulls/4/merge`, status: 405 },
];

/** Asks what is to be asked. */
function ask({ operation, path, body }: Asked): Promise<Reply> {
  const fill = (text: string): string =>
    text.replace('$sha', sha).replace('$comment', String(commentId)).replace('$child', String(childId));
  const [method = ''] = operation.split(' ');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const token = /^\/app|installation$/.test(path) ? jwt() : 'secret';
  return rest(github, `${method} ${fill(path)}`, { body: body === undefined ? undefined : fill(text), token });
}

describe('fakeGitHub REST shapes', () => {
  describe('Good', () => {
    it.each(ASKED)('fakeGitHub answers as GitHub describes it: $operation at $path', async (asked) => {
      const { status, json } = await ask(asked);
      expect(complaints(asked.operation, status, json)).toEqual([]);
      expect(status).toBeLessThan(300);
    });

    it('fakeGitHub is held against every operation of the description', () => {
      const asked = new Set(ASKED.map(({ operation }) => operation));
      expect(OPERATIONS.filter((operation) => !asked.has(operation))).toEqual([]);
    });
  });

  describe('Bad', () => {
    it.each(REFUSED)('fakeGitHub refuses as GitHub describes it: $operation at $path', async ({ status, ...asked }) => {
      const { status: seen, json } = await ask(asked);
      expect(seen).toBe(status);
      expect(complaints(asked.operation, status, json)).toEqual([]);
      expect((json as { documentation_url: string }).documentation_url).toMatch(
        /^https:\/\/docs\.github\.com\/rest\/./,
      );
    });

    it('fakeGitHub has no draft in the body of an update, and neither has GitHub', async () => {
      expect(bodyNames('PATCH /repos/{owner}/{repo}/pulls/{pull_number}')).not.toContain('draft');
      const draft = github.repo('host-uk/core').pull({ draft: true });
      const { status, json } = await rest(github, `PATCH ${REPO}/pulls/${String(draft.number)}`, {
        body: { draft: false },
      });
      expect([status, (json as { draft: boolean }).draft, draft.isDraft]).toEqual([200, true, true]);
    });
  });

  describe('Ugly', () => {
    it('complaints finds what is wrong with an answer', () => {
      expect(complaints('GET /rate_limit', 200, { rate: {} })).toContain(" must have required property 'resources'");
      expect(complaints('GET /user', 200, { login: 5 })).not.toEqual([]);
      expect(complaints('GET /user', 418, {})).toEqual(['GET /user is not described with 418']);
    });

    it('fakeGitHub says nothing of mergeability in a list, as GitHub does not', async () => {
      const { json } = await rest(github, `GET ${REPO}/pulls?state=all`);
      const names = (json as object[]).flatMap((pull) => Object.keys(pull));
      expect(names.filter((name) => /^merge(d|able|able_state)$/.test(name))).toEqual([]);
    });
  });
});
