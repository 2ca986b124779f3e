import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { has, needs } from '@core/tooling/needs';

import { BullmqDispatcher } from '../../src/bullmq/bullmq-dispatcher.ts';
import type { BullmqDispatcherOptions } from '../../src/bullmq/options.ts';
import type { Job, JobRunner } from '../../src/dispatcher.ts';
import { Poller } from '../../src/poller/poller.ts';
import { encodeSignal } from '../../src/signal-codec.ts';
import { done, draft, EventLog, Gate, TestHandler, TestJournal, TestSource } from '../poller/support/fixtures.ts';
import { startRedis, type TestServer } from './support/servers.ts';
import { STORE_KINDS } from './support/store-kinds.ts';

jest.setTimeout(60_000); // servers are started, and the machine may be busy

const opened: BullmqDispatcher[] = [];

/** A dispatcher that is closed after the test, whatever becomes of that. */
function open(options: BullmqDispatcherOptions): BullmqDispatcher {
  const dispatcher = new BullmqDispatcher(options);
  opened.push(dispatcher);
  return dispatcher;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((dispatcher) => dispatcher.close()));
});

function job(key: string, changes: Partial<Job> = {}): Job {
  return {
    key,
    repo: 'host-uk/core',
    source: 'github',
    handler: 'h',
    cycle: 1,
    attempt: 1,
    run: 1,
    payload: '{}',
    ...changes,
  };
}

/** A runner that keeps what it is given. */
function recorder(work: (job: Job, signal: AbortSignal) => unknown = () => undefined): {
  readonly jobs: Job[];
  readonly run: JobRunner;
} {
  const jobs: Job[] = [];
  const run: JobRunner = async (one, { signal }) => {
    jobs.push(one);
    await work(one, signal);
    return done(draft());
  };
  return { jobs, run };
}

describe.each(STORE_KINDS)('BullmqDispatcher on $name', ({ tool, start, store }) => {
  let server: TestServer | undefined;
  let count = 0;

  beforeAll(async () => {
    if (has(tool)) server = await start();
  }, 60_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  /** The options of a fresh queue. */
  function fresh(options: Partial<BullmqDispatcherOptions> = {}): BullmqDispatcherOptions {
    count += 1;
    return { name: `test-${String(count)}`, leaseMs: 20_000, ...options, ...store(server?.url ?? '') };
  }

  describe('Good', () => {
    needs(tool)('dispatch has a job done once, whoever hands it over, and tells how it ended', async () => {
      const options = fresh();
      const first = open(options);
      const second = open(options);
      const { jobs, run } = recorder();
      await first.start(run);
      await second.start(run);
      expect(await first.dispatch(job('a'))).toEqual({ isTaken: true });
      await first.idle();
      for (const dispatcher of [first, second]) {
        const { isTaken, outcome } = await dispatcher.dispatch(job('a'));
        expect({ isTaken, ...outcome }).toEqual({ isTaken: false, attempt: 1, success: true, at: expect.any(Number) });
      }
      expect(await second.dispatch(job('a', { run: 2, attempt: 2 }))).toEqual({ isTaken: true });
      await second.idle();
      expect(jobs.map(({ key, run: number }) => [key, number])).toEqual([
        ['a', 1],
        ['a', 2],
      ]);
    });

    needs(tool)('dispatch never overlaps jobs of a repository, and bounds all others', async () => {
      const options = fresh({ concurrency: 2 });
      const nodes = [open(options), open(options)];
      const busy = new Set<string>();
      let [overlaps, most, here] = [0, 0, 0];
      for (const node of nodes) {
        let own = 0;
        await node.start(async ({ repo }) => {
          overlaps += busy.has(repo) ? 1 : 0;
          busy.add(repo);
          most = Math.max(most, (own += 1));
          here += 1;
          await new Promise((resolve) => setImmediate(resolve));
          own -= 1;
          busy.delete(repo);
          return done(draft());
        });
      }
      await Promise.all(
        Array.from({ length: 40 }, async (_, at) =>
          nodes[at % 2]?.dispatch(job(`k${String(at)}`, { repo: `host-uk/${String(at % 5)}` })),
        ),
      );
      await Promise.all(nodes.map((node) => node.idle()));
      expect({ overlaps, here }).toEqual({ overlaps: 0, here: 40 });
      expect(most).toBeLessThanOrEqual(2);
    });

    needs(tool)('start does what others have handed over, in repositories that nobody has told it of', async () => {
      const options = fresh({ concurrency: 1 });
      const [first, second] = [open(options), open(options)];
      const gate = new Gate();
      await first.start(async () => {
        await gate.pass();
        return done(draft());
      });
      await first.dispatch(job('a'));
      await gate.reached; // it has no room for more
      const others = ['b', 'c', 'd'];
      for (const key of others) await first.dispatch(job(key, { repo: `host-uk/${key}` }));
      const seen = new Gate();
      const { jobs, run } = recorder(() => {
        if (jobs.length > others.length) void seen.pass();
      });
      await second.start(run);
      await first.dispatch(job('e', { repo: 'host-uk/late' }));
      await seen.reached;
      gate.open();
      await first.idle();
      expect(jobs.map(({ key }) => key).toSorted()).toEqual([...others, 'e']);
    });

    needs(tool)('Poller without sources does what others have found', async () => {
      const options = fresh({ concurrency: 1 });
      const first = open(options);
      const gate = new Gate();
      await first.start(async () => {
        await gate.pass();
        return done(draft());
      });
      await first.dispatch(job('a'));
      await gate.reached;
      await first.dispatch(job('b', { repo: 'host-uk/web', payload: encodeSignal(draft({ repoName: 'web' })) }));
      const stop = new AbortController();
      const [handler, events] = [new TestHandler(undefined, 'h'), new EventLog()];
      const poller = new Poller({ handlers: [handler], dispatcher: open(options), events: events.listen });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await events.until('action-finished');
      stop.abort(new Error('enough'));
      expect(await running).toBe(stop.signal.reason);
      expect(handler.calls.map(({ repoName }) => repoName)).toEqual(['web']);
      gate.open();
      await first.idle();
    });

    needs(tool)('Poller acts once on each of 120 signals that three nodes see in each of five cycles', async () => {
      const signals = Array.from({ length: 120 }, (_, at) =>
        draft({ prNumber: at + 1, repoName: `r${String(at % 4)}` }),
      );
      const options = fresh();
      const busy = new Set<string>();
      let overlaps = 0;
      const handler = new TestHandler(async (one) => {
        overlaps += busy.has(one.repoName) ? 1 : 0;
        busy.add(one.repoName);
        await new Promise((resolve) => setImmediate(resolve));
        busy.delete(one.repoName);
        return done(one);
      });
      const nodes = [1, 2, 3].map(() => {
        const dispatcher = open(options);
        return new Poller({ sources: [new TestSource(signals)], handlers: [handler], dispatcher });
      });
      await Promise.all(
        nodes.map(async (node) => {
          for (let cycle = 0; cycle < 5; cycle += 1) await node.runOnce();
        }),
      );
      expect(new Set(handler.calls.map(({ prNumber }) => prNumber)).size).toBe(120);
      expect({ calls: handler.calls.length, overlaps }).toEqual({ calls: 120, overlaps: 0 });
      expect(nodes.map(({ cycle }) => cycle)).toEqual([5, 5, 5]);
    });

    needs(tool)('Poller tries on any node again what has failed on another, and gives it up once', async () => {
      const options = fresh();
      const journal = new TestJournal();
      const events = new EventLog();
      const handler = new TestHandler(() => {
        throw new Error('no luck');
      });
      const source = new TestSource([draft()]);
      const nodes = [1, 2].map(
        () =>
          new Poller({
            ...{ sources: [source], handlers: [handler], journal, dispatcher: open(options) },
            ...{ events: events.listen, maxAttempts: 3, retry: { minDelayMs: 0 } },
          }),
      );
      for (let cycle = 0; cycle < 5; cycle += 1) for (const node of nodes) await node.runOnce();
      expect(journal.ends).toEqual([
        'publish_draft 1 finished no luck',
        'publish_draft 2 finished no luck',
        'publish_draft 3 dead_letter no luck',
      ]);
      expect([source.reports.length, events.of('action-dead-lettered').length]).toEqual([1, 1]);
    });
  });

  describe('Ugly', () => {
    needs(tool)('close gives back what was not begun, and somebody else does it', async () => {
      const options = fresh({ concurrency: 1 });
      const first = open(options);
      const gate = new Gate();
      const reasons: unknown[] = [];
      await first.start(async (_, { signal }) => {
        await gate.pass();
        reasons.push(signal.reason);
        return undefined;
      });
      await first.dispatch(job('a'));
      await gate.reached;
      const reason = new Error('enough');
      const closing = first.close({ graceMs: 10_000, reason });
      gate.open();
      await closing;
      expect(reasons).toEqual([reason]);
      const second = open(options);
      const work = new Gate();
      const { jobs, run } = recorder(() => work.pass());
      await second.start(run);
      await work.reached;
      expect(await second.dispatch(job('a'))).toEqual({ isTaken: false });
      await second.dispatch(job('b'));
      work.open();
      await second.idle();
      expect(jobs.map(({ key, attempt }) => [key, attempt])).toEqual(
        expect.arrayContaining([
          ['a', 1],
          ['b', 1],
        ]),
      );
    });

    needs(tool)(
      'close leaves a job that does not end to others, as the next attempt, and stops its renewal',
      async () => {
        const options = fresh({ leaseMs: 1000 });
        const first = open(options);
        const gate = new Gate();
        await first.start(async () => {
          await gate.pass();
          return undefined;
        });
        await first.dispatch(job('a'));
        await gate.reached;
        await first.close({ graceMs: 1 });
        const second = open(options);
        const work = new Gate();
        const { jobs, run } = recorder(() => work.pass());
        await second.start(run);
        await work.reached;
        expect(await second.dispatch(job('a'))).toEqual({ isTaken: false });
        expect(jobs.map(({ attempt, cutOff }) => [attempt, cutOff])).toEqual([[2, 1]]);
        work.open();
        gate.open();
      },
    );

    needs(tool)('start can follow close, and what was done is still known', async () => {
      const dispatcher = open(fresh());
      const { jobs, run } = recorder();
      for (let round = 0; round < 3; round += 1) {
        await dispatcher.start(run);
        await dispatcher.dispatch(job('a'));
        await dispatcher.dispatch(job(`b${String(round)}`));
        await dispatcher.idle();
        await dispatcher.close();
        expect(await dispatcher.dispatch(job('c'))).toEqual({ isTaken: false });
      }
      expect(jobs.map(({ key }) => key).toSorted()).toEqual(['a', 'b0', 'b1', 'b2']);
    });

    needs(tool)('dispatch takes repositories of the longest names', async () => {
      const dispatcher = open(fresh());
      const { jobs, run } = recorder();
      await dispatcher.start(run);
      await dispatcher.dispatch(job('f'.repeat(64), { repo: `${'o'.repeat(39)}/${'n.-_'.repeat(25)}` }));
      await dispatcher.idle();
      expect(jobs).toHaveLength(1);
    });
  });
});

describe('BullmqDispatcher', () => {
  describe('Ugly', () => {
    needs('redis-server')('dispatch goes on when a Redis is back that was gone, without a restart', async () => {
      const server = await startRedis();
      const warnings: string[] = [];
      const warn = (message: string): unknown => warnings.push(message);
      const quiet = (): void => undefined;
      const logger = { debug: quiet, info: quiet, warn, error: quiet };
      const dispatcher = open({ redis: server.url, leaseMs: 20_000, logger });
      const gate = new Gate();
      const { jobs, run } = recorder(async ({ key }) => {
        if (key === 'a') await gate.pass();
      });
      await dispatcher.start(run);
      await dispatcher.dispatch(job('a'));
      await gate.reached;
      await server[Symbol.asyncDispose]();
      const handover = dispatcher.dispatch(job('b', { repo: 'host-uk/web' }));
      await using back = await startRedis(new URL(server.url).port);
      expect(await handover).toEqual({ isTaken: true });
      expect(back.url).toBe(server.url);
      gate.open(); // the queue has forgotten what this job was
      await dispatcher.idle();
      expect(jobs.map(({ key }) => key)).toEqual(['a', 'b']);
      expect(warnings).toContain('cannot end a job');
      await dispatcher.close();
    });
  });

  describe('Bad', () => {
    it.each([
      [{}, TypeError, /either redis or postgres/],
      [{ redis: 'redis://x', postgres: 'postgres://x' }, TypeError, /either redis or postgres/],
      [{ redis: 'redis://x', name: 'a:b' }, TypeError, /name must be/],
      [{ redis: 'redis://x', leaseMs: 10 }, RangeError, /leaseMs must be a whole number from 1000/],
      [{ redis: 'redis://x', concurrency: 0 }, RangeError, /concurrency/],
      [{ redis: 'redis://x', rememberMs: 0 }, RangeError, /rememberMs/],
    ])('BullmqDispatcher refuses %j', (options, kind, message) => {
      const make = (): BullmqDispatcher => new BullmqDispatcher(options as never);
      expect(make).toThrow(kind);
      expect(make).toThrow(message);
    });

    it('dispatch takes nothing before the start', async () => {
      const dispatcher = open({ redis: 'redis://127.0.0.1:1' });
      expect(await dispatcher.dispatch(job('a'))).toEqual({ isTaken: false });
      await dispatcher.idle();
    });

    it('dispatch rejects with ERR_JOBRUNNER_QUEUE_FAILED where no Redis answers within a lease', async () => {
      const dispatcher = open({ redis: 'redis://:s3cret-word@127.0.0.1:1', leaseMs: 1000 });
      await dispatcher.start(() => Promise.resolve(undefined));
      const refused = await dispatcher.dispatch(job('a')).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'ERR_JOBRUNNER_QUEUE_FAILED', op: 'queue.dispatch', id: 'core-jobs' });
      expect(String(refused)).not.toContain('s3cret-word');
    });

    it('start rejects with ERR_JOBRUNNER_QUEUE_FAILED where no PostgreSQL answers', async () => {
      const dispatcher = open({ postgres: 'postgres://me:s3cret-word@127.0.0.1:1/x' });
      const refused = await dispatcher.start(() => Promise.resolve(undefined)).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'ERR_JOBRUNNER_QUEUE_FAILED' });
      expect(String(refused)).not.toContain('s3cret-word');
    });
  });
});
