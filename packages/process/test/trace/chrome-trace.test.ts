import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { type ChromeTrace, chromeTrace } from '../../src/trace/chrome-trace.ts';
import { type SyntheticTask, syntheticRun } from '../reporters/support/synthetic-run.ts';

/** As a viewer gets it. */
function loaded(tasks: readonly SyntheticTask[]): ChromeTrace {
  return JSON.parse(JSON.stringify(chromeTrace(syntheticRun(tasks).result))) as ChromeTrace;
}

const TASKS: SyntheticTask[] = [
  {
    name: 'late',
    after: ['a'],
    start: 110,
    ms: 40,
    status: 'failed',
    exitCode: 3,
    attempts: 2,
    error: new Error('why'),
  },
  { name: 'a', start: 0, ms: 100.5 },
  { name: 'b', start: 0, ms: 300 },
  { name: 'next', after: ['a'], start: 100, ms: 5 },
  { name: 'skipped', after: ['late'], status: 'skipped', reason: 'late failed' },
  { name: 'end', after: ['skipped', 'unknown'], status: 'skipped', reason: 'late failed → skipped skipped' },
  { name: 'cached', status: 'cached' },
];

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('chromeTrace makes names, then events by time, in lanes that were free', () => {
    const { displayTimeUnit, traceEvents } = loaded(TASKS);
    expect(displayTimeUnit).toBe('ms');
    expect(traceEvents.filter(({ ph }) => ph === 'M')).toEqual([
      { name: 'process_name', ph: 'M', pid: 1, tid: 0, ts: 0, args: { name: 'tasks' } },
      { name: 'thread_name', ph: 'M', pid: 1, tid: 0, ts: 0, args: { name: 'not run' } },
      { name: 'thread_name', ph: 'M', pid: 1, tid: 1, ts: 0, args: { name: 'lane 1' } },
      { name: 'thread_name', ph: 'M', pid: 1, tid: 2, ts: 0, args: { name: 'lane 2' } },
    ]);
    const rest = traceEvents.slice(4).map(({ name, cat, ph, tid, ts, dur }) => [name, cat, ph, tid, ts, dur]);
    expect(rest).toEqual([
      ['cached', 'cached', 'i', 0, 0, undefined],
      ['a', 'passed', 'X', 1, 0, 100_500],
      ['b', 'passed', 'X', 2, 0, 300_000],
      ['next', 'passed', 'X', 1, 100_500, 4500], // its start is known to the millisecond
      ['late', 'failed', 'X', 1, 110_000, 40_000],
      ['skipped', 'skipped', 'i', 0, 150_000, undefined],
      ['end', 'skipped', 'i', 0, 150_000, undefined],
    ]);
  });

  it('chromeTrace tells how a task ended, and a moment its reach', () => {
    const { traceEvents } = loaded(TASKS);
    const argsOf = (name: string): unknown => traceEvents.find((event) => event.name === name)?.args;
    expect(argsOf('late')).toEqual({ status: 'failed', exit_code: 3, attempts: 2, error: 'why', after: ['a'] });
    expect(argsOf('a')).toEqual({ status: 'passed', exit_code: 0, attempts: 1 });
    expect(argsOf('skipped')).toMatchObject({ status: 'skipped', attempts: 0, reason: 'late failed' });
    for (const event of traceEvents) expect(event.s).toBe(event.ph === 'i' ? 't' : undefined);
  });
});

describe('Bad', () => {
  it('chromeTrace of a run without tasks has a name and nothing else', () => {
    expect(loaded([]).traceEvents.map(({ name }) => name)).toEqual(['process_name']);
  });

  it('chromeTrace of tasks in a circle, which a run that ignores `after` may have, comes to an end', () => {
    const tasks: SyntheticTask[] = [
      { name: 'a', after: ['b'], status: 'cancelled' },
      { name: 'b', after: ['a', 'b'], status: 'cancelled' },
    ];
    expect(loaded(tasks).traceEvents.filter(({ ph }) => ph === 'i')).toHaveLength(2);
  });
});

describe('Ugly', () => {
  it('chromeTrace never overlaps events of a lane, is sorted, and has no more lanes than ran at once', () => {
    const task = fc.record({ start: fc.nat(200), ms: fc.double({ min: 0, max: 80, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(task, { maxLength: 60 }), (drafts) => {
        const tasks = drafts.map((draft, index) => ({ ...draft, name: String(index) }));
        const events = loaded(tasks).traceEvents.filter(({ ph }) => ph === 'X');
        expect(events).toHaveLength(tasks.length);
        const ends = new Map<number, number>();
        let last = 0;
        for (const { tid, ts, dur = 0 } of events) {
          expect(ts).toBeGreaterThanOrEqual(last);
          expect(ts).toBeGreaterThanOrEqual(ends.get(tid) ?? 0);
          expect(Number.isInteger(ts) && Number.isInteger(dur) && dur >= 0).toBe(true);
          ends.set(tid, ts + dur);
          last = ts;
        }
        const atOnce = drafts.map(
          ({ start }) => drafts.filter((o) => o.start <= start && start < o.start + o.ms).length,
        );
        expect(ends.size).toBeLessThanOrEqual(Math.max(1, ...atOnce.map((count) => count + 1)));
      }),
    );
  });

  it('chromeTrace of a chain of 20,000 that was skipped does not overflow', () => {
    const tasks = Array.from({ length: 20_000 }, (_, index): SyntheticTask => {
      const name = String(index);
      return index === 19_999 ? { name, start: 5, ms: 5 } : { name, after: [String(index + 1)], status: 'skipped' };
    });
    const { traceEvents } = chromeTrace(syntheticRun(tasks).result);
    expect(traceEvents.filter(({ ph, ts }) => ph === 'i' && ts === 10_000)).toHaveLength(19_999);
  });
});
