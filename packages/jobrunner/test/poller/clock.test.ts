import { describe, expect, it } from '@jest/globals';

import { Alarm } from '../../src/poller/alarm.ts';
import { systemClock } from '../../src/poller/clock.ts';
import { ManualClock, settled } from './support/manual-clock.ts';

const never = new AbortController().signal;

describe('systemClock', () => {
  describe('Good', () => {
    it('wait resolves after its time, and not before', async () => {
      const startedMs = systemClock.monotonicMs();
      await systemClock.wait(5, { signal: never });
      expect(systemClock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(4);
      expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
    });
  });

  describe('Bad', () => {
    it('wait rejects with the reason, before it begins and while it waits, however long that is', async () => {
      const reason = new Error('enough');
      await expect(systemClock.wait(1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const stop = new AbortController();
      const waiting = systemClock.wait(Infinity, { signal: stop.signal });
      stop.abort(reason);
      await expect(waiting).rejects.toBe(reason);
    });
  });
});

describe('Alarm', () => {
  describe('Good', () => {
    it('waitUntil resolves when the time has come, or when it rings, also before', async () => {
      const clock = new ManualClock();
      const alarm = new Alarm(clock);
      let woken = 0;
      const wait = (ms: number): void => void alarm.waitUntil(ms, never).then(() => (woken += 1));
      wait(100);
      await clock.pass(99);
      expect(woken).toBe(0);
      await clock.pass(1);
      expect(woken).toBe(1);
      wait(1000);
      alarm.ring();
      await settled();
      expect([woken, clock.waiting]).toEqual([2, 0]);
      alarm.ring();
      wait(1000);
      await settled();
      expect([woken, clock.waiting]).toEqual([3, 0]);
      wait(1000);
      await settled();
      expect([woken, clock.waiting]).toEqual([3, 1]);
      alarm.ring();
    });
  });

  describe('Ugly', () => {
    it('waitUntil resolves when it is aborted, and leaves no timer', async () => {
      const clock = new ManualClock();
      const alarm = new Alarm(clock);
      await alarm.waitUntil(1000, AbortSignal.abort());
      const stop = new AbortController();
      const waiting = alarm.waitUntil(Infinity, stop.signal);
      stop.abort();
      await waiting;
      expect(clock.waiting).toBe(0);
    });

    it('waitUntil rejects where the clock does', async () => {
      const broken = { ...systemClock, wait: () => Promise.reject(new Error('no time')) };
      await expect(new Alarm(broken).waitUntil(1, never)).rejects.toThrow('no time');
    });
  });
});
