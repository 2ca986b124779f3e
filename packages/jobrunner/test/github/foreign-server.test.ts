import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createEmulator, type Emulator } from 'emulate';

import { askRest } from '../../src/github/client/ask.ts';
import { commentOnce } from '../../src/github/client/comments.ts';
import { githubClient } from '../../src/github/client/github-client.ts';
import { tickParent } from '../../src/github/handlers/tick-parent.ts';
import { WebhookListener } from '../../src/github/webhooks/webhook-listener.ts';
import type { PipelineSignal } from '../../src/pipeline-signal.ts';

const CORE = { owner: 'core-bot', name: 'core' };
const AT = { owner: CORE.owner, repo: CORE.name };
const question = { op: 'github.test', id: 'core-bot/core', what: 'ask for' };
const { signal } = new AbortController();

const seed = {
  tokens: { secret: { login: 'core-bot', scopes: ['repo', 'user', 'admin:repo_hook'] } },
  github: {
    users: [{ login: 'core-bot' }],
    repos: [{ ...CORE, auto_init: true, default_branch: 'main' }],
    apps: [
      {
        ...{ app_id: 7, slug: 'my-app', name: 'My app', permissions: { issues: 'write' } },
        installations: [{ installation_id: 42, account: 'core-bot' }],
      },
    ],
  },
};

/** A GitHub that others wrote, from others' reading of its documentation; it has no GraphQL. */
let emulator: Emulator;
let client: ReturnType<typeof githubClient>;

beforeEach(async () => {
  emulator = await createEmulator({ service: 'github', port: 0, seed });
  client = githubClient({ auth: 'secret', baseUrl: urlOf(), retries: 0, writePauseMs: 0 });
});

afterEach(() => emulator.close());

const urlOf = (): string => emulator.url.replace('localhost', '127.0.0.1');

async function issue(body: string): Promise<number> {
  const { data } = await askRest(client, 'POST /repos/{owner}/{repo}/issues', { ...AT, title: 'T', body, question });
  return (data as { number: number }).number;
}

async function bodyOf(number: number): Promise<unknown> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}';
  const { data } = await askRest(client, route, { ...AT, issue_number: number, question });
  return (data as { body: unknown }).body;
}

describe('Good', () => {
  it('tickParent ticks an epic of a GitHub that others wrote', async () => {
    const epicNumber = await issue('Words\r\n- [ ] #12\r\n- [ ] #1');
    const merged: PipelineSignal = {
      ...{ epicNumber, childNumber: 1, prNumber: 3, repoOwner: CORE.owner, repoName: CORE.name },
      ...{ prState: 'MERGED', isDraft: false, mergeable: 'UNKNOWN', checkStatus: 'UNKNOWN' },
      ...{ threadsTotal: 0, threadsResolved: 0, lastCommitSha: '', needsCoding: false },
    };
    expect(await tickParent(client).execute(merged, { signal })).toMatchObject({ success: true });
    expect(await bodyOf(epicNumber)).toBe('Words\r\n- [ ] #12\r\n- [x] #1');
  });

  it('commentOnce finds its mark on the second page of a GitHub that others wrote', async () => {
    const number = await issue('');
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    const comment = { repo: CORE, number, text: 'Hello', mark: 'hello', op: 'github.test', signal };
    for (let at = 0; at < 110; at += 1)
      await askRest(client, route, { ...AT, issue_number: number, body: 'x', question });
    expect([await commentOnce(client, comment), await commentOnce(client, comment)]).toEqual([true, false]);
  });

  it('githubClient acts as an installation of an app of a GitHub that others wrote', async () => {
    const key = emulator.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key');
    const auth = { appId: 7, privateKey: key?.value ?? '', installationId: 42 };
    const app = githubClient({ auth, baseUrl: urlOf(), retries: 0, writePauseMs: 0 });
    const { status } = await askRest(app, 'GET /repos/{owner}/{repo}', { ...AT, question });
    expect(status).toBe(200);
    const wrong = githubClient({ auth: { ...auth, appId: 8 }, baseUrl: urlOf(), retries: 0 });
    const error: unknown = await askRest(wrong, 'GET /repos/{owner}/{repo}', { ...AT, question }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'ERR_GITHUB_REFUSED' });
    expect(String((error as Error).stack)).not.toContain('PRIVATE KEY');
  });

  it('WebhookListener takes the deliveries of a GitHub that others wrote', async () => {
    const woken: string[] = [];
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const onWake = (repo: string): void => {
      woken.push(repo);
      tell();
    };
    const listener = new WebhookListener({ secret: 'a-long-secret', onWake });
    await listener.start();
    try {
      const config = { url: listener.url, content_type: 'json', secret: 'a-long-secret' };
      const hook = { ...AT, events: ['issues'], config, active: true, question };
      await askRest(client, 'POST /repos/{owner}/{repo}/hooks', hook);
      await issue('');
      await told;
      expect(woken[0]).toBe('core-bot/core');
    } finally {
      await listener.close();
    }
  });
});
