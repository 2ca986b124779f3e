import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { localMedium } from '@core/io';

import type { JournalLine } from '../../src/journal/journal-entry.ts';
import { Journal } from '../../src/journal/journal.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const STEPS = ['opened', 'polls', 'looks', 'acts', 'acted', 'reports', 'done'];

describe('Poller', () => {
  let dir = '';

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'core-killed-'));
    writeFileSync(join(dir, 'comments'), '');
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  /** Runs the bot until it has taken this step, and kills it there; to its end where there is no such step. */
  async function runBot(lastStep: string = 'none'): Promise<readonly string[]> {
    const program = fileURLToPath(new URL('fixtures/bot.mjs', import.meta.url));
    const args = [program, join(dir, 'journal'), join(dir, 'comments'), lastStep];
    const bot = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(bot, 'close');
    const steps: string[] = [];
    for await (const line of createInterface({ input: bot.stdout })) {
      steps.push(JSON.parse(line) as string);
      if (steps.at(-1) === lastStep) bot.kill('SIGKILL');
    }
    await closed;
    return steps;
  }

  describe('Ugly', () => {
    it.each(STEPS)('runOnce acts exactly once where its process is killed when it says "%s"', async (step) => {
      expect(await runBot(step)).toContain(step);
      await runBot();
      expect(await runBot()).toEqual(['opened', 'polls', 'done']);
      expect(readFileSync(join(dir, 'comments'), 'utf8')).toBe('please fix\n');
      const journal = await Journal.open({ medium: localMedium(), baseDir: join(dir, 'journal') });
      const lines: JournalLine[] = [];
      for await (const line of journal.entries()) lines.push(line);
      expect(lines.filter(({ result }) => result.success)).toHaveLength(1);
      expect((await journal.verify()).ok).toBe(true);
      await journal.close();
    });
  });
});
