import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { SourceSchedule } from '../../src/poller/source-schedule.ts';
import { TestSource } from './support/fixtures.ts';

function schedule(random: number = 1): SourceSchedule {
  const options = { pollIntervalMs: 1000, maxBackoffMs: 8000, random: () => random };
  const made = new SourceSchedule(new TestSource(), options);
  made.restart(0);
  return made;
}

/** A poll from then to then. */
function poll(one: SourceSchedule, fromMs: number, toMs: number, failure?: { readonly retryAfterMs: number }): number {
  one.begin(fromMs);
  one.judge(toMs, failure);
  one.end(toMs);
  return one.dueAtMs;
}

describe('SourceSchedule', () => {
  describe('Good', () => {
    it('dueAtMs is every tick, whether a poll was quick, late or slow', () => {
      const one = schedule();
      expect(one.dueAtMs).toBe(0);
      expect(poll(one, 0, 10)).toBe(1000);
      expect(poll(one, 1003, 1010)).toBe(2000);
      expect(poll(one, 2000, 4500)).toBe(5000);
      expect(poll(one, 5000, 6000)).toBe(6000);
    });

    it('dueAtMs is never while a poll is under way, however long its time is up', () => {
      const one = schedule();
      one.begin(0);
      expect([one.dueAtMs, one.isPolling]).toEqual([Infinity, true]);
      one.judge(500, { retryAfterMs: 0 });
      expect([one.dueAtMs, one.isPolling]).toEqual([Infinity, true]);
      one.end(7300);
      expect([one.dueAtMs, one.isPolling]).toEqual([8000, false]);
    });

    it('begin gives the repositories that it was woken for, once', () => {
      const one = schedule();
      poll(one, 0, 10);
      one.wake(20, 'a/b');
      one.wake(30, 'a/c');
      one.wake(30);
      expect(one.dueAtMs).toBe(500);
      expect(one.begin(500)).toEqual(['a/b', 'a/c']);
      one.wake(1010, 'a/d');
      one.judge(1020);
      one.end(1020);
      expect([one.dueAtMs, one.begin(1020), one.isPolling]).toEqual([1020, ['a/d'], true]);
    });
  });

  describe('Ugly', () => {
    it('begin gives the repositories of a poll that failed once more, beside those that came meanwhile', () => {
      const one = schedule();
      one.wake(0, 'a/b');
      expect(one.begin(0)).toEqual(['a/b']);
      one.wake(5, 'a/c');
      one.judge(10, { retryAfterMs: 0 });
      one.end(10);
      expect([one.dueAtMs, one.begin(1000)]).toEqual([2000, ['a/c', 'a/b']]);
      one.judge(1010);
      one.end(1010);
      expect(one.begin(2000)).toEqual([]);
    });

    it('judge leaves a source alone for longer with each failure, and for as long as it asks for', () => {
      const one = schedule();
      expect(poll(one, 0, 0, { retryAfterMs: 0 })).toBe(1000);
      expect(poll(one, 1000, 1000, { retryAfterMs: 0 })).toBe(3000);
      expect(poll(one, 3000, 3000, { retryAfterMs: 60_000 })).toBe(63_000);
      one.wake(4000, 'a/b');
      expect(one.dueAtMs).toBe(63_000);
      expect(poll(one, 63_000, 63_001)).toBe(64_000);
    });

    it('dueAtMs never makes a busy loop: there is time between two polls', () => {
      const step = fc.record({
        took: fc.nat(3000),
        fails: fc.boolean(),
        wakes: fc.boolean(),
        chance: fc.double({ min: 0, max: 1, noNaN: true }),
      });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
          let chance = 0;
          const one = new SourceSchedule(new TestSource(), {
            pollIntervalMs: 1000,
            maxBackoffMs: 8000,
            random: () => chance,
          });
          one.restart(0);
          let startedMs = -1000;
          for (const { took, fails, wakes, chance: next } of steps) {
            chance = next;
            expect(one.dueAtMs - startedMs).toBeGreaterThanOrEqual(500);
            startedMs = one.dueAtMs;
            one.begin(startedMs);
            if (wakes) one.wake(startedMs + took / 2);
            one.judge(startedMs + took, fails ? { retryAfterMs: 0 } : undefined);
            one.end(startedMs + took);
            expect(one.dueAtMs).toBeGreaterThanOrEqual(startedMs + took);
          }
        }),
      );
    });
  });
});
