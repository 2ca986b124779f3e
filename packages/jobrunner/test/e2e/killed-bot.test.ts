import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DiskMedium } from '@core/io';
import { afterEach, describe, expect, it } from '@jest/globals';

import { Journal } from '../../src/journal/journal.ts';
import type { FakeRequestMatch } from '../../src/testing/fake-github/request-log.ts';
import { type Bench, withGitHub } from '../github/support/with-github.ts';

const BOT = fileURLToPath(new URL('fixtures/bot.mjs', import.meta.url));

const made: string[] = [];
const alive = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all([...alive].map((child) => once(child, 'close')));
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'killed-bot-'));
  made.push(dir);
  return dir;
}

/** Resolves with the exit code, or the signal that ended it. */
async function bot(
  { github }: Bench,
  dir: string,
  cycles: number,
  onStart?: (child: ChildProcess) => void,
): Promise<unknown> {
  const child = spawn(process.execPath, [BOT, github.url, dir, String(cycles)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  alive.add(child);
  onStart?.(child);
  const [code, killSignal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  alive.delete(child);
  return killSignal ?? code;
}

/** Kills the bot when GitHub has done what it asked, and before it is told. */
async function killed(bench: Bench, dir: string, match: FakeRequestMatch): Promise<void> {
  const { struck } = bench.github.failNext({ kind: 'hang', afterwards: true }, match);
  const ended = await bot(bench, dir, 20, (child) => {
    void struck.then(() => child.kill('SIGKILL'));
  });
  expect(ended).toBe('SIGKILL');
}

async function journalOf(dir: string): Promise<{ readonly done: string[]; readonly isWhole: boolean }> {
  const medium = new DiskMedium({ root: dir });
  const journal = await Journal.open({ medium, baseDir: 'journal' });
  const done: string[] = [];
  for await (const { action, result } of journal.entries()) if (result.success) done.push(action);
  const { ok } = await journal.verify();
  await journal.close();
  await medium.close();
  return { done: done.sort(), isWhole: ok };
}

describe('Ugly', () => {
  it('a bot that is killed after each of its writes has done everything exactly once', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const dir = folder();
      const children = [repo.issue(), repo.issue()];
      const epic = repo.epic({ children });
      const pull = repo.pull({ closes: children.slice(0, 1), base: 'dev', draft: true, checks: { build: 'success' } });
      const stuck = repo.pull({ closes: children.slice(1), conflict: true });
      const writes: FakeRequestMatch[] = [
        { field: 'markPullRequestReadyForReview' },
        { method: 'PUT', path: /\/merge$/ },
        { method: 'PATCH', path: new RegExp(`/issues/${String(epic.number)}$`) },
        { method: 'PATCH', path: /\/issues\/1$/ },
        { method: 'POST', path: /\/comments$/ },
      ];
      for (const match of writes) await killed(bench, dir, match);
      expect(await bot(bench, dir, 5)).toBe(0);
      expect([pull.state, epic.body, children[0]?.state]).toEqual(['MERGED', '- [x] #1\n- [ ] #2', 'CLOSED']);
      expect(stuck.comments).toHaveLength(1);
      const done = bench.writes.filter((write) => write !== 'enablePullRequestAutoMerge').sort();
      expect(done).toEqual([
        'PATCH /repos/host-uk/core/issues/1',
        'PATCH /repos/host-uk/core/issues/3',
        'POST /repos/host-uk/core/issues/5/comments',
        'PUT /repos/host-uk/core/pulls/4/merge',
        'markPullRequestReadyForReview',
      ]);
      // GitHub shows what the journal could not be told: a merged pull request wants no merge any more
      const { done: journalled, isWhole } = await journalOf(dir);
      expect(isWhole).toBe(true);
      expect(new Set(journalled).size).toBe(journalled.length);
    });
  }, 120_000);
});
