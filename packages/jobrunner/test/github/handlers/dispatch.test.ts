import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MemoryMedium, readonly } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import type { ActionResult } from '../../../src/action-result.ts';
import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import type { AgentQueue } from '../../../src/github/handlers/agent-queue.ts';
import { dispatch } from '../../../src/github/handlers/dispatch.ts';
import { type Bench, firstSignal, withGitHub } from '../support/with-github.ts';

const SECRET = 'ghp_abcdefghijABCDEFGHIJ0123456789abcdef';
const FILE = 'q/host-uk.core.1.json';

/** Writes down what it was given. */
const TELL = `
let text = '';
process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => {
  const told = { names: Object.keys(process.env), ticket: JSON.parse(text) };
  require('node:fs').writeFileSync(process.env.OUT, JSON.stringify(told));
});`;

async function run({ client }: Bench, queue: AgentQueue, signal: PipelineSignal): Promise<ActionResult> {
  const handler = dispatch(client, { agents: { 'Coding-Bot': queue } });
  return handler.execute(signal, { signal: new AbortController().signal });
}

function assigned({ repo }: Bench): void {
  repo.issue({ title: 'Write it', body: `Use ${SECRET}\n\nand go on`, assignees: ['coding-bot'] });
  repo.epic({ children: repo.issues.slice(0, 1) });
}

describe('Good', () => {
  it('dispatch matches a child without a pull request that is assigned to an agent', () => {
    const handler = dispatch({} as never, { agents: { bot: { medium: new MemoryMedium(), dir: 'q' } } });
    const signal: PipelineSignal = {
      ...{ epicNumber: 2, childNumber: 1, prNumber: 0, repoOwner: 'host-uk', repoName: 'core' },
      ...{ prState: undefined, isDraft: false, mergeable: 'UNKNOWN', checkStatus: 'UNKNOWN' },
      ...{ threadsTotal: 0, threadsResolved: 0, lastCommitSha: '', needsCoding: true, assignee: 'Bot' },
    };
    expect(handler.match(signal)).toBe(true);
    const others: Partial<PipelineSignal>[] = [
      { assignee: 'alice' },
      { assignee: undefined },
      { needsCoding: false },
      { prState: 'OPEN', prNumber: 3 },
    ];
    for (const other of others) expect(handler.match({ ...signal, ...other })).toBe(false);
  });

  it('dispatch writes a ticket without any secret, once', async () => {
    await withGitHub(async (bench) => {
      assigned(bench);
      const medium = new MemoryMedium();
      const signal = await firstSignal(bench);
      expect(await run(bench, { medium, dir: 'q' }, signal)).toMatchObject({ success: true, action: 'dispatch' });
      const text = await medium.read(FILE);
      expect(JSON.parse(text)).toEqual({
        ...{ v: 1, id: 'host-uk/core#1', repo: 'host-uk/core', epic: 2, child: 1, agent: 'coding-bot' },
        ...{ title: 'Write it', body: 'Use ***\n\nand go on' },
      });
      expect(text).not.toContain('ghp_');
      await medium.write(FILE, 'taken up');
      expect(await run(bench, { medium, dir: 'q' }, signal)).toMatchObject({ success: true });
      expect(await medium.read(FILE)).toBe('taken up');
    });
  });

  it('dispatch gives the ticket to a command, which has nothing of the environment', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'dispatch-'));
    process.env['BOT_TOKEN'] = SECRET;
    try {
      await withGitHub(async (bench) => {
        assigned(bench);
        const env = { OUT: join(dir, 'told.json') };
        const queue = { command: 'node', args: ['-e', TELL], env };
        expect(await run(bench, queue, await firstSignal(bench))).toMatchObject({ success: true });
        const told = JSON.parse(readFileSync(env.OUT, 'utf8')) as { names: string[]; ticket: unknown };
        expect(told.ticket).toMatchObject({ id: 'host-uk/core#1', agent: 'coding-bot', body: 'Use ***\n\nand go on' });
        expect(told.names).toContain('OUT');
        expect(told.names).not.toContain('BOT_TOKEN');
      });
    } finally {
      delete process.env['BOT_TOKEN'];
      rmSync(dir, { recursive: true });
    }
  });
});

describe('Bad', () => {
  it('dispatch refuses what is no queue', () => {
    const queues = [undefined, {}, { medium: new MemoryMedium() }, { dir: 'q' }, { command: '' }, 'q'];
    for (const queue of queues) {
      expect(() => dispatch({} as never, { agents: { bot: queue as never } })).toThrow(TypeError);
    }
  });

  it('dispatch writes no ticket for a child that somebody else has taken up meanwhile', async () => {
    await withGitHub(async (bench) => {
      assigned(bench);
      const medium = new MemoryMedium();
      const signal = await firstSignal(bench);
      const [child] = bench.repo.issues;
      child?.assign(['alice']);
      expect(await run(bench, { medium, dir: 'q' }, signal)).toMatchObject({ success: true });
      child?.assign(['coding-bot']);
      bench.repo.pull({ closes: bench.repo.issues.slice(0, 1) });
      await run(bench, { medium, dir: 'q' }, signal);
      child?.close();
      await run(bench, { medium, dir: 'q' }, signal);
      expect(await medium.exists('q')).toBe(false);
    });
  });

  it('dispatch fails where the folder or the command does, without the words of the child', async () => {
    await withGitHub(async (bench) => {
      assigned(bench);
      const signal = await firstSignal(bench);
      const folder = await run(bench, { medium: readonly(new MemoryMedium()), dir: 'q' }, signal);
      expect(folder).toMatchObject({
        success: false,
        error: expect.stringContaining('Cannot dispatch host-uk/core#1: '),
      });
      const script =
        'process.stdin.on("data", (text) => { console.error(String(JSON.parse(text).title)); process.exit(3); })';
      const command = await run(bench, { command: 'node', args: ['-e', script] }, signal);
      expect(command.error).toContain('exited with code 3');
      expect(command.error).not.toContain('Write it');
      const missing = await run(bench, { command: 'no-such-program' }, signal);
      expect(missing.error).toContain('there is no such program');
    });
  });
});
