import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';
import { rest } from './support.ts';

const ISSUES = '/repos/host-uk/core/issues';
const PULLS = '/repos/host-uk/core/pulls';

let github: FakeGitHub;
let repo: FakeRepository;

beforeEach(async () => {
  github = await fakeGitHub();
  repo = github.repo('host-uk/core');
});

afterEach(() => github.close());

function numbers(json: unknown): number[] {
  return (json as { number: number }[]).map(({ number }) => number);
}

describe('fakeGitHub REST', () => {
  describe('Good', () => {
    it('fakeGitHub pages lists, with links to the other pages', async () => {
      for (let left = 45; left > 0; left--) repo.pull();
      const first = await rest(github, `GET ${PULLS}`);
      expect(numbers(first.json)).toHaveLength(30);
      const next = `<${github.url}${PULLS}?page=2>; rel="next"`;
      expect(first.headers.get('link')).toBe(`${next}, <${github.url}${PULLS}?page=2>; rel="last"`);
      const second = await rest(github, `GET ${PULLS}?page=2`);
      expect(numbers(second.json)).toEqual(Array.from({ length: 15 }, (_, at) => 15 - at));
      expect(second.headers.get('link')).toBe(
        next.replace('page=2', 'page=1').replace('next', 'prev') + `, <${github.url}${PULLS}?page=1>; rel="first"`,
      );
      const all = await rest(github, `GET ${PULLS}?per_page=1000`);
      expect([numbers(all.json).length, all.headers.get('link')]).toEqual([45, null]);
    });

    it('fakeGitHub filters and orders issues, and shows pull requests among them', async () => {
      repo.issue({ labels: ['epic', 'big'], assignees: ['bot'] });
      repo.issue({ labels: ['epic'], state: 'CLOSED', author: 'somebody' });
      repo.pull({ labels: ['epic'] });
      const list = async (query: string): Promise<number[]> =>
        numbers((await rest(github, `GET ${ISSUES}?${query}`)).json);
      expect(await list('labels=epic')).toEqual([3, 1]);
      expect(await list('labels=epic,big')).toEqual([1]);
      expect(await list('state=all&direction=asc')).toEqual([1, 2, 3]);
      expect(await list('state=closed')).toEqual([2]);
      expect(await list('assignee=none')).toEqual([3]);
      expect(await list('assignee=*')).toEqual([1]);
      expect(await list('assignee=bot')).toEqual([1]);
      expect(await list('state=all&creator=somebody')).toEqual([2]);
      repo.findIssue(1)?.comment('Hello');
      expect(await list('state=all&sort=comments')).toEqual([1, 3, 2]);
      expect(await list('since=2100-01-01T00:00:00Z')).toEqual([]);
      const { json } = await rest(github, `GET ${ISSUES}`);
      expect((json as object[]).map((issue) => 'pull_request' in issue)).toEqual([true, false]);
    });

    it('fakeGitHub filters pull requests by base, head and state', async () => {
      repo.pull({ base: 'dev' });
      repo.pull({ head: 'feature' }).close();
      const list = async (query: string): Promise<number[]> =>
        numbers((await rest(github, `GET ${PULLS}?${query}`)).json);
      expect(await list('base=dev')).toEqual([1]);
      expect(await list('state=all&head=host-uk:feature')).toEqual([2]);
      expect(await list('state=all&sort=updated')).toEqual([1, 2]);
      expect(await list('state=closed')).toEqual([2]);
    });

    it('fakeGitHub answers 304 to who has the answer already, and takes nothing for it', async () => {
      repo.issue();
      const first = await rest(github, `GET ${ISSUES}`);
      const etag = first.headers.get('etag') ?? '';
      const before = github.rateLimit('core').remaining;
      const again = await rest(github, `GET ${ISSUES}`, { headers: { 'if-none-match': `"other", ${etag}` } });
      expect([again.status, again.json, again.headers.get('etag')]).toEqual([304, undefined, etag]);
      expect(github.rateLimit('core').remaining).toBe(before);
      expect(github.requests.at(-1)).toMatchObject({ isConditional: true, status: 304, cost: 0 });
      repo.issue();
      const changed = await rest(github, `GET ${ISSUES}`, { headers: { 'if-none-match': etag } });
      expect([changed.status, numbers(changed.json), github.rateLimit('core').remaining]).toEqual([
        200,
        [2, 1],
        before - 1,
      ]);
    });

    it('fakeGitHub changes issues and pull requests as the viewer', async () => {
      const issue = repo.issue({ title: 'old', labels: ['a'] });
      await rest(github, `PATCH ${ISSUES}/1`, {
        body: { body: 'new', assignees: ['bot'], state: 'closed', state_reason: 'duplicate' },
      });
      expect([issue.title, issue.body, issue.state, issue.stateReason]).toEqual(['old', 'new', 'CLOSED', 'DUPLICATE']);
      await rest(github, `PATCH ${ISSUES}/1`, { body: { state: 'open', labels: [] } });
      expect([issue.state, issue.labels]).toEqual(['OPEN', []]);
      await rest(github, `POST ${ISSUES}/1/comments`, { body: { body: 'Hello' } });
      expect(issue.comments.map(({ author, body }) => [author.login, body])).toEqual([['core-bot', 'Hello']]);
      const pull = repo.pull();
      await rest(github, `PATCH ${PULLS}/2`, { body: { title: 'new', state: 'closed' } });
      expect([pull.title, pull.state]).toEqual(['new', 'CLOSED']);
    });

    it('fakeGitHub merges, labels, and takes comments and hooks away', async () => {
      const pull = repo.pull();
      expect((await rest(github, `GET ${PULLS}/1/merge`)).status).toBe(404);
      const merged = await rest(github, `PUT ${PULLS}/1/merge`, {
        body: { merge_method: 'squash', sha: pull.head.oid },
      });
      expect(merged.json).toMatchObject({ merged: true, sha: pull.merged?.oid });
      expect((await rest(github, `GET ${PULLS}/1/merge`)).status).toBe(204);
      await rest(github, `POST ${ISSUES}/1/labels`, { body: { labels: ['a/b', 'c'] } });
      await rest(github, `DELETE ${ISSUES}/1/labels/a%2Fb`);
      expect(pull.labels.map(({ name }) => name)).toEqual(['c']);
      const { databaseId } = pull.comment('x');
      expect((await rest(github, `DELETE ${ISSUES}/comments/${String(databaseId)}`)).status).toBe(204);
      expect(pull.comments).toEqual([]);
      const hook = await rest(github, 'POST /repos/host-uk/core/hooks', {
        body: { config: { url: 'http://127.0.0.1:1/', secret: 's' } },
      });
      expect(JSON.stringify(hook.json)).not.toContain('"s"');
      const { id } = hook.json as { id: number };
      expect((await rest(github, `DELETE /repos/host-uk/core/hooks/${String(id)}`)).status).toBe(204);
      expect((await rest(github, 'GET /repos/host-uk/core/hooks')).json).toEqual([]);
    });

    it('fakeGitHub finds check runs and statuses by commit, abbreviated commit and branch', async () => {
      const pull = repo.pull({
        head: 'feature',
        checks: { build: 'success', lint: 'queued' },
        statuses: { ci: 'failure' },
      });
      const at = async (ref: string, what: string): Promise<unknown> =>
        (await rest(github, `GET /repos/host-uk/core/commits/${ref}/${what}`)).json;
      expect(await at(pull.head.oid, 'check-runs')).toMatchObject({ total_count: 2 });
      expect(await at(pull.head.oid.slice(0, 8), 'check-runs?check_name=build&status=completed')).toMatchObject({
        total_count: 1,
      });
      expect(await at('heads%2Ffeature', 'status')).toMatchObject({ state: 'failure', total_count: 1 });
      pull.push();
      expect(await at('feature', 'status')).toMatchObject({ state: 'pending', total_count: 0 });
    });

    it('fakeGitHub answers HEAD without a body', async () => {
      const { status, json, headers } = await rest(github, 'HEAD /repos/host-uk/core');
      expect([status, json, headers.has('etag')]).toEqual([200, undefined, true]);
    });
  });

  describe('Bad', () => {
    it('fakeGitHub refuses who it does not know', async () => {
      await using strict = await fakeGitHub({ tokens: { good: 'bot' } });
      strict.repo('host-uk/core');
      expect((await rest(strict, 'GET /user', { token: 'good' })).json).toMatchObject({ login: 'bot' });
      const bad = await rest(strict, 'GET /user', { token: 'bad' });
      expect([bad.status, bad.json]).toMatchObject([401, { message: 'Bad credentials', status: '401' }]);
      expect((await rest(strict, 'GET /user', { token: '' })).status).toBe(401);
      expect((await rest(strict, 'GET /repos/host-uk/core', { token: '' })).status).toBe(200);
      expect((await rest(strict, `POST ${ISSUES}`, { token: '', body: { title: 'x' } })).status).toBe(401);
    });

    it('fakeGitHub refuses who may not, and hides what one may not see', async () => {
      github.repo('host-uk/public', { permission: 'read' }).pull();
      github.repo('host-uk/secret', { permission: 'none' });
      const merge = await rest(github, 'PUT /repos/host-uk/public/pulls/1/merge');
      expect([merge.status, merge.json]).toMatchObject([
        403,
        { message: 'Resource not accessible by personal access token' },
      ]);
      expect((await rest(github, 'GET /repos/host-uk/public/hooks')).status).toBe(404);
      expect((await rest(github, 'GET /repos/host-uk/secret')).status).toBe(404);
      const issue = await rest(github, 'POST /repos/host-uk/public/issues', { body: { title: 'x', labels: ['mine'] } });
      expect(issue).toMatchObject({ status: 201, json: { labels: [] } });
    });

    it.each([
      ['{', 400, 'Problems parsing JSON'],
      ['[]', 400, 'Body should be a JSON object'],
      ['{}', 422, `Invalid request.\n\n"title" wasn't supplied.`],
      ['{"title":" "}', 422, 'Validation Failed'],
      ['{"title":12}', 422, `Invalid request.\n\nFor 'properties/title', 12 is not a string.`],
      ['{"title":"x","labels":"y"}', 422, `Invalid request.\n\nFor 'properties/labels', "y" is not an array.`],
      ['{"title":"x","labels":[1]}', 422, `Invalid request.\n\nFor 'properties/labels/items', 1 is not a string.`],
    ])('fakeGitHub refuses the body %j of an issue', async (body, status, message) => {
      const reply = await rest(github, `POST ${ISSUES}`, { body });
      expect([reply.status, (reply.json as { message: string }).message]).toEqual([status, message]);
      expect(repo.issues).toEqual([]);
    });

    it('fakeGitHub refuses other words than GitHub knows, and blank comments', async () => {
      repo.pull();
      const state = await rest(github, `PATCH ${PULLS}/1`, { body: { state: 'merged' } });
      expect(state.json).toMatchObject({ message: expect.stringContaining('is not a member of [open, closed]') });
      const draft = await rest(github, `POST ${PULLS}`, {
        body: { title: 'x', head: 'y', base: 'main', draft: 'yes' },
      });
      expect(draft.status).toBe(422);
      expect((await rest(github, `POST ${ISSUES}/1/comments`, { body: { body: ' ' } })).status).toBe(422);
      expect((await rest(github, `POST ${ISSUES}/1/sub_issues`, { body: { sub_issue_id: 'x' } })).status).toBe(422);
      expect((await rest(github, 'POST /repos/host-uk/core/hooks', { body: {} })).status).toBe(422);
      expect((await rest(github, `POST ${PULLS}/1/reviews`, { body: {} })).status).toBe(501);
    });

    it('fakeGitHub answers 410 for what was deleted, and 404 for what never was', async () => {
      repo.issue().delete();
      expect((await rest(github, `GET ${ISSUES}/1`)).json).toMatchObject({
        message: 'This issue was deleted',
        status: '410',
      });
      expect((await rest(github, `GET ${ISSUES}/2`)).status).toBe(404);
      expect((await rest(github, `GET ${PULLS}/1`)).status).toBe(404);
      expect((await rest(github, `GET ${ISSUES}/comments/5`)).status).toBe(404);
      expect((await rest(github, 'GET /repos/host-uk/core/commits/abcdef1/status')).status).toBe(422);
      expect((await rest(github, 'DELETE /repos/host-uk/core/hooks/5')).status).toBe(404);
      repo.pull();
      expect((await rest(github, `GET ${ISSUES}/2/sub_issues`)).status).toBe(404);
      expect((await rest(github, `DELETE ${ISSUES}/2/labels/none`)).json).toMatchObject({
        message: 'Label does not exist',
      });
    });

    it('fakeGitHub says what it does not implement', async () => {
      const reply = await rest(github, `GET ${ISSUES}/comments`);
      expect(reply).toMatchObject({
        status: 501,
        json: { message: `The fake GitHub does not implement GET ${ISSUES}/comments` },
      });
      expect((await rest(github, `PUT ${ISSUES}`)).status).toBe(501);
    });
  });

  describe('Ugly', () => {
    it('fakeGitHub keeps no token in its log', async () => {
      await rest(github, 'GET /user', { token: 'very-secret-token' });
      expect(JSON.stringify(github.requests)).not.toContain('very-secret-token');
      expect(github.requests).toMatchObject([
        { method: 'GET', path: '/user', auth: 'token', login: 'core-bot', status: 200 },
      ]);
    });

    it('fakeGitHub takes writes from many at once without losing one', async () => {
      const issue = repo.issue();
      const bodies = Array.from({ length: 50 }, (_, at) => `comment ${String(at)}`);
      await Promise.all(bodies.map((body) => rest(github, `POST ${ISSUES}/1/comments`, { body: { body } })));
      expect(issue.comments.map(({ body }) => body).sort()).toEqual(bodies.sort());
    });
  });
});
