import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { Awaited } from '../../src/bullmq/awaited.ts';
import { Bell } from '../../src/bullmq/bell.ts';
import { idOf, Lane } from '../../src/bullmq/lane.ts';
import { underLease } from '../../src/bullmq/lease.ts';
import { optionalPeer } from '../../src/bullmq/optional-peer.ts';
import { settledOptions } from '../../src/bullmq/options.ts';
import type { Store, StoredJob } from '../../src/bullmq/store.ts';
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

/** A store with one queue, which knows of this job. */
function storeWith(known: Partial<StoredJob> | undefined, refusal?: Error): { readonly store: Store; closed: number } {
  const seen = { closed: 0 };
  const done = (): Promise<void> => Promise.resolve();
  const part = {
    on: () => undefined,
    close: () => {
      seen.closed += 1;
      return done();
    },
    ...{ waitUntilReady: done, startStalledCheckTimer: done, add: done },
    setGlobalConcurrency: () => (refusal === undefined ? done() : Promise.reject(refusal)),
    getJob: () => Promise.resolve(known),
  };
  return Object.assign(seen, { store: { queue: () => part, worker: () => part } as unknown as Store });
}

const SETTINGS = { ...settledOptions({ redis: 'redis://127.0.0.1:1' }), name: 'q' };
const JOB = { key: 'k', repo: 'a/b', source: 's', handler: 'h', cycle: 1, attempt: 3, run: 1, payload: '{}' };

describe('Lane', () => {
  describe('Ugly', () => {
    it('put tells of a job that ended without a word, by another program, as failed', async () => {
      const { store } = storeWith({ data: JOB, finishedOn: 7, returnvalue: null as never });
      const lane = await Lane.open(store, 'a/b', SETTINGS);
      expect(await lane.put(JOB)).toEqual({ isTaken: false, outcome: { attempt: 3, success: false, at: 7 } });
      expect(await lane.isOver('k')).toBe(true);
    });

    it('isOver is true of a job that the queue has forgotten', async () => {
      const lane = await Lane.open(storeWith(undefined).store, 'a/b', SETTINGS);
      expect([await lane.isOver('k'), await lane.put(JOB)]).toEqual([true, { isTaken: true }]);
    });

    it('open that fails leaves neither queue nor worker open', async () => {
      const made = storeWith(undefined, new Error('too many clients'));
      await expect(Lane.open(made.store, 'a/b', SETTINGS)).rejects.toThrow('too many clients');
      expect(made.closed).toBe(2);
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
