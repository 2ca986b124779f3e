import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { type FakeGitHub, fakeGitHub } from '@core/jobrunner/testing';
import { needs } from '@core/tooling/needs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { startMetrics } from '../metrics.mjs';

jest.setTimeout(120_000); // programs are started, on a machine that may be busy

const PROGRAM = fileURLToPath(new URL('../run.mjs', import.meta.url));
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

/** A folder that is removed after the test. */
function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'pr-bot-'));
  undo.push(() => {
    rmSync(dir, { recursive: true });
  });
  return dir;
}

interface Ran {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs the bot to its end; `onOutput` hears what it prints. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onOutput?: (kill: (name: NodeJS.Signals) => void) => void,
): Promise<Ran> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder(), env: { PATH, ...env } });
  child.stdout.once('data', () => onOutput?.((name) => child.kill(name)));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode, lines: stdout.trimEnd().split('\n'), stderr };
}

/** What was done, without the words around it. */
const actions = ({ lines }: Ran): string[] =>
  lines.flatMap((line) => /^(\w+) .*(?:: done|would be done)$/.exec(line)?.[1] ?? []);

/** A GitHub with a child that a merged pull request has made ready to be ticked. */
async function github(): Promise<FakeGitHub> {
  const server = await fakeGitHub({ mergeability: 'immediate' });
  undo.push(() => server.close());
  const repo = server.repo('my-org/shop');
  const children = [repo.issue({ assignees: ['Coding-Bot'] }), repo.issue()];
  repo.epic({ children });
  repo.pull({ closes: children.slice(1), base: 'dev' }).merge();
  return server;
}

describe('Good', () => {
  it('run.mjs says what it would do, and does nothing', async () => {
    const ran = await run([]);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(actions(ran)).toEqual(['dispatch', 'publish_draft', 'send_fix_command', 'enable_auto_merge']);
    expect(ran.lines.at(-1)).toContain('dry run');
  });

  it('run.mjs --live carries everything to its end, each action once, and counts it', async () => {
    const ran = await run(['--live', '--metrics']);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    const counts = new Map<string, number>();
    for (const action of actions(ran)) counts.set(action, (counts.get(action) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      ...{ dispatch: 1, publish_draft: 2, send_fix_command: 1, enable_auto_merge: 4, tick_parent: 4, close_child: 1 },
    });
    expect(ran.lines).toContain('jobrunner.cycles 10');
    const ticks = 'handler=tick_parent repo=example/shop success=true dryRun=false';
    expect(ran.lines).toContain(`jobrunner.action.duration ${ticks} 4`);
  });

  it('run.mjs works with a token on the GitHub that it is told, and goes on where it was', async () => {
    const server = await github();
    const dir = folder();
    const env = { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: server.url };
    const args = ['my-org/shop', '--live', '--cycles', '2', '--agent', 'coding-bot', '--dir', dir];
    const first = await run(args, env);
    expect([first.status, actions(first).sort()]).toEqual([0, ['close_child', 'dispatch', 'tick_parent']]);
    expect(readdirSync(join(dir, 'queue/coding-bot'))).toEqual(['my-org.shop.1.json']);
    const [file = ''] = readdirSync(join(dir, 'journal/my-org/shop'));
    expect(readFileSync(join(dir, 'journal/my-org/shop', file), 'utf8')).not.toContain(TOKEN);
    expect(actions(await run(args, env))).toEqual([]);
  });

  it('startMetrics counts failures and dead letters', async () => {
    const metrics = startMetrics();
    const action = { source: 'github', handler: 'dispatch', repo: 'a/b', key: 'k', cycle: 1, attempt: 5 };
    metrics.listen({ type: 'action-dead-lettered', ...action, success: false, durationMs: 1, dryRun: false });
    const error = { code: 'ERR_GITHUB_RATE_LIMITED' } as never;
    metrics.listen({ type: 'source-failed', source: 'github', cycle: 1, durationMs: 1, error, retryInMs: 1 });
    metrics.listen({ type: 'cycle-started', cycle: 1 });
    expect((await metrics.table()).split('\n')).toEqual([
      'jobrunner.dead_letters handler=dispatch repo=a/b 1',
      'jobrunner.poll.failures source=github code=ERR_GITHUB_RATE_LIMITED 1',
    ]);
  });
});

describe('Bad', () => {
  it.each([
    [['--nope'], {}, "Unknown option '--nope'"],
    [['--cycles', 'x'], {}, '--cycles must be a number, not x'],
    [['--live', '--dry-run'], {}, 'exclude each other'],
    [[], { GITHUB_TOKEN: TOKEN }, 'Name a repository as owner/name'],
    [['../etc'], { GITHUB_TOKEN: TOKEN }, 'repos[0] must be a repository as owner/name'],
  ])('run.mjs refuses %j', async (args, env, message) => {
    const { status, stderr } = await run(args, env);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  it('run.mjs says what is wrong with the token, and what to do', async () => {
    const server = await fakeGitHub({ tokens: {} });
    undo.push(() => server.close());
    const env = { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: server.url };
    const { status, stderr } = await run(['my-org/shop', '--cycles', '1'], env);
    expect(status).toBe(1);
    expect(stderr).toMatch(/GitHub answered 401.*\nWhat to do: Give a token/);
    expect(stderr).not.toContain(TOKEN);
  });

  it('run.mjs --help tells the options', async () => {
    expect((await run(['--help'])).lines[0]).toBe('Usage: npm start -- [owner/name…] [options]');
  });
});

describe('Ugly', () => {
  for (const [name, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    needs('linux')(`run.mjs ends with ${name}, and says so`, async () => {
      const ran = await run(['--cycles', '1000000'], {}, (kill) => {
        kill(name);
      });
      const told = `Stopped by ${name}: what was done is in the journal.`;
      expect([ran.status, ran.stderr.trim()]).toEqual([status, told]);
    });
  }
});
