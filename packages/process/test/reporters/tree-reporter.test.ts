import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';

import type { ReportClock } from '../../src/reporters/report-clock.ts';
import { systemClock } from '../../src/reporters/report-clock.ts';
import { treeReporter } from '../../src/reporters/tree-reporter.ts';
import { type SyntheticTask, syntheticRun, TextTarget } from './support/synthetic-run.ts';

class Terminal extends TextTarget {
  readonly isTTY = true;
  columns: number | undefined = 80;
  rows: number | undefined = 24;

  /** The lines of the last frame, without what only moves and hides. */
  get frame(): string[] {
    const text = (this.writes.at(-1) ?? '').replaceAll(/\u001b\[\?[0-9]+[hl]|\u001b\[[0-9]*[AJK]|\r/g, '');
    return text.split('\n').slice(0, -1);
  }
}

/** A clock that a test turns. */
class TestClock implements ReportClock {
  ms = 1_000_000;
  readonly #ticks = new Set<() => void>();
  readonly periods: number[] = [];

  now(): number {
    return this.ms;
  }

  every(ms: number, tick: () => void): () => void {
    this.periods.push(ms);
    this.#ticks.add(tick);
    return () => this.#ticks.delete(tick);
  }

  get ticking(): number {
    return this.#ticks.size;
  }

  turn(ms: number): void {
    this.ms += ms;
    for (const tick of this.#ticks) tick();
  }
}

const TASKS: SyntheticTask[] = [
  { name: 'a', start: 0, ms: 1000, lines: ['working'] },
  { name: 'b', after: ['a'], start: 1000, ms: 500, status: 'failed', exitCode: 1, lines: ['broken', '\u001b[2Jpipe'] },
];

describe('Good', () => {
  it('treeReporter draws frames as time goes on, and leaves the tree, failures and summary', () => {
    const [to, clock] = [new Terminal(), new TestClock()];
    const report = treeReporter({ to, colors: false, unicode: true, clock });
    const { events } = syntheticRun(TASKS, ['a', 'b']);
    const [planned, ...rest] = events;
    if (planned !== undefined) report(planned);
    expect(to.frame[0]).toBe('○ a');
    clock.turn(0);
    expect(to.writes).toHaveLength(1); // nothing changed
    for (const event of rest.slice(0, 2)) report(event);
    expect(to.writes).toHaveLength(1); // not before the next frame
    clock.turn(500);
    expect(to.frame).toEqual([
      '⠦ a      500ms  working',
      '└─ ○ b          after a',
      '',
      '────────────────  0/2  500ms  1 running  1 waiting',
    ]);
    for (const event of rest.slice(2)) report(event);
    expect(to.frame).toEqual([
      '✓ a       1.0s',
      '└─ ✗ b   500ms  exit code 1',
      '',
      '✗ b failed after 500ms: exit code 1',
      '  broken',
      '  pipe',
      '',
      'critical path  a → b (1.5s)',
      'parallelism    1.0 (1.5s of work)',
      '2 tasks: 1 passed, 1 failed in 1.5s',
    ]);
    expect([clock.ticking, clock.periods]).toEqual([0, [80]]);
  });

  it('treeReporter looks at the size of the terminal in each frame', () => {
    const [to, clock] = [new Terminal(), new TestClock()];
    const report = treeReporter({ to, colors: false, clock });
    const tasks = Array.from({ length: 40 }, (_, index) => ({ name: `task-${String(index)}`, start: 0, ms: 99 }));
    const { events } = syntheticRun(tasks);
    for (const event of events.slice(0, 20)) report(event);
    expect(to.frame).toHaveLength(23); // the cursor stands in the last line
    const sizes = [
      { columns: 200, rows: 60, wide: 200, lines: 42 },
      { columns: 30, rows: 10, wide: 30, lines: 9 },
      { columns: 0, rows: 0, wide: 80, lines: 23 },
      { columns: undefined, rows: undefined, wide: 80, lines: 23 },
    ];
    for (const { columns, rows, wide, lines } of sizes) {
      to.columns = columns;
      to.rows = rows;
      clock.turn(10);
      expect(to.frame).toHaveLength(lines);
      for (const line of to.frame) expect(stringWidth(line)).toBeLessThanOrEqual(wide);
    }
    for (const event of events.slice(20)) report(event);
  });

  it('treeReporter shows a second run from its beginning', () => {
    const [to, clock] = [new Terminal(), new TestClock()];
    const report = treeReporter({ to, colors: false, clock });
    const { events } = syntheticRun(TASKS);
    for (const event of events.slice(0, -1)) report(event);
    for (const event of events) report(event);
    expect(clock.ticking).toBe(0);
    expect(clock.periods).toEqual([80, 80]);
  });

  it('systemClock tells the time and stops when it is told to', async () => {
    const began = systemClock.now();
    let ticks = 0;
    await new Promise<void>((resolve) => {
      const keepAlive = setTimeout(() => undefined, 60_000);
      const stop = systemClock.every(1, () => {
        ticks += 1;
        if (ticks < 3) return;
        stop();
        clearTimeout(keepAlive);
        resolve();
      });
    });
    expect(ticks).toBe(3);
    expect(systemClock.now()).toBeGreaterThanOrEqual(began);
  });
});

describe('Bad', () => {
  it.each([
    ['no terminal', new TextTarget(), {}],
    ['a terminal that cannot move its cursor', new Terminal(), { TERM: 'dumb' }],
  ])('treeReporter writes prefixed lines where there is %s', (_, to, env) => {
    const report = treeReporter({ to, env });
    for (const event of syntheticRun(TASKS).events) report(event);
    expect(to.text).toMatch(/^a \| working\na : passed in 1\.0s\nb \| broken\nb \| pipe\nb : failed after 500ms/);
    expect(to.text).not.toContain('\u001b');
  });
});

describe('Ugly', () => {
  it('treeReporter writes little for a flood of events', () => {
    const [to, clock] = [new Terminal(), new TestClock()];
    const report = treeReporter({ to, colors: true, clock });
    const { events } = syntheticRun(TASKS);
    for (const event of events.slice(0, 2)) report(event);
    const lines = [{ stream: 'stdout' as const, line: 'x'.repeat(1_000_000) }];
    for (let index = 0; index < 10_000; index += 1)
      report({ type: 'output', atMs: 1, name: 'a', stream: 'stdout', lines });
    clock.turn(80);
    expect(to.writes).toHaveLength(2);
    expect(to.text.length).toBeLessThan(2000);
    for (const event of events.slice(2)) report(event);
  });
});
