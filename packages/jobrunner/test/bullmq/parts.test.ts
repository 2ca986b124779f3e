import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { Awaited } from '../../src/bullmq/awaited.ts';
import { Bell } from '../../src/bullmq/bell.ts';
import { idOf } from '../../src/bullmq/lane.ts';
import { underLease } from '../../src/bullmq/lease.ts';
import { optionalPeer } from '../../src/bullmq/optional-peer.ts';
import type { StoredJob } from '../../src/bullmq/store.ts';
import { jobrunnerRefusalOf } from '../../src/testing/refusal.ts';

/** A job whose lease is renewed, or is not. */
function stored(extendLock: () => Promise<number>): StoredJob {
  return { data: { repo: 'host-uk/core', handler: 'h' }, extendLock } as unknown as StoredJob;
}

async function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(signal.reason);
    });
  });
}

const never = new AbortController().signal;

afterEach(() => {
  jest.useRealTimers();
});

describe('optionalPeer', () => {
  describe('Bad', () => {
    it('optionalPeer rejects with ERR_JOBRUNNER_QUEUE_FAILED, and says what to install', async () => {
      const missing = (): Promise<never> => Promise.reject(new Error("Cannot find package 'bullmq'"));
      const error = await jobrunnerRefusalOf(() => optionalPeer('bullmq', missing), 'ERR_JOBRUNNER_QUEUE_FAILED');
      expect([error.id, error.hint]).toEqual(['bullmq', 'Install it beside @core/jobrunner: npm install bullmq']);
    });
  });
});

describe('underLease', () => {
  describe('Good', () => {
    it('underLease renews the lease for as long as the work takes', async () => {
      jest.useFakeTimers();
      let renewals = 0;
      const job = stored(async () => {
        await new Promise((resolve) => setTimeout(resolve, 1900)); // the first one is in time, just
        return (renewals += 1);
      });
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const working = underLease(job, { token: 't', leaseMs: 3000, stop: never }, async (signal) => {
        await finished;
        return signal.aborted;
      });
      await jest.advanceTimersByTimeAsync(60_000);
      finish();
      expect(await working).toBe(false);
      expect(renewals).toBe(58);
      await jest.advanceTimersByTimeAsync(60_000); // answers that come when nobody needs them any more
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  describe('Ugly', () => {
    it.each([
      ['another process has it', (): Promise<number> => Promise.resolve(0)],
      ['nobody could be asked for a lease', (): Promise<number> => Promise.reject(new Error('gone'))],
      ['nobody has answered for a lease', (): Promise<number> => new Promise(() => undefined)],
    ])('underLease aborts the work where %s', async (_, extendLock) => {
      const reason = await underLease(stored(extendLock), { token: 't', leaseMs: 3, stop: never }, aborted);
      expect(reason).toMatchObject({ code: 'ERR_JOBRUNNER_QUEUE_FAILED', op: 'queue.renew', id: 'host-uk/core' });
    });

    it('underLease passes on that all work is to end', async () => {
      const stop = new AbortController();
      const options = { token: 't', leaseMs: 60_000, stop: stop.signal };
      const work = underLease(
        stored(() => Promise.resolve(1)),
        options,
        aborted,
      );
      stop.abort('enough');
      expect(await work).toBe('enough');
      expect(
        await underLease(
          stored(() => Promise.resolve(1)),
          options,
          (signal) => Promise.resolve(signal.reason),
        ),
      ).toBe('enough');
    });
  });
});

describe('Bell', () => {
  describe('Good', () => {
    it('wait ends with the time, and when it rings, also before', async () => {
      const bell = new Bell();
      await bell.wait(1);
      const waiting = bell.wait(2 ** 30);
      bell.ring();
      await waiting;
      bell.ring();
      await bell.wait(2 ** 30);
    });
  });
});

describe('Awaited', () => {
  describe('Good', () => {
    it('isIn knows the repositories in which anything is left', () => {
      const awaited = new Awaited();
      for (const id of ['1', '2', '2']) awaited.add(id, 'a/b');
      awaited.add('3', 'a/c');
      expect([awaited.delete('1'), awaited.delete('1'), awaited.isIn('a/b'), awaited.isEmpty]).toEqual([
        ...[true, false],
        ...[true, false],
      ]);
      expect([awaited.delete('2'), awaited.isIn('a/b'), awaited.all]).toEqual([true, false, [['3', 'a/c']]]);
      awaited.clear();
      expect([awaited.isEmpty, awaited.isIn('a/c')]).toEqual([true, false]);
    });
  });
});

describe('idOf', () => {
  describe('Good', () => {
    it('idOf is the key, and tells later runs apart', () => {
      expect([1, 2].map((run) => idOf({ key: 'k', run }))).toEqual(['k', 'k-2']);
    });
  });
});
