import { MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { githubClient, type GitHubClientOptions } from '../../../src/github/client/github-client.ts';
import { closeChild } from '../../../src/github/handlers/close-child.ts';
import { dispatch } from '../../../src/github/handlers/dispatch.ts';
import { enableAutoMerge } from '../../../src/github/handlers/enable-auto-merge.ts';
import { publishDraft } from '../../../src/github/handlers/publish-draft.ts';
import { resolveThreads } from '../../../src/github/handlers/resolve-threads.ts';
import { sendFixCommand } from '../../../src/github/handlers/send-fix-command.ts';
import { tickParent } from '../../../src/github/handlers/tick-parent.ts';
import { GitHubSource } from '../../../src/github/source/github-source.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { Poller } from '../../../src/poller/poller.ts';
import { answerGraphql } from './graphql.ts';
import { ForeignServer, type Room } from './server.ts';
import { type ForeignPull, shaOf } from './world.ts';

type Client = ReturnType<typeof githubClient>;

const ROOMS: readonly (readonly [string, Room])[] = [
  ['nulls where the schema lets them be, and weak ETags', { nulls: true }],
  ['records that may not be seen, and no ETags', { holes: true, etag: 'none' }],
  ['a byte order mark', { encoding: 'bom', etag: 'strong' }],
  ['gzip, and connections that end', { encoding: 'gzip', closes: true }],
  ['single bytes', { encoding: 'bytes' }],
  ['a content type of its own', { contentType: 'application/vnd.github.v3+json; charset=utf-8' }],
  ['no content type', { contentType: '' }],
  ['the addresses of GitHub Enterprise Server', { prefix: '/api/v3' }],
  ['short pages', { shortPages: 2 }],
];

function clientOf(server: ForeignServer, options: GitHubClientOptions = {}): Client {
  return githubClient({ auth: 'a-token', baseUrl: server.url, retries: 0, writePauseMs: 0, ...options });
}

/** A bot whose journal and queue are in memory; it runs so many cycles. */
class Bot implements AsyncDisposable {
  readonly queue: MemoryMedium = new MemoryMedium();
  readonly source: GitHubSource;
  readonly #client: Client;
  #journal: Journal | undefined;
  #poller: Poller | undefined;

  constructor(server: ForeignServer, options: GitHubClientOptions = {}) {
    this.#client = clientOf(server, options);
    this.source = new GitHubSource({ repos: ['host-uk/core'], octokit: this.#client });
  }

  async cycles(count: number): Promise<void> {
    const client = this.#client;
    this.#journal ??= await Journal.open({ medium: new MemoryMedium(), baseDir: 'j', durability: 'none' });
    const queue = { medium: this.queue, dir: 'queue' };
    this.#poller ??= new Poller({
      sources: [this.source],
      handlers: [
        ...[publishDraft(client), sendFixCommand(client), resolveThreads(client), enableAutoMerge(client)],
        ...[tickParent(client), closeChild(client), dispatch(client, { agents: { 'coding-bot[bot]': queue } })],
      ],
      journal: this.#journal,
      retry: { minDelayMs: 0, maxDelayMs: 0 },
    });
    for (let cycle = 0; cycle < count; cycle += 1) await this.#poller.runOnce();
  }

  async actions(): Promise<string[]> {
    const actions: string[] = [];
    for await (const { action, result } of this.#journal?.entries() ?? []) {
      actions.push(result.success ? action : `${action}: ${String(result.error)}`);
    }
    return actions;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal?.close();
  }
}

const firstLines = ({ comments }: ForeignPull): (string | undefined)[] => comments.map((body) => body.split('\n')[0]);

function withPull(server: ForeignServer, fields: Partial<ForeignPull>): ForeignPull {
  const { world } = server;
  const child = world.issue();
  world.issue({ labels: ['epic'], body: `- [ ] #${String(child.number)}` });
  return world.pull({ body: `fixes #${String(child.number)}`, ...fields });
}

describe('Good', () => {
  it.each(ROOMS)('a pull request goes from draft to closed on a GitHub that answers with %s', async (_, room) => {
    await using server = await new ForeignServer(room).start();
    const { world } = server;
    await using bot = new Bot(server);
    const children = [1, 2, 3].map(() => world.issue({ assignees: ['coding-bot[bot]'] }));
    const epic = world.issue({ labels: ['epic'], body: '- [ ] #1\r\n* [ ] #2\r\n1. [ ] #3', subIssues: children });
    await bot.cycles(1);
    expect(await bot.queue.list('queue')).toHaveLength(3);

    const body = `Closes: host-uk/core#${String(children[0]?.number)}`;
    const pull = world.pull({ body, isDraft: true, checks: 'EXPECTED', mergeable: 'UNKNOWN' });
    await bot.cycles(2);
    expect(pull.isDraft).toBe(true);
    world.touch(pull, { checks: 'SUCCESS' });
    await bot.cycles(2); // and its mergeability is still unknown
    expect([pull.isDraft, pull.state]).toEqual([false, 'OPEN']);
    const thread = { id: 'T1', isResolved: false, saidAt: '2026-02-02T01:00:00Z' };
    world.touch(pull, { threads: [thread], mergeable: 'CONFLICTING', reviewedAt: thread.saidAt });
    await bot.cycles(2);
    world.touch(pull, { mergeable: 'MERGEABLE', checks: 'ERROR' });
    await bot.cycles(2);
    expect(firstLines(pull)).toEqual(['Can you fix the merge conflict?', 'Can you fix the code reviews?']);
    world.touch(pull, { head: shaOf('fix'), checks: 'SUCCESS', committedAt: '2026-02-02T01:00:01Z' });
    await bot.cycles(5);
    expect([thread.isResolved, pull.state, epic.body, children[0]?.state]).toEqual([
      ...[true, 'MERGED', '- [x] #1\r\n* [ ] #2\r\n1. [ ] #3', 'CLOSED'],
    ]);
    const counts = new Map<string, number>();
    for (const action of await bot.actions()) counts.set(action, (counts.get(action) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      ...{ dispatch: 3, publish_draft: 1, send_fix_command: 2, resolve_threads: 1, enable_auto_merge: 1 },
      ...{ tick_parent: 1, close_child: 1 },
    });
  });
});

describe('Bad', () => {
  it('GitHubSource says which repository it may not see, and acts on nothing', async () => {
    await using server = await new ForeignServer().start();
    const source = new GitHubSource({ repos: ['host-uk/private'], octokit: clientOf(server) });
    const polling = source.poll({ signal: new AbortController().signal });
    await expect(polling).rejects.toMatchObject({ code: 'ERR_GITHUB_REFUSED', id: 'host-uk/private' });
  });

  it.each([
    ['a page of HTML', { status: 200, data: '<html>', headers: {} }],
    ['an object', { status: 200, data: { message: 'soon' } }],
  ])('sendFixCommand writes no comment where the comments are %s', async (_, answer) => {
    await using server = await new ForeignServer().start();
    const pull = withPull(server, { mergeable: 'CONFLICTING' });
    server.instead = ({ method, url }) => (method === 'GET' && url.pathname.endsWith('/comments') ? answer : undefined);
    await using bot = new Bot(server);
    await bot.cycles(2);
    expect(pull.comments).toEqual([]);
    server.instead = () => undefined;
    await bot.cycles(1);
    expect(pull.comments).toHaveLength(1);
  });

  it('sendFixCommand takes no answer for a comment that tells of none', async () => {
    await using server = await new ForeignServer().start();
    withPull(server, { mergeable: 'CONFLICTING' });
    server.instead = ({ method, url }) => {
      const location = `${url.origin}${url.pathname}`;
      return method === 'POST' && url.pathname.endsWith('/comments')
        ? { status: 301, headers: { location } }
        : undefined;
    };
    await using bot = new Bot(server);
    await bot.cycles(1);
    expect(await bot.actions()).toEqual([expect.stringMatching(/^send_fix_command: .* no comment was created$/)]);
  });
});

describe('Ugly', () => {
  it('GitHubSource asks once more where a connection that was kept has ended', async () => {
    await using server = await new ForeignServer({ breaks: true }).start();
    withPull(server, { mergeable: 'UNKNOWN' });
    const source = new GitHubSource({ repos: ['host-uk/core'], octokit: clientOf(server) });
    for (let at = 0; at < 6; at += 1) {
      expect(await source.poll({ signal: new AbortController().signal })).toHaveLength(1);
    }
  });

  it('GitHubSource scans only what has changed where no answer is a 304', async () => {
    await using server = await new ForeignServer({ knowsNoConditions: true }).start();
    const pull = withPull(server, {});
    const source = new GitHubSource({ repos: ['host-uk/core'], octokit: clientOf(server) });
    const queries = async (): Promise<number> => {
      const before = server.lines.length;
      expect(await source.poll({ signal: new AbortController().signal })).toHaveLength(1);
      return server.lines.slice(before).filter((line) => line.startsWith('POST')).length;
    };
    expect([await queries(), await queries(), await queries()]).toEqual([1, 0, 0]);
    server.world.touch(pull, { isDraft: true });
    expect([await queries(), await queries()]).toEqual([1, 0]);
  });

  it('enableAutoMerge sees a thread that was opened meanwhile on a later page', async () => {
    await using server = await new ForeignServer({ shortPages: 2 }).start();
    const { room, world } = server;
    const thread = (at: number) => ({ id: `T${String(at)}`, isResolved: at < 5, saidAt: '2026-02-03T00:00:00Z' });
    const threads = [1, 2, 3, 4].map(thread);
    const pull = withPull(server, { threads });
    server.instead = ({ body: { query } }) => {
      if (String(query).includes('query Look')) threads[4] = thread(5);
      return undefined;
    };
    await using bot = new Bot(server);
    await bot.cycles(1);
    expect([pull.state, await bot.actions()]).toEqual(['OPEN', [expect.stringMatching(/a thread is open now$/)]]);
    server.room = { ...room, etag: 'none' };
    threads[4] = { ...thread(5), isResolved: true };
    server.instead = () => undefined;
    world.touch(pull, { isDraft: false });
    await bot.cycles(2);
    expect(pull.state).toBe('MERGED');
  });

  it('enableAutoMerge merges where auto-merge is forbidden, in whatever words', async () => {
    await using server = await new ForeignServer().start();
    const pull = withPull(server, {});
    server.world.refusal = 'Ce dépôt ne le permet pas';
    await using bot = new Bot(server);
    await bot.cycles(1);
    expect(pull.state).toBe('MERGED');
  });

  it('enableAutoMerge does not merge where GitHub refuses for another reason', async () => {
    await using server = await new ForeignServer().start();
    const pull = withPull(server, {});
    server.world.allowsAutoMerge = true;
    const errors = [{ type: 'FORBIDDEN', path: ['enablePullRequestAutoMerge'], message: 'Must be a maintainer' }];
    const data = { data: { enablePullRequestAutoMerge: null }, errors };
    server.instead = ({ body }) => (String(body['query']).startsWith('mutation') ? { status: 200, data } : undefined);
    await using bot = new Bot(server);
    await bot.cycles(1);
    expect([pull.state, await bot.actions()]).toEqual(['OPEN', [expect.stringMatching(/: Must be a maintainer$/)]]);
  });

  it('commentOnce finds its mark behind pages that are shorter than what it asks for', async () => {
    await using server = await new ForeignServer().start();
    const pull = withPull(server, { mergeable: 'CONFLICTING' });
    pull.comments.push(...Array.from({ length: 70 }, (_, at) => `Comment ${String(at)}`));
    for (let start = 0; start < 3; start += 1) {
      await using bot = new Bot(server); // each with an empty journal
      await bot.cycles(1);
      pull.comments.push(...Array.from({ length: 40 }, () => 'More'));
    }
    expect(firstLines(pull).filter((line) => line === 'Can you fix the merge conflict?')).toHaveLength(1);
  });

  it('a repository that has another name now is carried on by its former one', async () => {
    await using server = await new ForeignServer().start();
    const { world } = server;
    const pull = withPull(server, { isDraft: true });
    const epic = world.issues.get(2);
    await using bot = new Bot(server);
    await bot.cycles(1);
    world.name = 'host-uk/renamed';
    await bot.cycles(4);
    expect([pull.state, epic?.body, world.issues.get(1)?.state]).toEqual(['MERGED', '- [x] #1', 'CLOSED']);
    server.lines.length = 0;
    await bot.cycles(1);
    expect(server.lines).toEqual(['GET /repos/host-uk/core/issues 301', 'GET /repos/host-uk/renamed/issues 304']);
  });

  it.each([
    [
      'RATE_LIMIT',
      { errors: [{ type: 'RATE_LIMIT', code: 'graphql_rate_limit', message: 'API rate limit already exceeded' }] },
    ],
    ['a secondary limit', { errors: [{ message: 'You have exceeded a secondary rate limit.' }] }],
  ])('GitHubSource asks nothing more while %s lasts that came with 200', async (_, data) => {
    await using server = await new ForeignServer().start();
    const pull = withPull(server, { isDraft: true });
    server.instead = ({ url }) => (url.pathname === '/graphql' ? { status: 200, data } : undefined);
    await using bot = new Bot(server);
    await bot.cycles(1);
    server.lines.length = 0;
    await bot.cycles(3);
    expect([server.lines, pull.isDraft]).toEqual([[], true]);
  });

  it('errors beside all of the data are a reason to wait', async () => {
    await using server = await new ForeignServer({ nulls: true }).start();
    const pull = withPull(server, { isDraft: true });
    const { room, world } = server;
    let isBroken = true;
    server.instead = ({ url, body }) => {
      if (!isBroken || url.pathname !== '/graphql') return undefined;
      const whole = answerGraphql(world, room, { query: String(body['query']) }) as object;
      return { status: 200, data: { ...whole, errors: [{ message: 'Something is not right' }] } };
    };
    await using bot = new Bot(server);
    await bot.cycles(2);
    expect(pull.isDraft).toBe(true);
    isBroken = false;
    await bot.cycles(1);
    expect(pull.isDraft).toBe(false);
  });
});
