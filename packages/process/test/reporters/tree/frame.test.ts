import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';

import { styleFor } from '../../../src/reporters/text/style.ts';
import { type FrameOptions, treeFrame } from '../../../src/reporters/tree/frame.ts';
import { RunProgress } from '../../../src/reporters/tree/run-progress.ts';
import type { RunEvent } from '../../../src/runner/run-event.ts';
import { type SyntheticTask, syntheticRun } from '../support/synthetic-run.ts';

const OPTIONS: FrameOptions = { columns: 80, rows: 24, nowMs: 4000, style: styleFor(false), unicode: true };

const TASKS: SyntheticTask[] = [
  { name: 'install', start: 0, ms: 1500 },
  { name: 'lint', after: ['install'], start: 1500, ms: 700, status: 'allowed-failure', exitCode: 1 },
  { name: 'db', after: ['install'], start: 1500, ms: 9000, service: true, lines: ['listening on 5432'] },
  { name: 'build', after: ['install'], start: 1600, ms: 5000, lines: ['\u001b[32m128\u001b[0m of 300 \tfiles', ' '] },
  { name: 'test', after: ['build', 'db'], start: 8000, ms: 1000 },
  { name: 'types', after: ['install'], start: 1700, ms: 800, status: 'failed', exitCode: 2 },
  { name: 'icons', status: 'cached' },
  { name: 'deploy', after: ['types', 'test'], ms: 2600, status: 'skipped', reason: 'types failed' },
];

/** What is known of a run at a moment. */
function viewAt(tasks: readonly SyntheticTask[], nowMs: number, extra: readonly RunEvent[] = []): RunProgress {
  const progress = new RunProgress();
  for (const event of syntheticRun(tasks).events) if (event.atMs <= nowMs) progress.apply(event);
  for (const event of extra) progress.apply(event);
  return progress;
}

function many(count: number): SyntheticTask[] {
  return Array.from({ length: count }, (_, index): SyntheticTask => {
    const failed = index === 3 ? { status: 'failed' as const, exitCode: 9 } : {};
    return { name: `task-${String(index)}`, start: index * 100, ms: index === 20 ? 9000 : 150, ...failed };
  });
}

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('treeFrame shows all tasks in their places at 80 columns', () => {
    expect(treeFrame(viewAt(TASKS, 4000), OPTIONS)).toEqual([
      '✓ install            1.5s',
      '├─ ! lint           700ms  allowed failure: exit code 1',
      '├─ ● db              2.5s  ready · listening on 5432',
      '├─ ⠋ build           2.4s  128 of 300  files',
      '│  └─ ○ test               after build',
      '│     └─ - deploy          skipped: types failed',
      '└─ ✗ types          800ms  exit code 2',
      '↺ icons                    cached',
      '',
      '━━━━━━━━━━──────  5/8  4.0s  2 running  1 failed  1 skipped  1 waiting',
    ]);
  });

  it('treeFrame in ASCII', () => {
    const frame = treeFrame(viewAt(TASKS, 4080), { ...OPTIONS, nowMs: 4080, unicode: false });
    expect(frame.slice(0, 7)).toEqual([
      '+ install            1.5s',
      '|- ! lint           700ms  allowed failure: exit code 1',
      '|- * db              2.6s  ready · listening on 5432',
      '|- \\ build           2.5s  128 of 300  files',
      '|  `- . test               after build',
      '|     `- - deploy          skipped: types failed',
      '`- x types          800ms  exit code 2',
    ]);
    expect(frame.at(-1)).toMatch(/^##########------ {2}5\/8/);
  });

  it('treeFrame turns its spinner and counts the time with the clock', () => {
    const at = (nowMs: number): string => treeFrame(viewAt(TASKS, 1600), { ...OPTIONS, nowMs })[3] ?? '';
    expect([at(1600), at(1680), at(62_000)]).toEqual([
      '├─ ⠋ build            0ms  128 of 300  files',
      '├─ ⠙ build           80ms  128 of 300  files',
      '├─ ⠴ build         1m 00s  128 of 300  files',
    ]);
  });

  it('treeFrame tells of another try, and of what a try writes', () => {
    const retrying: RunEvent = {
      type: 'retrying',
      atMs: 1,
      name: 'a',
      attempt: 2,
      delayMs: 5,
      error: new Error('no\n'),
    };
    const again: RunEvent[] = [{ type: 'started', atMs: 20, name: 'a', attempt: 2 }];
    const tasks: SyntheticTask[] = [{ name: 'a', start: 0, ms: 100, lines: ['x'] }];
    const options = { ...OPTIONS, nowMs: 50 };
    expect(treeFrame(viewAt(tasks, 10, [retrying]), options)[0]).toBe('⠋ a    50ms  try 2 follows: no');
    expect(treeFrame(viewAt(tasks, 10, [retrying, ...again]), options)[0]).toBe('⠋ a    50ms  try 2 · x');
  });

  it('treeFrame uses 200 columns for longer names, output and a longer bar', () => {
    const name = `a-long-name-${'x'.repeat(50)}`;
    const tasks: SyntheticTask[] = [{ name, start: 0, ms: 9000, lines: ['y'.repeat(300)] }];
    const [line = '', , footer = ''] = treeFrame(viewAt(tasks, 1000), { ...OPTIONS, columns: 200 });
    expect(line).toContain(name);
    expect(line.endsWith('y…')).toBe(true);
    expect(stringWidth(line)).toBe(200);
    expect(footer).toMatch(/^─{40} {2}0\/1/);
    const [narrow = ''] = treeFrame(viewAt(tasks, 1000), { ...OPTIONS, columns: 80 });
    expect(narrow).toMatch(/^⠋ a-long-name-x+… {4}4\.0s {2}y+…$/);
    expect(stringWidth(narrow)).toBe(80);
  });

  it('treeFrame of a run that does not fit shows what runs, what failed, the latest, and counts the rest', () => {
    const frame = treeFrame(viewAt(many(60), 2500), { ...OPTIONS, rows: 9, nowMs: 2500 });
    expect(frame).toEqual([
      '✗ task-3    150ms  exit code 9',
      '⠙ task-20   500ms',
      '✓ task-22   150ms',
      '✓ task-23   150ms',
      '⠙ task-24   100ms',
      '⠙ task-25     0ms',
      '  and 54 more: 20 done, 34 waiting',
      '',
      '━━━━━━──────────  23/60  2.5s  3 running  1 failed  34 waiting',
    ]);
  });

  it('treeFrame draws what is deeper than there is room for as deep as there is', () => {
    const chain = Array.from({ length: 9 }, (_, index): SyntheticTask => {
      return { name: `t${String(index)}`, after: index === 0 ? [] : [`t${String(index - 1)}`], start: 0, ms: 1 };
    });
    const lines = treeFrame(viewAt(chain, 1), { ...OPTIONS, columns: 40 });
    expect(lines[3]).toMatch(/^ {6}└─ ✓ t3 /);
    expect(lines[8]).toMatch(/^ {6}└─ ✓ t8 /);
  });
});

describe('Bad', () => {
  it('treeFrame of nothing is a line of progress', () => {
    expect(treeFrame(new RunProgress(), { ...OPTIONS, nowMs: 0 })).toEqual(['', '━━━━━━━━━━━━━━━━  0/0  0ms']);
  });

  it('treeFrame ignores events of tasks that no plan named', () => {
    const stray: RunEvent = { type: 'started', atMs: 1, name: 'stray', attempt: 1 };
    expect(treeFrame(viewAt([], 0, [stray]), OPTIONS)).toHaveLength(2);
  });

  it.each([0, 1, 2, 3, 4])('treeFrame in a terminal of %d rows', (rows) => {
    const frame = treeFrame(viewAt(many(60), 2500), { ...OPTIONS, rows });
    expect(frame.length).toBe(Math.min(rows, rows < 4 ? 1 : 4));
    if (rows > 0) expect(frame.at(-1)).toContain('23/60');
  });
});

describe('Ugly', () => {
  it('treeFrame never has more lines or columns than there are, in any state, with any names', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', '世', '👩‍👩‍👧', '\u001b[2J', '\n', '\t', 'e\u0301'),
      maxLength: 30,
    });
    const task = fc.record({
      start: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
      ms: fc.integer({ min: 0, max: 100 }),
      lines: fc.array(name, { maxLength: 2 }),
      status: fc.constantFrom('passed' as const, 'failed' as const, 'skipped' as const, 'cancelled' as const),
      title: name,
      parent: fc.nat(20),
    });
    const size = fc.record({ columns: fc.integer({ min: 1, max: 120 }), rows: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.array(task, { maxLength: 20 }), size, fc.boolean(), (drafts, { columns, rows }, colors) => {
        const nameOf = (index: number): string => `${String(index)} ${drafts[index]?.title ?? ''}`;
        const tasks = drafts.map(({ start, parent, ms, lines, status }, index): SyntheticTask => {
          const after = parent < index ? [nameOf(parent)] : [];
          const began = start === undefined ? {} : { start };
          return { ms, lines, status, name: nameOf(index), after, ...began, reason: 'r\n世' };
        });
        const options = { columns, rows, nowMs: 40, style: styleFor(colors), unicode: colors };
        const frame = treeFrame(viewAt(tasks, 40), options);
        expect(frame.length).toBeLessThanOrEqual(rows);
        for (const line of frame) {
          expect(stringWidth(line)).toBeLessThanOrEqual(columns);
          expect(line.replaceAll(/\u001b\[[0-9;]*m/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        }
      }),
    );
  });
});
