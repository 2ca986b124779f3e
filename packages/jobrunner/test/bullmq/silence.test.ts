import { afterAll, afterEach, beforeAll, describe, expect, jest } from '@jest/globals';
import { has, needs } from '@core/tooling/needs';

import { BullmqDispatcher } from '../../src/bullmq/bullmq-dispatcher.ts';
import type { BullmqDispatcherOptions } from '../../src/bullmq/options.ts';
import type { Job } from '../../src/dispatcher.ts';
import { Poller } from '../../src/poller/poller.ts';
import { done, draft, EventLog, Gate, TestHandler, TestSource } from '../poller/support/fixtures.ts';
import { Leaver } from './support/leaver.ts';
import { type Relay, relay } from './support/relay.ts';
import { startPostgres, type TestServer } from './support/servers.ts';
import { STORE_KINDS } from './support/store-kinds.ts';

jest.setTimeout(120_000); // servers and processes are started, and the machine may be busy

/** Longer than any test may take: what waits for so long has not kept to what it was told. */
const FOR_EVER_MS = 600_000;
const ENOUGH = new Error('enough');

const opened: AsyncDisposable[] = [];

function later<T extends AsyncDisposable>(one: T): T {
  opened.push(one);
  return one;
}

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

function job(key: string, changes: Partial<Job> = {}): Job {
  const given = { source: 'github', handler: 'h', cycle: 1, attempt: 1, run: 1, payload: '{}' };
  return { ...given, key, repo: 'host-uk/core', ...changes };
}

function reasonOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it was done',
    (reason: unknown) => reason,
  );
}

describe.each(STORE_KINDS)('BullmqDispatcher on a $name that falls silent', ({ tool, start, store }) => {
  let server: TestServer | undefined;
  let count = 0;

  beforeAll(async () => {
    if (has(tool)) server = await start();
  }, 60_000);

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  /** A way of its own to the server, and a dispatcher that goes it. */
  async function onTheWay(
    options: Partial<BullmqDispatcherOptions> = {},
  ): Promise<{ readonly way: Relay; readonly dispatcher: BullmqDispatcher; readonly name: string }> {
    const way = later(await relay(server?.url ?? ''));
    const name = `silent-${String((count += 1))}`;
    const given = { name, leaseMs: FOR_EVER_MS, ...options, ...store(way.url) };
    return { way, name, dispatcher: later(new BullmqDispatcher(given)) };
  }

  describe('Ugly', () => {
    needs(tool)('close ends a start, and whatever else waits for an answer, with its reason', async () => {
      const { way, dispatcher } = await onTheWay();
      way.mute();
      const starting = reasonOf(dispatcher.start(() => Promise.resolve(undefined)));
      await way.unanswered;
      const dispatching = reasonOf(dispatcher.dispatch(job('a')));
      const idle = dispatcher.idle();
      await Promise.all([dispatcher.close({ graceMs: FOR_EVER_MS, reason: ENOUGH }), dispatcher.close()]);
      // a Redis is started before it was reached
      expect([await starting, await dispatching]).toEqual(
        tool === 'postgres' ? [ENOUGH, 'it was done'] : ['it was done', ENOUGH],
      );
      await idle;
      await way.left();
      expect(await dispatcher.dispatch(job('b'))).toEqual({ isTaken: false });
    });

    needs(tool)('close ends dispatch and idle in the middle of the work, and a start can follow', async () => {
      const { way, dispatcher, name } = await onTheWay();
      const gate = new Gate();
      await dispatcher.start(async (_, { signal }) => {
        await gate.pass();
        expect(signal.reason).toBe(ENOUGH);
        return done(draft());
      });
      await dispatcher.dispatch(job('a'));
      await gate.reached;
      way.mute();
      const dispatching = reasonOf(dispatcher.dispatch(job('b', { repo: 'host-uk/web' })));
      const idle = dispatcher.idle();
      await way.unanswered;
      const closing = dispatcher.close({ graceMs: FOR_EVER_MS, reason: ENOUGH });
      expect(await dispatching).toBe(ENOUGH);
      gate.open();
      await Promise.all([closing, idle]);
      await way.left();
      const next = later(new BullmqDispatcher({ name, leaseMs: 2000, ...store(server?.url ?? '') }));
      await next.start(() => Promise.resolve(done(draft())));
      expect(await next.dispatch(job('c', { repo: 'host-uk/other' }))).toEqual({ isTaken: true });
      await next.idle();
    });

    needs(tool)('Poller keeps to its signal', async () => {
      const { way, dispatcher } = await onTheWay();
      way.mute();
      const stop = new AbortController();
      const [source, handler, events] = [new TestSource([draft()]), new TestHandler(), new EventLog()];
      const poller = new Poller({ sources: [source], handlers: [handler], dispatcher, events: events.listen });
      const running = reasonOf(poller.run({ signal: stop.signal }));
      await Promise.all([way.unanswered, events.until('source-polled')]);
      stop.abort(ENOUGH);
      expect(await running).toBe(ENOUGH);
      expect([handler.calls.length, events.of('dispatch-failed')]).toEqual([0, []]);
      await way.left();
    });

    needs(tool)('a handler is told that its lease is lost, and somebody else does its job', async () => {
      const { way, dispatcher, name } = await onTheWay({ leaseMs: 1000 });
      const gate = new Gate();
      let reason: unknown;
      await dispatcher.start(async (_, { signal }) => {
        await gate.pass();
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            resolve();
          });
        });
        return undefined;
      });
      await dispatcher.dispatch(job('a'));
      await gate.reached;
      way.mute();
      gate.open();
      const other = later(new BullmqDispatcher({ name, leaseMs: 1000, ...store(server?.url ?? '') }));
      const again = new Promise<Job>((resolve) => {
        void other.start((one) => {
          resolve(one);
          return Promise.resolve(done(draft()));
        });
      });
      expect(await again).toMatchObject({ key: 'a', attempt: 2, cutOff: 1 });
      expect(reason).toMatchObject({ code: 'ERR_JOBRUNNER_QUEUE_FAILED', op: 'queue.renew' });
    });

    needs(tool)('dispatch and idle go on over cut connections: every job is done, and none is forgotten', async () => {
      const { way, dispatcher } = await onTheWay({ leaseMs: 1000, concurrency: 3 });
      const ran = new Set<string>();
      await dispatcher.start(({ key }) => {
        if (!ran.has(key) && ran.size % 4 === 0) way.hangUp();
        ran.add(key);
        return Promise.resolve(done(draft()));
      });
      const jobs = Array.from({ length: 24 }, (_, at) => job(`k${String(at)}`, { repo: `host-uk/${String(at % 6)}` }));
      for (const one of jobs) {
        for (let isIn = false; !isIn;) {
          isIn = await dispatcher.dispatch(one).then(
            () => true,
            () => false,
          );
        }
      }
      await dispatcher.idle();
      expect([...ran].toSorted()).toEqual(jobs.map(({ key }) => key).toSorted());
    });

    for (const isSilentFromTheStart of [true, false]) {
      const when = isSilentFromTheStart ? 'from the start' : 'later';
      needs(tool)(`close leaves nothing that holds a process up, silent ${when}`, async () => {
        const way = later(await relay(server?.url ?? ''));
        if (isSilentFromTheStart) way.mute();
        const name = `silent-${String((count += 1))}`;
        const leaver = later(new Leaver({ options: { name, ...store(way.url) }, isSilentFromTheStart }));
        expect(await leaver.next()).toBe('ready');
        way.mute();
        leaver.goOn();
        expect(await leaver.next()).toBe('waits');
        await way.unanswered;
        leaver.goOn();
        expect(await leaver.next()).toHaveLength(3);
        expect(await leaver.ended).toBe(0);
      });
    }
  });
});

describe('BullmqDispatcher on a PostgreSQL that goes away while it starts', () => {
  describe('Ugly', () => {
    needs('postgres')('close ends the start, wherever that is', async () => {
      await using server = await startPostgres();
      for (const mutesAfter of [1, 2, 3, 4, 6, 8]) {
        await using way = await relay(server.url, { mutesAfter });
        await using dispatcher = new BullmqDispatcher({ postgres: way.url });
        const starting = reasonOf(dispatcher.start(() => Promise.resolve(undefined)));
        await way.unanswered;
        await dispatcher.close({ reason: ENOUGH });
        expect([ENOUGH, 'it was done']).toContain(await starting);
        await way.left();
      }
    });

    needs('postgres')('start rejects with ERR_JOBRUNNER_QUEUE_FAILED, and can be tried again', async () => {
      await using server = await startPostgres();
      for (const questions of [1, 2, 3, 4, 5, 6]) {
        await using way = await relay(server.url, { hangsUpAfter: questions });
        await using dispatcher = new BullmqDispatcher({ postgres: way.url });
        const refused = await reasonOf(dispatcher.start(() => Promise.resolve(undefined)));
        expect(refused).toMatchObject({ code: 'ERR_JOBRUNNER_QUEUE_FAILED' });
      }
      await using dispatcher = new BullmqDispatcher({ postgres: server.url });
      await dispatcher.start(() => Promise.resolve(done(draft())));
      expect(await dispatcher.dispatch(job('a'))).toEqual({ isTaken: true });
      await dispatcher.idle();
    });
  });
});
