import { describe, expect, it } from '@jest/globals';

import type { ActionResult } from '../../src/action-result.ts';
import type { Dispatcher, Handover, Job, JobRunner } from '../../src/dispatcher.ts';
import { Poller } from '../../src/poller/poller.ts';
import { draft, EventLog, Gate, TestHandler, TestJournal, TestSource } from './support/fixtures.ts';
import { ManualClock } from './support/manual-clock.ts';

/** A dispatcher that does what the test says. */
class TestDispatcher implements Dispatcher {
  readonly isLocal: boolean = false;
  readonly jobs: Job[] = [];
  readonly results: (ActionResult | undefined)[] = [];
  starts = 0;
  closes = 0;
  onStart: () => Promise<void> | void = () => undefined;
  onDispatch: (job: Job, run: JobRunner) => Handover | Promise<Handover> = () => ({ isTaken: true });
  #run: JobRunner = () => Promise.resolve(undefined);

  async start(run: JobRunner): Promise<void> {
    this.starts += 1;
    this.#run = run;
    await this.onStart();
  }

  async dispatch(job: Job): Promise<Handover> {
    this.jobs.push(job);
    return this.onDispatch(job, this.#run);
  }

  idle(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closes += 1;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Does a job at once, as it is or otherwise. */
function doing(dispatcher: TestDispatcher, change: Partial<Job> = {}): TestDispatcher['onDispatch'] {
  return async (job, run) => {
    dispatcher.results.push(await run({ ...job, ...change }, { signal: new AbortController().signal }));
    return { isTaken: true };
  };
}

describe('Poller with a dispatcher', () => {
  describe('Good', () => {
    it('runOnce hands over plain data, and starts and closes what it needs', async () => {
      const dispatcher = new TestDispatcher();
      const signals = [draft()];
      const poller = new Poller({
        sources: [new TestSource(() => signals)],
        handlers: [new TestHandler()],
        dispatcher,
      });
      await poller.runOnce();
      const { payload, ...job } = dispatcher.jobs[0] ?? ({} as Job);
      expect(JSON.parse(payload)).toEqual(draft());
      expect(job).toEqual({
        ...{ key: expect.stringMatching(/^[0-9a-f]{64}$/), repo: 'host-uk/core', source: 'github' },
        ...{ handler: 'publish_draft', cycle: 1, attempt: 1, run: 1 },
      });
      await poller.runOnce(); // nobody has said how it ended
      expect(dispatcher.jobs).toHaveLength(2);
      signals.pop();
      await poller.runOnce();
      expect([dispatcher.starts, dispatcher.closes]).toEqual([2, 3]);
    });

    it('runOnce hands over no more what is done, and the next attempt of what has failed, wherever that was', async () => {
      const clock = new ManualClock();
      const dispatcher = new TestDispatcher();
      const options = { clock, random: () => 1, retry: { minDelayMs: 1000 } };
      const sources = [new TestSource([draft()])];
      const poller = new Poller({ sources, handlers: [new TestHandler()], dispatcher, ...options });
      dispatcher.onDispatch = ({ attempt }): Handover => ({
        isTaken: false,
        outcome: { attempt, success: attempt === 2, at: clock.now() },
      });
      for (const ms of [0, 999, 1, 1000, 100_000]) {
        await clock.pass(ms);
        await poller.runOnce();
      }
      expect(dispatcher.jobs.map(({ attempt, run }) => [attempt, run])).toEqual([
        [1, 1],
        [2, 2],
      ]);
    });
  });

  describe('Bad', () => {
    it('runOnce leaves the others to the next poll where the queue does not answer', async () => {
      const dispatcher = new TestDispatcher();
      const events = new EventLog();
      const sources = [new TestSource([draft(), draft({ prNumber: 2 }), draft({ prNumber: 3 })])];
      const handlers = [new TestHandler()];
      const poller = new Poller({ sources, handlers, dispatcher, events: events.listen });
      dispatcher.onDispatch = ({ payload }): Handover => {
        if (payload.includes('"prNumber":2')) throw new Error('redis://:hunter22@example.org is gone');
        return { isTaken: true };
      };
      await poller.runOnce();
      expect(dispatcher.jobs).toHaveLength(2);
      expect(events.of('dispatch-failed').map(({ error: { code, message } }) => [code, message])).toEqual([
        ['ERR_JOBRUNNER_QUEUE_FAILED', 'Cannot hand over publish_draft: redis://***@example.org is gone'],
      ]);
      expect(poller.cycle).toBe(1);
    });

    it('runOnce starts the dispatcher again that could not be started', async () => {
      const dispatcher = new TestDispatcher();
      dispatcher.onStart = (): void => {
        if (dispatcher.starts === 1) throw new Error('refused');
      };
      const poller = new Poller({ sources: [new TestSource([draft()])], handlers: [new TestHandler()], dispatcher });
      await poller.runOnce();
      await poller.runOnce();
      expect([dispatcher.starts, dispatcher.jobs.length]).toEqual([2, 1]);
    });

    it('runOnce fails a job whose handler it does not have, with a line', async () => {
      const dispatcher = new TestDispatcher();
      const journal = new TestJournal();
      const handlers = [new TestHandler()];
      const poller = new Poller({ sources: [new TestSource([draft()])], handlers, dispatcher, journal });
      dispatcher.onDispatch = doing(dispatcher, { handler: 'other' });
      await poller.runOnce();
      const why = 'Cannot do the work of handler "other": this process has no handler of that name';
      expect(journal.ends).toEqual([`other 1 finished ${why}`]);
    });

    it('runOnce fails a job that holds no signal', async () => {
      const dispatcher = new TestDispatcher();
      const handler = new TestHandler();
      dispatcher.onDispatch = doing(dispatcher, { payload: '{"epicNumber":1}' });
      await new Poller({ sources: [new TestSource([draft()])], handlers: [handler], dispatcher }).runOnce();
      expect([handler.calls, dispatcher.results.map((result) => result?.error)]).toEqual([
        [],
        ['the job holds no signal'],
      ]);
    });
  });

  describe('Ugly', () => {
    it('run does what others have handed over, also without sources, and tries again where it could not join', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const dispatcher = new TestDispatcher();
      const warnings: string[] = [];
      const quiet = (): void => undefined;
      const logger = { debug: quiet, info: quiet, warn: (text: string): unknown => warnings.push(text), error: quiet };
      dispatcher.onStart = (): void => {
        if (dispatcher.starts === 1) throw new Error('refused');
      };
      const poller = new Poller({ dispatcher, clock, logger, pollIntervalMs: 1000, dryRun: true });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await clock.pass(1000);
      expect(dispatcher.starts).toBe(0);
      poller.dryRun = false;
      await clock.pass(1000);
      expect([dispatcher.starts, warnings]).toEqual([1, ['cannot work for others']]);
      await clock.pass(5000);
      expect(dispatcher.starts).toBe(2);
      stop.abort(new Error('enough'));
      expect(await running).toBe(stop.signal.reason);
      expect([dispatcher.closes, clock.waiting]).toEqual([1, 0]);
    });

    it('dryRun starts no dispatcher, and gives jobs back that come all the same', async () => {
      const dispatcher = new TestDispatcher();
      const handler = new TestHandler();
      const sources = [new TestSource([draft()])];
      const poller = new Poller({ sources, handlers: [handler], dispatcher, dryRun: true });
      await poller.runOnce();
      expect(dispatcher.starts).toBe(0);
      poller.dryRun = false;
      dispatcher.onDispatch = (job, run): Promise<Handover> => {
        poller.dryRun = true;
        return doing(dispatcher)(job, run) as Promise<Handover>;
      };
      await poller.runOnce();
      expect([dispatcher.results, handler.calls]).toEqual([[undefined], []]);
    });

    it('runOnce closes a dispatcher again that has started only after an abort', async () => {
      const dispatcher = new TestDispatcher();
      const gate = new Gate();
      dispatcher.onStart = (): Promise<void> => gate.pass();
      const stop = new AbortController();
      const poller = new Poller({ sources: [new TestSource([draft()])], handlers: [new TestHandler()], dispatcher });
      const running = poller.runOnce({ signal: stop.signal });
      await gate.reached;
      stop.abort(new Error('enough'));
      gate.open();
      await expect(running).rejects.toThrow('enough');
      expect([dispatcher.starts, dispatcher.closes]).toEqual([1, 2]);
    });

    it('dryRun goes on where the journal does not take its lines', async () => {
      const journal = new TestJournal();
      journal.onAppend = (): never => {
        throw new Error('no space left');
      };
      const events = new EventLog();
      const options = { sources: [new TestSource([draft()])], handlers: [new TestHandler()], journal, dryRun: true };
      const poller = new Poller({ ...options, events: events.listen });
      await poller.runOnce();
      expect(events.of('journal-failed')).toHaveLength(1);
      expect(poller.cycle).toBe(1);
    });

    it('runOnce begins nothing after an abort, not even what was delivered again', async () => {
      const dispatcher = new TestDispatcher();
      const journal = new TestJournal();
      const handler = new TestHandler();
      const stop = new AbortController();
      const poller = new Poller({ sources: [new TestSource([draft()])], handlers: [handler], dispatcher, journal });
      dispatcher.onDispatch = async (job, run): Promise<Handover> => {
        journal.onAppend = (): void => {
          stop.abort(new Error('enough'));
        };
        dispatcher.results.push(await run({ ...job, attempt: 2, cutOff: 1 }, { signal: stop.signal }));
        return { isTaken: true };
      };
      await expect(poller.runOnce({ signal: stop.signal })).rejects.toThrow('enough');
      expect([dispatcher.results, handler.calls]).toEqual([[undefined], []]);
      expect(journal.ends).toEqual(['publish_draft 1 finished its process ended before it was done']);
    });
  });
});
