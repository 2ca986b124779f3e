import { describe, expect, it } from '@jest/globals';

import type { ActionResult } from '../../../src/action-result.ts';
import type { JobHandler } from '../../../src/job-handler.ts';
import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import { closeChild } from '../../../src/github/handlers/close-child.ts';
import { enableAutoMerge } from '../../../src/github/handlers/enable-auto-merge.ts';
import { publishDraft } from '../../../src/github/handlers/publish-draft.ts';
import { resolveThreads } from '../../../src/github/handlers/resolve-threads.ts';
import { sendFixCommand } from '../../../src/github/handlers/send-fix-command.ts';
import { tickParent } from '../../../src/github/handlers/tick-parent.ts';
import { firstSignal, withGitHub } from '../support/with-github.ts';

const PAST = new Date('2026-01-01T10:00:00Z');
const LATER = new Date('2026-01-01T11:00:00Z');

const OPEN: PipelineSignal = {
  ...{ epicNumber: 2, childNumber: 1, prNumber: 3, repoOwner: 'host-uk', repoName: 'core' },
  ...{ prState: 'OPEN', isDraft: false, mergeable: 'MERGEABLE', checkStatus: 'SUCCESS' },
  ...{ threadsTotal: 2, threadsResolved: 2, lastCommitSha: 'a'.repeat(40), needsCoding: false },
};
const MERGED: PipelineSignal = { ...OPEN, prState: 'MERGED', mergeable: 'UNKNOWN', checkStatus: 'UNKNOWN' };

async function run(handler: JobHandler, pipelineSignal: PipelineSignal): Promise<ActionResult> {
  return handler.execute(pipelineSignal, { signal: new AbortController().signal });
}

describe('Good', () => {
  it.each<[string, (signal: PipelineSignal) => boolean, PipelineSignal[], PipelineSignal[]]>([
    [
      'publishDraft',
      (signal) => publishDraft({} as never).match(signal),
      [{ ...OPEN, isDraft: true }],
      [OPEN, { ...OPEN, isDraft: true, checkStatus: 'PENDING' }, { ...OPEN, isDraft: true, checkStatus: 'NONE' }],
    ],
    [
      'sendFixCommand',
      (signal) => sendFixCommand({} as never).match(signal),
      [
        { ...OPEN, mergeable: 'CONFLICTING' },
        { ...OPEN, checkStatus: 'FAILURE', threadsResolved: 1 },
      ],
      [
        OPEN,
        { ...OPEN, mergeable: 'UNKNOWN' },
        { ...OPEN, checkStatus: 'FAILURE' },
        { ...OPEN, threadsResolved: 1 },
        { ...MERGED, mergeable: 'CONFLICTING' },
      ],
    ],
    [
      'resolveThreads',
      (signal) => resolveThreads({} as never).match(signal),
      [{ ...OPEN, threadsResolved: 1 }],
      [OPEN, { ...MERGED, threadsResolved: 1 }],
    ],
    [
      'enableAutoMerge',
      (signal) => enableAutoMerge({} as never).match(signal),
      [OPEN],
      [
        { ...OPEN, isDraft: true },
        { ...OPEN, mergeable: 'UNKNOWN' },
        { ...OPEN, mergeable: 'CONFLICTING' },
        { ...OPEN, checkStatus: 'NONE' },
        { ...OPEN, checkStatus: 'UNKNOWN' },
        { ...OPEN, threadsResolved: 1 },
        MERGED,
      ],
    ],
    [
      'tickParent',
      (signal) => tickParent({} as never).match(signal),
      [MERGED, { ...MERGED, childTicked: false, childState: 'CLOSED' }],
      [OPEN, { ...MERGED, childTicked: true }, { ...MERGED, childState: 'OPEN' }, { ...MERGED, epicNumber: 0 }],
    ],
    [
      'closeChild',
      (signal) => closeChild({} as never).match(signal),
      [MERGED, { ...MERGED, childTicked: true, childState: 'OPEN' }, { ...MERGED, childState: 'OPEN' }],
      [OPEN, { ...MERGED, childTicked: false }, { ...MERGED, childTicked: true, childState: 'CLOSED' }],
    ],
  ])('%s matches what it is for and nothing else', (_, match, matching, others) => {
    expect(matching.map(match)).toEqual(matching.map(() => true));
    expect(others.map(match)).toEqual(others.map(() => false));
  });

  it('publishDraft publishes, and the second time sees that it has', async () => {
    await withGitHub(async (bench) => {
      const { repo, client } = bench;
      const child = repo.issue();
      const epic = repo.epic({ children: [child] });
      const pull = repo.pull({ draft: true, closes: [child], checks: { build: 'success' } });
      const signal = await firstSignal(bench);
      const result = await run(publishDraft(client), signal);
      expect(result).toEqual({
        ...{ action: 'publish_draft', repoOwner: 'host-uk', repoName: 'core', epicNumber: epic.number, childNumber: 1 },
        ...{
          prNumber: pull.number,
          success: true,
          cycle: 0,
          timestamp: expect.any(Date),
          durationMs: expect.any(Number),
        },
      });
      expect(pull.isDraft).toBe(false);
      expect((await run(publishDraft(client), signal)).success).toBe(true);
      expect(bench.writes).toEqual(['markPullRequestReadyForReview']);
    });
  });

  it('sendFixCommand comments once for each head commit and reason, whoever asks', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const pull = repo.pull({ number: 3, conflict: true, checks: { build: 'failure' }, threads: 1 });
      for (let at = 0; at < 150; at += 1) pull.comment(`Comment ${String(at)}`);
      const conflict: PipelineSignal = { ...OPEN, mergeable: 'CONFLICTING' };
      const review: PipelineSignal = { ...OPEN, checkStatus: 'FAILURE', threadsResolved: 1 };
      const handlers = [1, 2].map(() => sendFixCommand(bench.clientWith(), { conflictText: 'Rebase, please' }));
      const all = async (): Promise<void> => {
        for (const handler of handlers) for (const signal of [conflict, review]) await run(handler, signal);
      };
      await all();
      const written = (): string[] => pull.comments.slice(150).map(({ body }) => body.split('\n')[0] ?? '');
      expect(written()).toEqual(['Rebase, please', 'Can you fix the code reviews?']);
      pull.push();
      pull.check('build', 'failure');
      await all();
      expect(written()).toEqual([...written().slice(0, 2), 'Rebase, please', 'Can you fix the code reviews?']);
      expect(pull.comments.at(-1)?.body).toContain(`<!-- core-jobrunner: send_fix_command review ${pull.head.oid} -->`);
    });
  });

  it('resolveThreads resolves what a later commit answers, and nothing else, over all pages', async () => {
    await withGitHub(async (bench) => {
      const { repo, client } = bench;
      const old = Array.from({ length: 130 }, () => ({ at: PAST }));
      const pull = repo.pull({
        number: 3,
        threads: [{ at: PAST, resolved: true }, ...old, { at: LATER }],
        committedAt: PAST,
      });
      const answered = repo.pull({ number: 4, threads: [{ at: PAST }], committedAt: PAST });
      pull.push({ at: new Date('2026-01-01T10:30:00Z') });
      const result = await run(resolveThreads(client), { ...OPEN, threadsResolved: 1 });
      expect(result.success).toBe(true);
      expect(pull.threads.filter(({ isResolved }) => !isResolved)).toHaveLength(1);
      expect(pull.threads.at(-1)?.isResolved).toBe(false);
      expect(bench.writes).toHaveLength(7); // 130 threads, 20 with each mutation
      await run(resolveThreads(client), { ...OPEN, prNumber: 4, threadsResolved: 0 });
      expect(answered.threads.map(({ isResolved }) => isResolved)).toEqual([false]);
    });
  });

  it('enableAutoMerge lets GitHub merge, or merges where it may not or need not wait', async () => {
    await withGitHub(async (bench) => {
      const { github, client } = bench;
      const checks = { build: 'success' } as const;
      const blocked = github.repo('o/blocked', { protect: { main: { requiredReviews: 1 } } }).pull({ checks });
      const forbidden = github.repo('o/forbidden', { allowAutoMerge: false }).pull({ checks });
      const clean = github.repo('o/clean').pull({ checks });
      for (const [name, pull] of Object.entries({ blocked, forbidden, clean })) {
        const at = { repoOwner: 'o', repoName: name, prNumber: 1, lastCommitSha: pull.head.oid };
        for (let time = 0; time < 2; time += 1) {
          expect(await run(enableAutoMerge(client), { ...OPEN, ...at })).toMatchObject({ success: true });
        }
      }
      expect([blocked.state, blocked.autoMerge?.method]).toEqual(['OPEN', 'SQUASH']);
      expect([forbidden.merged?.method, clean.merged?.method]).toEqual(['SQUASH', 'SQUASH']);
      const merges = bench.writes.filter((write) => write.startsWith('PUT'));
      expect(merges).toEqual(['PUT /repos/o/forbidden/pulls/1/merge', 'PUT /repos/o/clean/pulls/1/merge']);
    });
  });

  it('closeChild closes a child that is ticked, or that no line is for', async () => {
    await withGitHub(async (bench) => {
      const { repo, client } = bench;
      const [ticked, unlisted] = [repo.issue(), repo.issue()];
      const epic = repo.epic({ children: [], body: `- [x] #${String(ticked.number)}` });
      epic.addSubIssue(unlisted);
      const pull = repo.pull({ closes: [ticked, unlisted], base: 'dev' });
      pull.merge();
      for (const child of [ticked, unlisted]) {
        const numbers = { epicNumber: epic.number, childNumber: child.number, prNumber: pull.number };
        for (let time = 0; time < 2; time += 1) await run(closeChild(client), { ...MERGED, ...numbers });
        expect([child.state, child.stateReason]).toEqual(['CLOSED', 'COMPLETED']);
      }
      expect(bench.writes).toHaveLength(2);
    });
  });
});

describe('Bad', () => {
  it('publishDraft, sendFixCommand and enableAutoMerge leave alone what has changed meanwhile', async () => {
    await withGitHub(async (bench) => {
      const { repo, client } = bench;
      const pull = repo.pull({ number: 3, draft: true, checks: { build: 'in_progress' }, threads: 1 });
      const draft = await run(publishDraft(client), { ...OPEN, isDraft: true });
      expect(draft.error).toBe('Cannot publish the draft host-uk/core#3: its checks are PENDING now');
      for (const signal of [
        { ...OPEN, mergeable: 'CONFLICTING' },
        { ...OPEN, checkStatus: 'FAILURE', threadsResolved: 0 },
      ] as const) {
        expect(await run(sendFixCommand(client), signal)).toMatchObject({ success: true });
      }
      const errors: (string | undefined)[] = [];
      const merge = async (): Promise<void> => {
        errors.push((await run(enableAutoMerge(client), { ...OPEN, lastCommitSha: pull.head.oid })).error);
      };
      await merge();
      pull.markReady();
      await merge();
      pull.check('build', 'success');
      await merge();
      pull.setConflict(true);
      await merge();
      errors.push((await run(enableAutoMerge(client), OPEN)).error);
      expect(errors.map((error) => error?.replace('Cannot merge host-uk/core#3: ', ''))).toEqual([
        'it is a draft now',
        'its checks are PENDING now',
        'a thread is open now',
        'its mergeability is CONFLICTING now',
        'it has other commits now',
      ]);
      expect(bench.writes).toEqual([]);
    });
  });

  it('sendFixCommand waits while GitHub finds out about a conflict', async () => {
    await withGitHub(
      async ({ repo, client }) => {
        const pull = repo.pull({ number: 3, conflict: true });
        const signal: PipelineSignal = { ...OPEN, mergeable: 'CONFLICTING' };
        expect((await run(sendFixCommand(client), signal)).error).toContain('finding out whether it can be merged');
        expect((await run(sendFixCommand(client), signal)).success).toBe(true);
        expect(pull.comments).toHaveLength(1);
      },
      { mergeability: 'lazy' },
    );
  });

  it('closeChild refuses what is not merged, not ticked, or no issue', async () => {
    await withGitHub(async (bench) => {
      const { repo, client } = bench;
      repo.issue();
      repo.epic({ children: [], body: '- [ ] #1' });
      const pull = repo.pull({ base: 'dev' });
      const errors = [(await run(closeChild(client), MERGED)).error];
      pull.merge();
      errors.push((await run(closeChild(client), MERGED)).error);
      errors.push((await run(closeChild(client), { ...MERGED, childNumber: repo.pull().number })).error);
      expect(errors.map((error) => error?.replace(/.*: /, ''))).toEqual([
        'its pull request is not merged',
        'the child is not ticked in its epic',
        'the child is a pull request',
      ]);
      expect(bench.writes).toEqual([]);
    });
  });

  it('handlers tell what GitHub refuses, in a failed result', async () => {
    await withGitHub(async (bench) => {
      const { github, repo, client } = bench;
      const pull = repo.pull({ number: 3, checks: { build: 'success' } });
      const signal = { ...OPEN, lastCommitSha: pull.head.oid };
      github.failNext({ kind: 'status', status: 405, message: 'Not mergeable' }, { method: 'PUT' });
      const refused = await run(enableAutoMerge(client), signal);
      expect(refused).toMatchObject({ success: false, error: expect.stringContaining('GitHub answered 405') });
      const missing = await run(publishDraft(client), { ...OPEN, isDraft: true, prNumber: 99 });
      expect(missing.error).toMatch(/^Cannot publish the draft host-uk\/core#99: Could not resolve to a PullRequest/);
      const invalid = await run(publishDraft(client), { ...OPEN, repoOwner: '..', repoName: '../..' });
      expect(invalid.error).toContain('no repository of GitHub is called so');
      expect(() => enableAutoMerge(client, { method: 'OCTOPUS' as never })).toThrow(TypeError);
    });
  });
});

describe('Ugly', () => {
  it('a handler that is aborted rejects with the reason, and does not go on', async () => {
    await withGitHub(async (bench) => {
      const { github, client, repo } = bench;
      repo.pull({ number: 3, draft: true, checks: { build: 'success' } });
      const { struck } = github.failNext({ kind: 'hang' });
      const controller = new AbortController();
      const { signal } = controller;
      const running = publishDraft(client).execute({ ...OPEN, isDraft: true }, { signal });
      await struck;
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
      await expect(publishDraft(client).execute(OPEN, { signal })).rejects.toBe(reason);
      expect(bench.writes).toEqual([]);
    });
  });
});
