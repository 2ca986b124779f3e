import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, type Medium, MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { Journal } from '../../src/journal/journal.ts';
import type { JournalLine } from '../../src/journal/journal-entry.ts';
import { jobrunnerRefusalOf } from '../../src/testing/index.ts';
import { sampleResult, sampleSignal } from './support/sample.ts';

const PATH = 'journal/host-uk/core/2026-02-05.jsonl';

async function filled(count: number): Promise<{ medium: MemoryMedium; lines: JournalLine[] }> {
  const medium = new MemoryMedium();
  const journal = await Journal.open({ medium, baseDir: 'journal', durability: 'none' });
  for (let cycle = 1; cycle <= count; cycle += 1) {
    await journal.append(sampleSignal(), sampleResult({ cycle, durationMs: cycle }));
  }
  const lines = await all(journal.entries());
  await journal.close();
  return { medium, lines };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function entriesOf(medium: Medium): Promise<JournalLine[]> {
  const journal = await Journal.open({ medium, baseDir: 'journal' });
  return all(journal.entries());
}

async function verified(medium: Medium): ReturnType<Journal['verify']> {
  return (await Journal.open({ medium, baseDir: 'journal' })).verify();
}

describe('Journal', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  describe('Good', () => {
    it('append writes the line of the specification, with the added keys behind', async () => {
      const medium = new MemoryMedium();
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      await journal.append(sampleSignal(), sampleResult());
      const text = await medium.read(PATH);
      expect(
        text.startsWith(
          '{"ts":"2026-02-05T12:00:00.000Z","epic":299,"child":212,"pr":316,"repo":"host-uk/core","action":"publish_draft",' +
            '"signals":{"pr_state":"OPEN","is_draft":true,"check_status":"SUCCESS","mergeable":"UNKNOWN","threads_total":0,"threads_resolved":0},' +
            '"result":{"success":true,"duration_ms":340},"cycle":1,"v":1,"id":"',
        ),
      ).toBe(true);
      expect(text.endsWith('}\n')).toBe(true);
      const line = JSON.parse(text) as JournalLine;
      expect(line).toMatchObject({ node: journal.node, seq: 1, prev: '' });
      await journal.close();
    });

    it('append keeps what the poller knows, and nothing else of the signal', async () => {
      const { medium } = await filled(0);
      const journal = await Journal.open({ medium, baseDir: 'journal', node: 'bot' });
      const signal = sampleSignal({
        issueTitle: 'Secret plan',
        issueBody: 'Body of the plan',
        assignee: 'somebody',
        lastCommitSha: 'abc1234',
      });
      const extra = {
        key: 'k1',
        source: 'github',
        handler: 'publish_draft',
        attempt: 2,
        dryRun: true,
        phase: 'dead_letter' as const,
      };
      await journal.append(
        signal,
        sampleResult({ success: false, error: 'no Secret plan\nwith ghp_abcdefghijklmnop' }),
        extra,
      );
      const [line] = await all(journal.entries());
      expect(line).toMatchObject({
        key: 'k1',
        source: 'github',
        handler: 'publish_draft',
        attempt: 2,
        dry_run: true,
        phase: 'dead_letter',
        sha: 'abc1234',
      });
      expect(line?.result).toEqual({ success: false, error: 'no *** with ***', duration_ms: 340 });
      expect(await medium.read(PATH)).not.toMatch(/Secret|Body|somebody|ghp_/);
      await journal.close();
    });

    it('append takes the UTC date of the entry for its file, whatever day it is', async () => {
      const medium = new MemoryMedium();
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      await journal.append(sampleSignal(), sampleResult({ timestamp: new Date('2026-02-05T23:59:59.999Z') }));
      await journal.append(sampleSignal(), sampleResult({ timestamp: new Date('2026-02-06T00:00:00.000Z') }));
      expect((await medium.list('journal/host-uk/core')).map(({ name }) => name)).toEqual([
        '2026-02-05.jsonl',
        '2026-02-06.jsonl',
      ]);
      await journal.close();
    });

    it.each(['fsync', 'batch', 'none'] as const)(
      'append with %s keeps the order of calls at once',
      async (durability) => {
        const medium = new MemoryMedium();
        const journal = await Journal.open({ medium, baseDir: 'journal', durability });
        const cycles = Array.from({ length: 700 }, (_, at) => at);
        await Promise.all(cycles.map((cycle) => journal.append(sampleSignal(), sampleResult({ cycle }))));
        await journal.close();
        expect((await entriesOf(medium)).map(({ cycle }) => cycle)).toEqual(cycles);
        expect(await verified(medium)).toEqual({ ok: true, files: 1, lines: 700, torn: 0 });
      },
    );

    it('entries gives what is asked for: repository, time, and what a function likes', async () => {
      const medium = new MemoryMedium();
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      for (const [repoName, day, cycle] of [
        ['a', 1, 1],
        ['b', 1, 2],
        ['a', 2, 3],
        ['b', 3, 4],
      ] as const) {
        const timestamp = new Date(Date.UTC(2026, 0, day, 12));
        await journal.append(sampleSignal({ repoName }), sampleResult({ timestamp, cycle }));
      }
      const cycles = async (options: Parameters<Journal['entries']>[0]): Promise<number[]> =>
        (await all(journal.entries(options))).map(({ cycle }) => cycle);
      expect(await cycles({})).toEqual([1, 2, 3, 4]);
      expect(await cycles({ repo: 'host-uk/a' })).toEqual([1, 3]);
      expect(await cycles({ from: new Date(Date.UTC(2026, 0, 1, 13)) })).toEqual([3, 4]);
      expect(await cycles({ to: new Date(Date.UTC(2026, 0, 2, 12)) })).toEqual([1, 2]);
      expect(await cycles({ where: ({ cycle }) => cycle % 2 === 0 })).toEqual([2, 4]);
      expect(await cycles({ repo: 'host-uk/none' })).toEqual([]);
      expect((await all(journal.replay({ from: new Date(Date.UTC(2026, 0, 2)) }))).length).toBe(2);
      await journal.close();
    });

    it('replay gives what has begun at its time; entries and the files of the days have one line an action', async () => {
      const medium = new MemoryMedium();
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      for (const [second, phase] of [
        [1, 'started'],
        [2, 'finished'],
        [3, 'started'],
        [3, 'dead_letter'],
        [4, 'started'],
      ] as const) {
        const timestamp = new Date(Date.UTC(2026, 1, 5, 12, 0, second));
        await journal.append(sampleSignal(), sampleResult({ timestamp, cycle: second }), { key: 'k', phase });
      }
      const told = (lines: JournalLine[]): unknown[] =>
        lines.map(({ cycle, phase }) => `${String(cycle)} ${String(phase)}`);
      expect(told(await all(journal.replay()))).toEqual([
        '1 started',
        '2 finished',
        '3 started',
        '3 dead_letter',
        '4 started',
      ]);
      expect(told(await all(journal.entries()))).toEqual(['2 finished', '3 dead_letter']);
      expect((await medium.read(PATH)).trimEnd().split('\n').length).toBe(2);
      expect(await verified(medium)).toEqual({ ok: true, files: 2, lines: 5, torn: 0 });
      for await (const line of journal.replay()) {
        expect(line.phase).toBe('started');
        break; // leaves nothing open
      }
      await journal.close();
    });

    it('a node that comes later names the line that it found', async () => {
      const { medium, lines } = await filled(3);
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      await journal.append(sampleSignal(), sampleResult());
      const line = (await all(journal.entries())).at(-1);
      expect(line).toMatchObject({ seq: 1, prev: lines[2]?.hash });
      await journal.close();
      expect(await verified(medium)).toEqual({ ok: true, files: 1, lines: 4, torn: 0 });
    });

    it('close waits for what was appended, and does nothing the second time', async () => {
      const medium = new MemoryMedium();
      const journal = await Journal.open({ medium, baseDir: 'journal', durability: 'batch' });
      void journal.append(sampleSignal(), sampleResult());
      await journal.close();
      await journal.close();
      expect((await entriesOf(medium)).length).toBe(1);
    });
  });

  describe('Bad', () => {
    it.each([
      ['..', 'core'],
      ['host-uk', '..'],
      ['.', 'core'],
      ['/etc', 'core'],
      ['host-uk', '/etc'],
      ['host-uk', 'a/b'],
      ['host-uk', 'a\0b'],
      ['', 'core'],
      ['host-uk', ''],
      ['con', 'core'],
      ['host-uk', 'NUL'],
      ['host-uk', 'lpt1.txt'],
      ['host-uk', 'com0'],
      ['host-uk', 'a.'],
      ['-a', 'core'],
      ['a-', 'core'],
      ['a b', 'core'],
      ['host\\uk', 'core'],
      ['ünï', 'core'],
      ['host-uk', 'x'.repeat(101)],
      ['x'.repeat(101), 'core'],
    ])(
      'append refuses the repository %j/%j with ERR_JOURNAL_INVALID_NAME, and writes nothing',
      async (repoOwner, repoName) => {
        const medium = new MemoryMedium();
        const journal = await Journal.open({ medium, baseDir: 'journal' });
        const work = (): Promise<unknown> => journal.append(sampleSignal({ repoOwner, repoName }), sampleResult());
        await jobrunnerRefusalOf(work, 'ERR_JOURNAL_INVALID_NAME');
        expect(await medium.list('journal')).toEqual([]);
        expect((await medium.list('')).map(({ name }) => name)).toEqual(['journal']);
      },
    );

    it.each([
      { timestamp: new Date(0) },
      { timestamp: new Date(Number.NaN) },
      { timestamp: new Date('0001-01-01T00:00:00Z') },
      { durationMs: -1 },
      { durationMs: Number.NaN },
      { action: '' },
      { action: 'a\nb' },
      { action: 'x'.repeat(101) },
      { cycle: Infinity },
      { cycle: 1.5 },
      { success: 'yes' as unknown as boolean },
    ])('append refuses a result with %j with ERR_JOURNAL_INVALID_ENTRY', async (over) => {
      const { medium } = await filled(0);
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      const work = (): Promise<unknown> => journal.append(sampleSignal(), sampleResult(over));
      await jobrunnerRefusalOf(work, 'ERR_JOURNAL_INVALID_ENTRY');
    });

    it('append to a closed journal is refused with ERR_JOURNAL_CLOSED', async () => {
      const journal = await Journal.open({ medium: new MemoryMedium(), baseDir: 'journal' });
      await journal.close();
      await jobrunnerRefusalOf(() => journal.append(sampleSignal(), sampleResult()), 'ERR_JOURNAL_CLOSED');
    });

    it('open refuses options that are none, and a folder that cannot be', async () => {
      const medium = new MemoryMedium();
      await expect(Journal.open({ medium, baseDir: '' })).rejects.toThrow('baseDir must be the path of a folder');
      await expect(Journal.open({ medium, baseDir: 'j', node: 'a b' })).rejects.toThrow('node must be');
      await expect(Journal.open({ medium, baseDir: 'j', durability: 'often' as 'none' })).rejects.toThrow(
        'durability must be',
      );
      await medium.write('file', '');
      await jobrunnerRefusalOf(() => Journal.open({ medium, baseDir: 'file' }), 'ERR_JOURNAL_UNWRITABLE');
    });

    it('append that the disk refuses keeps nothing, and the chain goes on behind it', async () => {
      const inner = new MemoryMedium();
      const medium = faulty(inner, [{ op: 'append', nth: 3, error: 'ENOSPC' }]);
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      await journal.append(sampleSignal(), sampleResult({ cycle: 1 }));
      const error = await jobrunnerRefusalOf(
        () => journal.append(sampleSignal(), sampleResult({ cycle: 2 })),
        'ERR_JOURNAL_UNWRITABLE',
      );
      expect(error.message).toMatch(/^Cannot write to the journal: .*no space/);
      await journal.append(sampleSignal(), sampleResult({ cycle: 3 }));
      await journal.close();
      expect((await entriesOf(inner)).map(({ cycle }) => cycle)).toEqual([1, 3]);
      expect(await verified(inner)).toMatchObject({ ok: true, lines: 2 });
    });
  });

  describe('Bad', () => {
    it.each([1, 2, 3])(
      'a journal with a folder that cannot be read (%d) is not taken for a smaller one',
      async (nth) => {
        const { medium: inner } = await filled(1);
        for (const read of [
          (journal: Journal): Promise<unknown> => journal.verify(),
          (journal: Journal): Promise<unknown> => all(journal.entries()),
          (journal: Journal): Promise<unknown> => all(journal.replay()),
        ]) {
          const medium = faulty(inner, [{ op: 'list', nth, error: 'EACCES' }]);
          const reading = read(await Journal.open({ medium, baseDir: 'journal' }));
          await expect(reading).rejects.toMatchObject({ code: 'EACCES' });
        }
      },
    );

    it('append is refused where nobody can say how long the file is', async () => {
      const { medium: inner, lines } = await filled(1);
      const medium = faulty(inner, [{ op: 'stat', path: 'journal/host-uk/core/*.jsonl', nth: 1, error: 'EIO' }]);
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      await jobrunnerRefusalOf(() => journal.append(sampleSignal(), sampleResult()), 'ERR_JOURNAL_UNWRITABLE');
      await journal.append(sampleSignal(), sampleResult({ cycle: 9 }));
      await journal.close();
      expect((await entriesOf(inner)).map(({ cycle }) => cycle)).toEqual([lines[0]?.cycle, 9]);
      expect(await verified(inner)).toMatchObject({ ok: true, lines: 2, torn: 0 });
    });

    it('close rejects with ERR_JOURNAL_UNWRITABLE where a batch may not have reached the disk', async () => {
      const medium = faulty(new MemoryMedium(), [{ op: 'append', nth: 3, error: 'EIO' }]);
      const journal = await Journal.open({ medium, baseDir: 'journal', durability: 'batch' });
      await journal.append(sampleSignal(), sampleResult());
      await jobrunnerRefusalOf(() => journal.close(), 'ERR_JOURNAL_UNWRITABLE');
    });
  });

  describe('Ugly', () => {
    it('append heals a file in which there is nothing but a torn line', async () => {
      const medium = new MemoryMedium();
      await medium.write(PATH, '{"ts":"2026-02-05T1');
      const journal = await Journal.open({ medium, baseDir: 'journal' });
      await journal.append(sampleSignal(), sampleResult());
      await journal.close();
      expect(await verified(medium)).toEqual({ ok: true, files: 1, lines: 1, torn: 1 });
    });

    it.each([0, 1, 100, 600, 700, 1200, 1e6])(
      'append goes on with its chain after a write of which %d bytes came into the file',
      async (tornBytes) => {
        const inner = new MemoryMedium();
        const medium = faulty(inner, [{ op: 'append', nth: 3, tornBytes, error: 'ENOSPC' }]);
        const journal = await Journal.open({ medium, baseDir: 'journal' });
        const append = (cycle: number): Promise<void> => journal.append(sampleSignal(), sampleResult({ cycle }));
        await append(1);
        const outcomes = await Promise.allSettled([append(2), append(3), append(4)]);
        expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
        await append(5);
        await append(6);
        await journal.close();
        const cycles = (await entriesOf(inner)).map(({ cycle }) => cycle);
        expect([cycles[0], ...cycles.slice(-2)]).toEqual([1, 5, 6]);
        expect(await verified(inner)).toMatchObject({ ok: true, lines: cycles.length });
        const rows = (await inner.read(PATH)).trimEnd().split('\n');
        const whole = rows.filter((row) => row.startsWith('{"ts":"') && row.endsWith('}'));
        expect(whole).toHaveLength(cycles.length); // nothing is glued to anything
      },
    );

    it('append comes back to any of many files, and goes on with the chain there', async () => {
      const medium = new MemoryMedium();
      const journal = await Journal.open({ medium, baseDir: 'journal', durability: 'none' });
      for (let round = 0; round < 2; round += 1) {
        for (let at = 0; at < 2500; at += 1) {
          await journal.append(sampleSignal({ repoName: `r${String(at)}` }), sampleResult({ cycle: round }));
        }
      }
      await journal.close();
      expect(await verified(medium)).toEqual({ ok: true, files: 2500, lines: 5000, torn: 0 });
      const seqs = await all((await Journal.open({ medium, baseDir: 'journal' })).entries({ repo: 'host-uk/r7' }));
      expect(seqs.map(({ seq }) => seq)).toEqual([1, 2]);
    });

    it('verify names the line of every changed byte', async () => {
      const { medium } = await filled(4);
      const bytes = await medium.readBytes(PATH);
      const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at);
      for (let at = 0; at < bytes.length; at += 7) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        await medium.write(PATH, changed);
        const report = await verified(medium);
        const line = ends.findIndex((end) => end >= at) + 1;
        expect({ at, ok: report.ok }).toEqual({ at, ok: false });
        expect(Math.abs((report.broken?.line ?? 0) - line)).toBeLessThanOrEqual(ends.includes(at) ? 1 : 0);
      }
    });

    it('verify names the line after one that was taken out, put twice, or moved', async () => {
      const { medium } = await filled(5);
      const rows = (await medium.read(PATH)).trimEnd().split('\n');
      const [a = '', b = '', c = '', d = '', e = ''] = rows;
      for (const [tampered, line] of [
        [[a, b, d, e], 3],
        [[a, b, b, c, d, e], 3],
        [[a, c, b, d, e], 2],
        [[b, c, d, e], 1],
      ] as const) {
        await medium.write(PATH, `${tampered.join('\n')}\n`);
        expect((await verified(medium)).broken).toMatchObject({ path: 'host-uk/core/2026-02-05.jsonl', line });
      }
    });

    it('verify names a line that was brought from another repository or day', async () => {
      const { medium } = await filled(1);
      await medium.write('journal/host-uk/core/2026-02-06.jsonl', await medium.read(PATH));
      expect((await verified(medium)).broken).toMatchObject({ path: 'host-uk/core/2026-02-06.jsonl', line: 1 });
    });

    it('a line that a crash cut off is counted, passed over, and set apart by the next writer', async () => {
      const { medium, lines } = await filled(2);
      const whole = await medium.readBytes(PATH);
      const second = whole.indexOf(0x0a) + 1;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: second + 1, max: whole.length - 70 }), async (cut) => {
          await medium.write(PATH, whole.subarray(0, cut));
          expect(await entriesOf(medium)).toEqual(lines.slice(0, 1));
          const journal = await Journal.open({ medium, baseDir: 'journal' });
          await journal.append(sampleSignal(), sampleResult({ cycle: 9 }));
          await journal.close();
          expect((await entriesOf(medium)).map(({ cycle }) => cycle)).toEqual([1, 9]);
          expect(await verified(medium)).toEqual({ ok: true, files: 1, lines: 2, torn: 1 });
        }),
        { numRuns: 40 },
      );
    });

    it('a whole line behind a cut one in the same row is found', async () => {
      const { medium, lines } = await filled(2);
      const [first = '', second = ''] = (await medium.read(PATH)).trimEnd().split('\n');
      await medium.write(PATH, `${first}\n${first.slice(0, 100)}${second}\n`);
      expect(await entriesOf(medium)).toEqual(lines);
      expect(await verified(medium)).toEqual({ ok: true, files: 1, lines: 2, torn: 1 });
    });

    it('what is none of the journal is passed over: other files, empty rows, a row of a megabyte', async () => {
      const { medium, lines } = await filled(1);
      await medium.write('journal/README.md', 'x');
      await medium.write('journal/host-uk/core/notes.jsonl', 'x\n');
      await medium.write('journal/host-uk/core/deep/2026-02-05.jsonl', 'x\n');
      await medium.append(PATH, `\n\n${'x'.repeat(3_000_000)}`);
      expect(await entriesOf(medium)).toEqual(lines);
    });

    it('append on a disk looks at the file again where another process has written', async () => {
      const root = await mkdtemp(join(tmpdir(), 'journal-'));
      try {
        const medium = new DiskMedium({ root });
        const journal = await Journal.open({ medium, baseDir: 'journal', durability: 'none' });
        await journal.append(sampleSignal(), sampleResult({ cycle: 1 }));
        await medium.append(PATH, '{"ts":"cut');
        jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
        await journal.append(sampleSignal(), sampleResult({ cycle: 2 }));
        await journal.close();
        expect((await medium.read(PATH)).split('\n').length).toBe(4);
        expect(await verified(medium)).toEqual({ ok: true, files: 1, lines: 2, torn: 1 });
        await medium.close();
      } finally {
        await rm(root, { recursive: true });
      }
    });
  });
});
