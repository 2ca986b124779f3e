import { describe, expect, it } from '@jest/globals';

import { type DeadlineOptions, underDeadline } from '../../src/poller/deadline.ts';
import { Gate } from './support/fixtures.ts';
import { ManualClock } from './support/manual-clock.ts';

const late = new Error('too late');

function options(clock: ManualClock, signal: AbortSignal = new AbortController().signal): DeadlineOptions {
  return { clock, signal, timeoutMs: 1000, graceMs: 500, lateMs: 100, timeout: () => late };
}

describe('underDeadline', () => {
  describe('Good', () => {
    it('underDeadline is what the work comes to, and leaves no timer', async () => {
      const clock = new ManualClock();
      expect(await underDeadline(() => Promise.resolve(7), options(clock))).toBe(7);
      await expect(underDeadline(() => Promise.reject(late), options(clock))).rejects.toBe(late);
      expect(clock.waiting).toBe(0);
    });

    it('underDeadline gives what the work comes to in the grace period after an abort', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const gate = new Gate();
      const work = underDeadline(() => gate.pass().then(() => 7), options(clock, stop.signal));
      await gate.reached;
      stop.abort(new Error('enough'));
      await clock.pass(499);
      gate.open();
      expect(await work).toBe(7);
      expect(clock.waiting).toBe(0);
    });
  });

  describe('Bad', () => {
    it('underDeadline begins nothing where it was aborted before', async () => {
      const reason = new Error('enough');
      let calls = 0;
      const work = (): Promise<number> => Promise.resolve((calls += 1));
      await expect(underDeadline(work, options(new ManualClock(), AbortSignal.abort(reason)))).rejects.toBe(reason);
      expect(calls).toBe(0);
    });

    it('underDeadline refuses what is late, whatever it comes to after that', async () => {
      const clock = new ManualClock();
      const gate = new Gate();
      let seen: unknown;
      const work = underDeadline(async (signal) => {
        await gate.pass();
        seen = signal.reason;
        return 7;
      }, options(clock));
      const refused = expect(work).rejects.toBe(late);
      await clock.pass(1050);
      gate.open();
      await refused;
      expect([seen, clock.waiting]).toEqual([late, 0]);
    });
  });

  describe('Ugly', () => {
    it('underDeadline waits no longer than it may, late or aborted', async () => {
      const clock = new ManualClock();
      const stuck = (): Promise<never> => new Promise(() => undefined);
      const isLate = expect(underDeadline(stuck, options(clock))).rejects.toBe(late);
      await clock.pass(1100);
      await isLate;
      const stop = new AbortController();
      const reason = new Error('enough');
      const isStopped = expect(underDeadline(stuck, options(clock, stop.signal))).rejects.toBe(reason);
      stop.abort(reason);
      await clock.pass(500);
      await isStopped;
      expect(clock.waiting).toBe(0);
    });

    it('underDeadline refuses what is thrown before there is a promise', async () => {
      const clock = new ManualClock();
      const work = (): Promise<number> => {
        throw late;
      };
      await expect(underDeadline(work, options(clock))).rejects.toBe(late);
      expect(clock.waiting).toBe(0);
    });
  });
});
