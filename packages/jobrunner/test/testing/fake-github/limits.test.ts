import { request } from 'node:http';

import { describe, expect, it } from '@jest/globals';

import { fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import { graphql, rest } from './support.ts';

describe('fakeGitHub limits', () => {
  describe('Good', () => {
    it('fakeGitHub tells what is left in headers and at /rate_limit, which costs nothing', async () => {
      const now = 1_800_000_000_000;
      await using github = await fakeGitHub({ clock: () => now, rateLimits: { core: 10, graphql: 20 } });
      await rest(github, 'GET /user');
      await graphql(github, '{ viewer { login } }');
      const { headers, json } = await rest(github, 'GET /rate_limit');
      expect(json).toMatchObject({
        resources: { core: { limit: 10, used: 1, remaining: 9 }, graphql: { limit: 20, used: 1, remaining: 19 } },
        rate: { limit: 10, reset: now / 1_000 + 3_600 },
      });
      const names = ['limit', 'remaining', 'used', 'reset', 'resource'];
      const told = names.map((name) => headers.get(`x-ratelimit-${name}`));
      expect(told).toEqual(['10', '9', '1', String(now / 1_000 + 3_600), 'core']);
      expect(headers.get('x-github-request-id')).toMatch(/^FAKE:/);
    });

    it('fakeGitHub counts for each login, and begins anew each hour', async () => {
      let now = 1_800_000_000_000;
      await using github = await fakeGitHub({
        clock: () => now,
        tokens: { a: 'one', b: 'two' },
        rateLimits: { core: 2 },
      });
      const ask = async (token: string): Promise<number> => (await rest(github, 'GET /user', { token })).status;
      expect([await ask('a'), await ask('a'), await ask('a'), await ask('b')]).toEqual([200, 200, 403, 200]);
      expect(github.rateLimit('core', 'one')).toMatchObject({ remaining: 0, used: 2 });
      now += 3_600_000;
      expect(await ask('a')).toBe(200);
    });

    it('fakeGitHub gives 60 an hour to nobody in particular', async () => {
      await using github = await fakeGitHub();
      const { headers } = await rest(github, 'GET /rate_limit', { token: '' });
      expect(headers.get('x-ratelimit-limit')).toBe('60');
    });
  });

  describe('Bad', () => {
    it('fakeGitHub refuses too many writes a minute, and lets them through later', async () => {
      let now = 1_800_000_000_000;
      await using github = await fakeGitHub({ clock: () => now, secondaryLimits: { writesPerMinute: 2 } });
      github.repo('host-uk/core');
      const write = (): Promise<{ status: number; headers: Headers }> =>
        rest(github, 'POST /repos/host-uk/core/issues', { body: { title: 'x' } });
      expect([(await write()).status, (await write()).status]).toEqual([201, 201]);
      const refused = await write();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([403, '60']);
      expect((await rest(github, 'GET /user')).status).toBe(403);
      now += 61_000;
      expect((await write()).status).toBe(201);
    });

    it('fakeGitHub refuses too many points a minute of each API', async () => {
      const secondaryLimits = { restPointsPerMinute: 6, graphqlPointsPerMinute: 1 };
      await using github = await fakeGitHub({ secondaryLimits, clock: () => 1_800_000_000_000 });
      github.repo('host-uk/core');
      expect((await rest(github, 'POST /repos/host-uk/core/issues', { body: { title: 'x' } })).status).toBe(201);
      expect((await graphql(github, '{ viewer { login } }')).errors).toBeUndefined();
      expect((await rest(github, 'GET /user')).status).toBe(200);
      expect((await rest(github, 'GET /user')).status).toBe(403);
      expect(await graphql(github, '{ viewer { login } }')).toMatchObject({
        message: expect.stringContaining('secondary'),
      });
    });

    it('fakeGitHub refuses more than 100 requests at once where it is told to', async () => {
      await using github = await fakeGitHub({ secondaryLimits: 'published' });
      let letGo: () => void = () => undefined;
      const until = new Promise<void>((resolve) => (letGo = resolve));
      const faults = Array.from({ length: 101 }, () => github.failNext({ kind: 'delay', until, afterwards: true }));
      const all = faults.map(() => rest(github, 'GET /user'));
      await Promise.all(faults.map(({ struck }) => struck));
      letGo();
      const statuses = (await Promise.all(all)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 403)).toHaveLength(1);
    });
  });

  describe('Ugly', () => {
    it('fakeGitHub refuses who does not say who they are', async () => {
      await using github = await fakeGitHub();
      const status = await new Promise((resolve, reject) => {
        request(`${github.url}/user`, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(403);
    });
  });
});
