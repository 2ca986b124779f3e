import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import type { JobHandler } from '../../src/job-handler.ts';
import { Journal } from '../../src/journal/journal.ts';
import type { JournalLine } from '../../src/journal/journal-entry.ts';
import { Poller } from '../../src/poller/poller.ts';
import type { PollerOptions } from '../../src/poller/poller-options.ts';
import { closeChild } from '../../src/github/handlers/close-child.ts';
import { dispatch } from '../../src/github/handlers/dispatch.ts';
import { enableAutoMerge } from '../../src/github/handlers/enable-auto-merge.ts';
import { publishDraft } from '../../src/github/handlers/publish-draft.ts';
import { resolveThreads } from '../../src/github/handlers/resolve-threads.ts';
import { sendFixCommand } from '../../src/github/handlers/send-fix-command.ts';
import { tickParent } from '../../src/github/handlers/tick-parent.ts';
import { type Bench, withGitHub } from '../github/support/with-github.ts';

const PAST = new Date('2026-01-01T10:00:00Z');
const LATER = new Date('2026-01-01T11:00:00Z');

function handlersOf({ client }: Bench, queue: MemoryMedium = new MemoryMedium()): JobHandler[] {
  return [
    publishDraft(client),
    sendFixCommand(client),
    resolveThreads(client),
    enableAutoMerge(client),
    tickParent(client),
    closeChild(client),
    dispatch(client, { agents: { 'coding-bot': { medium: queue, dir: 'queue' } } }),
  ];
}

async function linesOf(medium: MemoryMedium): Promise<JournalLine[]> {
  await using journal = await Journal.open({ medium, baseDir: 'journal' });
  const lines: JournalLine[] = [];
  for await (const line of journal.entries()) lines.push(line);
  expect((await journal.verify()).ok).toBe(true);
  return lines;
}

/** What was done, in order. */
async function actionsOf(medium: MemoryMedium): Promise<string[]> {
  const lines = await linesOf(medium);
  return lines.map(({ action, result }) => (result.success ? action : `${action}: ${result.error ?? ''}`));
}

/** A bot with a new memory, whose journal is where it was: cycles of one are cycles after a restart. */
async function cycles(bench: Bench, medium: MemoryMedium, count: number, options: PollerOptions = {}): Promise<void> {
  await using journal = await Journal.open({ medium, baseDir: 'journal', durability: 'none' });
  const sources = [bench.source()];
  const poller = new Poller({ sources, handlers: handlersOf(bench), journal, ...options });
  for (let cycle = 0; cycle < count; cycle += 1) await poller.runOnce();
}

describe('Good', () => {
  it('a pull request goes from draft to merged, ticked and closed, driven only by the poller', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const queue = new MemoryMedium();
      const medium = new MemoryMedium();
      const child = repo.issue({ title: 'Write it down', assignees: ['coding-bot'] });
      const other = repo.issue();
      const epic = repo.epic({ children: [other, child] });
      await using journal = await Journal.open({ medium, baseDir: 'journal', durability: 'none' });
      const poller = new Poller({ sources: [bench.source()], handlers: handlersOf(bench, queue), journal });
      const cycle = (): Promise<void> => poller.runOnce();

      await cycle(); // nobody has written the code
      const ticket: unknown = JSON.parse(await queue.read('queue/host-uk.core.1.json'));
      expect(ticket).toMatchObject({
        repo: 'host-uk/core',
        epic: epic.number,
        child: child.number,
        agent: 'coding-bot',
      });

      const pull = repo.pull({ draft: true, closes: [child], checks: { build: 'in_progress' }, base: 'dev' });
      await cycle(); // its checks run
      expect(pull.isDraft).toBe(true);
      pull.check('build', 'success');
      await cycle();
      expect(pull.isDraft).toBe(false);

      pull.thread({ at: PAST });
      pull.check('build', 'failure');
      await cycle();
      expect(pull.comments.map(({ body }) => body.split('\n')[0])).toEqual(['Can you fix the code reviews?']);

      pull.setConflict(true);
      await cycle();
      expect(pull.comments.map(({ body }) => body.split('\n')[0])).toContain('Can you fix the merge conflict?');

      pull.push({ at: LATER, by: 'coding-bot' });
      pull.setConflict(false);
      pull.check('build', 'success');
      await cycle();
      expect(pull.threads.map(({ isResolved }) => isResolved)).toEqual([true]);
      await cycle(); // it is clean: GitHub has nothing to wait for
      expect(pull.merged?.method).toBe('SQUASH');
      await cycle();
      expect(epic.body).toBe(`- [ ] #${String(other.number)}\n- [x] #${String(child.number)}`);
      expect(child.state).toBe('OPEN'); // its base is not the default branch
      await cycle();
      expect([child.state, child.stateReason]).toEqual(['CLOSED', 'COMPLETED']);

      for (let idle = 0; idle < 5; idle += 1) await cycle();
      const actions = await actionsOf(medium);
      expect(actions).toEqual([
        ...['dispatch', 'publish_draft', 'send_fix_command', 'send_fix_command', 'resolve_threads'],
        ...['enable_auto_merge', 'tick_parent', 'close_child'],
      ]);
    });
  });

  it('auto-merge waits for a review that is wanted, and GitHub merges', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const medium = new MemoryMedium();
      repo.protect('main', { requiredReviews: 1 });
      const child = repo.issue();
      const epic = repo.epic({ children: [child], form: 'both' });
      const pull = repo.pull({ closes: [child], checks: { build: 'success' } });
      await cycles(bench, medium, 2);
      expect([pull.state, pull.autoMerge?.method]).toEqual(['OPEN', 'SQUASH']);
      pull.review({ state: 'APPROVED', by: 'alice' });
      expect([pull.state, child.state]).toEqual(['MERGED', 'CLOSED']);
      await cycles(bench, medium, 3);
      expect(epic.body).toBe(`- [x] #${String(child.number)}`);
      expect(await actionsOf(medium)).toEqual(['enable_auto_merge', 'tick_parent']);
    });
  });

  it('one pull request that closes two children ticks and closes both, and is merged once', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const medium = new MemoryMedium();
      const children = [repo.issue(), repo.issue()];
      const epic = repo.epic({ children });
      repo.pull({ closes: children, base: 'dev', checks: { build: 'success' } });
      await cycles(bench, medium, 5);
      expect(epic.body).toBe('- [x] #1\n- [x] #2');
      expect(children.map(({ state }) => state)).toEqual(['CLOSED', 'CLOSED']);
      expect(bench.writes.filter((write) => write.includes('/merge'))).toHaveLength(1);
    });
  });
});

describe('Bad', () => {
  it('a dry run writes nothing to GitHub, and journals all of it', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const medium = new MemoryMedium();
      const children = Array.from({ length: 4 }, () => repo.issue({ assignees: ['coding-bot'] }));
      repo.epic({ children });
      repo.pull({ closes: children.slice(0, 1), draft: true, checks: { build: 'success' } });
      repo.pull({ closes: children.slice(1, 2), conflict: true });
      repo.pull({ closes: children.slice(2, 3), base: 'dev' }).merge();
      await cycles(bench, medium, 3, { dryRun: true });
      expect(bench.writes).toEqual([]);
      const lines = await linesOf(medium);
      expect(lines.map(({ action }) => action).sort()).toEqual([
        'dispatch',
        'publish_draft',
        'send_fix_command',
        'tick_parent',
      ]);
      expect(lines.every((line) => line.dry_run === true)).toBe(true);
    });
  });

  it('what GitHub refuses is journalled as failed, without a title, a body or a token', async () => {
    await withGitHub(async (bench) => {
      const { github, repo } = bench;
      const medium = new MemoryMedium();
      const child = repo.issue({ title: 'A secret plan', body: 'The body of it' });
      repo.epic({ children: [child], title: 'The plan of plans' });
      repo.pull({ closes: [child], conflict: true });
      github.failNext({ kind: 'status', status: 403 }, { method: 'POST', path: /comments$/ });
      await cycles(bench, medium, 1);
      const actions = await actionsOf(medium);
      expect(actions).toEqual([
        expect.stringMatching(/^send_fix_command: Cannot comment on host-uk\/core#3: GitHub answered 403: /),
      ]);
      const files = JSON.stringify(await linesOf(medium));
      for (const word of ['secret plan', 'body of it', 'plan of plans', 'ghp_']) expect(files).not.toContain(word);
    });
  });
});

describe('Ugly', () => {
  it('the same signal over 1,440 cycles makes one comment', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const medium = new MemoryMedium();
      const child = repo.issue();
      repo.epic({ children: [child] });
      const pull = repo.pull({ closes: [child], conflict: true });
      await cycles(bench, medium, 1_440);
      expect(pull.comments).toHaveLength(1);
      expect(await actionsOf(medium)).toEqual(['send_fix_command']);
    });
  }, 300_000); // thousands of requests, on a machine that may be busy

  it('a bot that is started anew for each cycle does everything once, as one that runs on', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const medium = new MemoryMedium();
      const children = [repo.issue(), repo.issue()];
      const epic = repo.epic({ children });
      const pulls = children.map((child) =>
        repo.pull({ closes: [child], base: 'dev', draft: true, checks: { build: 'success' } }),
      );
      for (let start = 0; start < 8; start += 1) await cycles(bench, medium, 1);
      expect([epic.body, ...pulls.map(({ state }) => state)]).toEqual(['- [x] #1\n- [x] #2', 'MERGED', 'MERGED']);
      const each = ['close_child', 'enable_auto_merge', 'publish_draft', 'tick_parent'];
      expect((await actionsOf(medium)).sort()).toEqual([...each, ...each].sort());
    });
  });

  it('a bot that lost its journal does nothing twice: it sees on GitHub what is done', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const children = [repo.issue(), repo.issue()];
      repo.epic({ children });
      const pull = repo.pull({ closes: children.slice(0, 1), conflict: true });
      repo.pull({ closes: children.slice(1), base: 'dev', checks: { build: 'success' } });
      for (let start = 0; start < 6; start += 1) await cycles(bench, new MemoryMedium(), 1);
      expect(pull.comments).toHaveLength(1);
      const writes = bench.writes.filter((write) => !write.includes('enablePullRequestAutoMerge')).sort();
      expect(writes).toEqual([
        'PATCH /repos/host-uk/core/issues/2',
        'PATCH /repos/host-uk/core/issues/3',
        'POST /repos/host-uk/core/issues/4/comments',
        'PUT /repos/host-uk/core/pulls/5/merge',
      ]);
    });
  });

  it('an answer that is lost after the comment was written makes no second one', async () => {
    await withGitHub(async (bench) => {
      const { github, repo } = bench;
      const medium = new MemoryMedium();
      const child = repo.issue();
      repo.epic({ children: [child] });
      const pull = repo.pull({ closes: [child], conflict: true });
      const fault = { kind: 'cut', where: 'before', afterwards: true } as const;
      github.failNext(fault, { method: 'POST', path: /comments$/ });
      await cycles(bench, medium, 1);
      expect(pull.comments).toHaveLength(1);
      await cycles(bench, medium, 1, { retry: { minDelayMs: 0, maxDelayMs: 0 } });
      expect(pull.comments).toHaveLength(1);
    });
  });
});
