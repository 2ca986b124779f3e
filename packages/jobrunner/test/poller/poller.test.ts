import { describe, expect, it } from '@jest/globals';

import { MemoryMedium } from '@core/io';

import { draft, done, EventLog, Gate, TestHandler, TestJournal, TestSource } from './support/fixtures.ts';
import { ManualClock, settled } from './support/manual-clock.ts';
import { Journal } from '../../src/journal/journal.ts';
import { Poller } from '../../src/poller/poller.ts';
import type { PipelineSignal } from '../../src/pipeline-signal.ts';

const latest = (): number => 1;

/** Throws whatever is asked of it. */
function unreadable(): object {
  const fail = (): never => {
    throw new Error('unreadable');
  };
  return new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail });
}

describe('Poller', () => {
  describe('Good', () => {
    it('runOnce polls every source, and the first handler that matches acts', async () => {
      const source = new TestSource([draft(), draft({ prNumber: 2, isDraft: false })]);
      const first = new TestHandler();
      first.match = ({ isDraft }): boolean => isDraft;
      const second = new TestHandler(undefined, 'enable_auto_merge');
      const poller = new Poller({ sources: [source], handlers: [first, second] });
      await poller.runOnce();
      expect(first.calls.map(({ prNumber }) => prNumber)).toEqual([316]);
      expect(second.calls.map(({ prNumber }) => prNumber)).toEqual([2]);
      expect(source.reports.map(({ prNumber, success, cycle }) => ({ prNumber, success, cycle }))).toEqual(
        expect.arrayContaining([
          { prNumber: 316, success: true, cycle: 1 },
          { prNumber: 2, success: true, cycle: 1 },
        ]),
      );
    });

    it('cycle counts what is completed: 0 while the first runs', async () => {
      const seen: number[] = [];
      const handler = new TestHandler((one) => {
        seen.push(poller.cycle);
        return done(one);
      });
      const poller = new Poller({ sources: [new TestSource([draft()])], handlers: [handler] });
      await poller.runOnce();
      await poller.runOnce();
      expect([seen, poller.cycle]).toEqual([[0], 2]);
    });

    it('runOnce acts once for a state in 1,440 cycles, and once more when it changes', async () => {
      const signals = [draft()];
      const handler = new TestHandler();
      const poller = new Poller({ sources: [new TestSource(() => signals)], handlers: [handler] });
      for (let cycle = 0; cycle < 1440; cycle += 1) await poller.runOnce();
      expect(handler.calls).toHaveLength(1);
      signals[0] = draft({ issueTitle: 'Another', issueBody: 'text', lastReviewAt: new Date() });
      await poller.runOnce();
      expect(handler.calls).toHaveLength(1);
      signals[0] = draft({ lastCommitSha: 'beef123' });
      await poller.runOnce();
      expect(handler.calls).toHaveLength(2);
    });

    it('runOnce acts once across restarts, for the journal is the ledger', async () => {
      const journal = new TestJournal();
      const handler = new TestHandler();
      for (let start = 0; start < 3; start += 1) {
        await new Poller({ sources: [new TestSource([draft()])], handlers: [handler], journal }).runOnce();
      }
      expect(handler.calls).toHaveLength(1);
      expect(journal.ends).toEqual(['publish_draft 1 finished ok']);
    });

    it('runOnce acts again when the cooldown is over', async () => {
      const clock = new ManualClock();
      const handler = new TestHandler();
      const poller = new Poller({
        ...{ sources: [new TestSource([draft()])], handlers: [handler], clock },
        cooldownMs: 60_000,
      });
      const counts: number[] = [];
      for (const ms of [0, 59_999, 1, 30_000, 30_000]) {
        await clock.pass(ms);
        await poller.runOnce();
        counts.push(handler.calls.length);
      }
      expect(counts).toEqual([1, 1, 2, 2, 3]);
    });

    it('run polls at once and at every interval, and takes in what is added meanwhile', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const first = new TestSource();
      const poller = new Poller({ sources: [first], clock, pollIntervalMs: 1000 });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await settled();
      expect(first.polls).toHaveLength(1);
      await clock.pass(2999);
      expect(first.polls).toHaveLength(3);
      const second = new TestSource([draft()], 'second');
      const handler = new TestHandler();
      poller.addHandler(handler);
      poller.addSource(second);
      await settled();
      expect([first.polls.length, second.polls.length, handler.calls.length]).toEqual([3, 1, 1]);
      await clock.pass(1);
      await clock.pass(1000);
      expect([first.polls.length, second.polls.length]).toEqual([5, 2]); // two polls of one are never close together
      expect(poller.cycle).toBe(6);
      stop.abort(new Error('enough'));
      expect(await running).toBe(stop.signal.reason);
      expect(clock.waiting).toBe(0);
    });

    it('runOnce leaves sources and handlers out that were added after the cycle began', async () => {
      const late = new TestSource([draft({ prNumber: 9 })], 'late');
      const handler = new TestHandler();
      const source = new TestSource(() => {
        poller.addSource(late);
        poller.addHandler(handler);
        source.answer = (): PipelineSignal[] => [draft()];
        return [draft()];
      });
      const poller = new Poller({ sources: [source] });
      await poller.runOnce();
      expect([late.polls.length, handler.calls.length]).toEqual([0, 0]);
      await poller.runOnce();
      expect([late.polls.length, handler.calls.length]).toEqual([1, 2]);
    });

    it('run polls a quick source on time beside one that hangs', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const hanging = new TestSource(() => new Promise(() => undefined), 'hanging');
      const quick = new TestSource([draft()], 'quick');
      const handler = new TestHandler();
      const events = new EventLog();
      const poller = new Poller({
        ...{ sources: [hanging, quick], handlers: [handler], clock, pollIntervalMs: 1000, sourceTimeoutMs: 60_000 },
        events: events.listen,
      });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await clock.pass(0);
      expect([quick.polls.length, handler.calls.length]).toEqual([1, 1]);
      await clock.pass(60_000);
      expect(quick.polls).toHaveLength(61);
      expect(hanging.polls).toHaveLength(1); // it does not listen to its signal: a second poll would overlap
      expect(events.of('source-failed').map(({ source }) => source)).toEqual(['hanging']);
      stop.abort(new Error('enough'));
      await clock.pass(10_000);
      expect(await running).toBe(stop.signal.reason);
    });

    it('wake polls soon, once for many calls, and tells which repositories have changed', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const source = new TestSource();
      const other = new TestSource([], 'other');
      const poller = new Poller({ sources: [source, other], clock, pollIntervalMs: 60_000 });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await clock.pass(5000);
      for (const repo of ['host-uk/core', 'host-uk/web', 'host-uk/core']) poller.wake('github', repo);
      await settled();
      poller.wake('github', 'host-uk/late');
      await settled();
      expect(source.polls.map(({ repos }) => repos)).toEqual([undefined, ['host-uk/core', 'host-uk/web']]);
      await clock.pass(1000);
      expect(source.polls.map(({ repos }) => repos).slice(2)).toEqual([['host-uk/late']]);
      expect(other.polls).toHaveLength(1);
      poller.wake();
      await clock.pass(54_000);
      expect([source.polls.length, other.polls.length]).toEqual([5, 3]);
      stop.abort();
      await running;
    });

    it('dryRun does nothing, and journals what would be done, once', async () => {
      const journal = new TestJournal();
      const source = new TestSource([draft()]);
      const handler = new TestHandler();
      const logged: unknown[] = [];
      const log = (message: string, fields: unknown): unknown => logged.push([message, fields]);
      const logger = { debug: log, info: log, warn: log, error: log };
      const poller = new Poller({ sources: [source], handlers: [handler], journal, dryRun: true, logger });
      expect(poller.dryRun).toBe(true);
      await poller.runOnce();
      await poller.runOnce();
      await new Poller({ sources: [source], handlers: [handler], journal, dryRun: true }).runOnce();
      expect([handler.calls, source.reports]).toEqual([[], []]);
      expect(journal.lines.map(({ dry_run: isDry, action, key }) => [isDry, action, key?.length])).toEqual([
        [true, 'publish_draft', 64],
      ]);
      expect(logged).toHaveLength(1);
      poller.dryRun = false;
      await poller.runOnce();
      expect([handler.calls.length, source.reports.length, journal.ends.length]).toEqual([1, 1, 2]);
    });

    it('run works on repositories side by side, and serially on each', async () => {
      const running = new Map<string, number>();
      let most = 0;
      let overlaps = 0;
      const handler = new TestHandler(async (one) => {
        overlaps += running.has(one.repoName) ? 1 : 0;
        running.set(one.repoName, 1);
        most = Math.max(most, running.size);
        await settled();
        running.delete(one.repoName);
        return done(one);
      });
      const signals = Array.from({ length: 24 }, (_, at) =>
        draft({ prNumber: at + 1, repoName: `r${String(at % 6)}` }),
      );
      await new Poller({ sources: [new TestSource(signals)], handlers: [handler], concurrency: 3 }).runOnce();
      expect([handler.calls.length, overlaps, most]).toEqual([24, 0, 3]);
    });

    it('run does not wait for the actions of a poll before the next one', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const gate = new Gate();
      const handler = new TestHandler(async (one) => {
        if (one.repoName === 'slow') await gate.pass();
        return done(one);
      });
      const signals = [draft({ repoName: 'slow' })];
      const source = new TestSource(() => signals);
      const poller = new Poller({ sources: [source], handlers: [handler], clock, pollIntervalMs: 1000 });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await gate.reached;
      signals.push(draft({ repoName: 'quick' }));
      signals[0] = draft({ repoName: 'slow', lastCommitSha: 'another' });
      await clock.pass(3000);
      expect(handler.calls.map(({ repoName }) => repoName)).toEqual(['slow', 'quick']);
      gate.open();
      await clock.pass(1000);
      expect(handler.calls.map(({ lastCommitSha }) => lastCommitSha)).toEqual(['4f2a9c1', '4f2a9c1', 'another']);
      stop.abort();
      await running;
    });
  });

  describe('Bad', () => {
    it.each([
      [{ pollIntervalMs: 0 }, RangeError, /pollIntervalMs must be a whole number from 1/],
      [{ pollIntervalMs: 2 ** 31 }, RangeError, /pollIntervalMs/],
      [{ maxAttempts: 1.5 }, RangeError, /maxAttempts/],
      [{ concurrency: Number.NaN }, RangeError, /concurrency/],
      [{ cooldownMs: -1 }, RangeError, /cooldownMs/],
      [{ retry: { minDelayMs: -1 } }, RangeError, /minDelayMs/],
      [{ sources: [{ name: '' }] }, TypeError, /source must have a name/],
      [{ sources: [{ name: 'x', poll: (): void => undefined }] }, TypeError, /source "x" must have a method report/],
      [{ handlers: [null] }, TypeError, /handler must have a name/],
      [{ handlers: [{ name: 'x' }] }, TypeError, /handler "x" must have a method match/],
      [{ sources: [{ name: 'GitHub™' }] }, TypeError, /source must have a name of 1 to 100 letters/],
      [{ handlers: [{ name: 'a\nb' }] }, TypeError, /handler must have a name of 1 to 100 letters/],
    ])('Poller refuses %j', (options, kind, message) => {
      const make = (): Poller => new Poller(options as never);
      expect(make).toThrow(kind);
      expect(make).toThrow(message);
    });

    it('run refuses to run twice at once, and does nothing where it is aborted already', async () => {
      const source = new TestSource();
      const poller = new Poller({ sources: [source] });
      const reason = new Error('enough');
      await expect(poller.run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await expect(poller.runOnce({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(source.polls).toEqual([]);
      const first = poller.runOnce();
      await expect(poller.runOnce()).rejects.toThrow(TypeError);
      await first;
      await poller.runOnce();
    });

    it('runOnce retries what fails with back-off, and gives it up after maxAttempts, reported once', async () => {
      const clock = new ManualClock();
      const journal = new TestJournal();
      const source = new TestSource([draft()]);
      const handler = new TestHandler(() => {
        throw new Error('no luck');
      });
      const events = new EventLog();
      const options = { sources: [source], handlers: [handler], journal, clock, random: latest, events: events.listen };
      const poller = new Poller({ ...options, maxAttempts: 3, retry: { minDelayMs: 1000 } });
      const counts: number[] = [];
      for (const ms of [0, 999, 1, 1999, 1, 100_000]) {
        await clock.pass(ms);
        await poller.runOnce();
        counts.push(handler.calls.length);
      }
      expect(counts).toEqual([1, 1, 2, 2, 3, 3]);
      expect(journal.ends).toEqual([
        'publish_draft 1 finished no luck',
        'publish_draft 2 finished no luck',
        'publish_draft 3 dead_letter no luck',
      ]);
      expect(source.reports.map(({ success, error }) => [success, error])).toEqual([[false, 'no luck']]);
      expect(events.of('action-dead-lettered').map(({ attempt }) => attempt)).toEqual([3]);
      const again = new Poller({ ...options, maxAttempts: 3 });
      await clock.pass(1_000_000);
      await again.runOnce();
      expect(handler.calls).toHaveLength(3);
    });

    it.each<[string, (signal: AbortSignal) => unknown, string]>([
      ['gives nothing', () => undefined, 'the handler returned nothing instead of a result'],
      ['gives a text', () => 'done', 'the handler returned a string instead of a result'],
      ['gives a result without success', () => ({ action: 'x' }), 'the handler returned a result without success'],
      ['throws a text', () => Promise.reject('oh'), 'oh'], // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors
      ['throws nothing', () => Promise.reject(undefined), 'undefined was thrown'], // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors
      ['throws a function', () => Promise.reject(() => 'x'), 'something that is no error was thrown'], // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors
      ['throws what cannot be read', () => Promise.reject(unreadable()), 'something that is no error was thrown'], // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors
      ['says that it failed', () => ({ success: false }), 'the handler gave no reason'],
    ])('runOnce journals one failed line of a handler that %s', async (_, execute, error) => {
      const journal = new TestJournal();
      const handler = new TestHandler((__, { signal }) => execute(signal));
      const poller = new Poller({ sources: [new TestSource([draft()])], handlers: [handler], journal });
      await poller.runOnce();
      expect(journal.ends).toEqual([`publish_draft 1 finished ${error}`]);
      await poller.runOnce();
      expect(poller.cycle).toBe(2);
    });

    it('runOnce journals one failed line of a handler whose match throws', async () => {
      const journal = new TestJournal();
      const handler = new TestHandler();
      handler.match = (): boolean => {
        throw new Error('no match');
      };
      await new Poller({ sources: [new TestSource([draft()])], handlers: [handler], journal }).runOnce();
      expect([journal.ends, handler.calls]).toEqual([['publish_draft 1 finished no match'], []]);
    });

    it('runOnce journals one failed line of a handler whose match gives a promise, whatever that comes to', async () => {
      const journal = new TestJournal();
      const handler = new TestHandler();
      handler.match = (() => Promise.reject(new Error('nobody waits for it'))) as never;
      await new Poller({ sources: [new TestSource([draft()])], handlers: [handler], journal }).runOnce();
      const why = 'match of the handler "publish_draft" must return true or false, and it returned an object';
      expect([journal.ends, handler.calls]).toEqual([[`publish_draft 1 finished ${why}`], []]);
    });

    it.each([
      ['that listens to its signal', true],
      ['that does not', false],
    ])('run fails a handler that hangs, also one %s, and goes on in its repository', async (_, listens) => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const journal = new TestJournal();
      const handler = new TestHandler((one, { signal }) => {
        if (one.prNumber !== 316) return done(one);
        return new Promise((__, reject) => {
          if (!listens) return;
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      });
      const sources = [new TestSource([draft(), draft({ prNumber: 2 })])];
      const poller = new Poller({ sources, handlers: [handler], journal, clock, handlerTimeoutMs: 500 });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await clock.pass(499);
      expect(journal.ends).toEqual([]);
      await clock.pass(501);
      expect(journal.ends).toEqual([
        'publish_draft 1 finished Cannot wait for handler "publish_draft": it took longer than 500 ms',
        'publish_draft 1 finished ok',
      ]);
      stop.abort();
      await running;
    });

    it('run backs off from a source that fails, and comes back to it without a restart', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const times: number[] = [];
      const source = new TestSource(() => {
        times.push(clock.monotonicMs());
        if (times.length < 5) throw new Error('502 from https://bot:hunter22secret@example.org');
        return [draft()];
      });
      const handler = new TestHandler();
      const events = new EventLog();
      const poller = new Poller({
        ...{ sources: [source], handlers: [handler], clock, random: latest, pollIntervalMs: 1000, maxBackoffMs: 4000 },
        events: events.listen,
      });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await clock.pass(12_000);
      expect(times).toEqual([0, 1000, 3000, 7000, 11_000, 12_000]);
      expect(handler.calls).toHaveLength(1);
      const [failed] = events.of('source-failed');
      expect(failed?.error.code).toBe('ERR_JOBRUNNER_SOURCE_FAILED');
      expect(failed?.error.message).toBe('Cannot poll "github": 502 from https://***@example.org');
      expect(events.of('source-failed').map(({ retryInMs }) => retryInMs)).toEqual([1000, 2000, 4000, 4000]);
      stop.abort();
      await running;
    });

    it('run leaves a source alone for as long as its server wants', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const times: number[] = [];
      const source = new TestSource(() => {
        times.push(clock.monotonicMs());
        throw Object.assign(new Error('rate limited'), { retryAt: new Date(clock.now() + 30_000) });
      });
      const poller = new Poller({ sources: [source], clock, random: () => 0, pollIntervalMs: 1000 });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await clock.pass(100);
      poller.wake();
      await clock.pass(60_000);
      expect(times).toEqual([0, 30_000, 60_000]);
      stop.abort();
      await running;
    });

    it.each([
      ['no array', { signals: [] }],
      ['nothing', undefined],
    ])('runOnce takes %s for a failure of the source', async (_, answer) => {
      const events = new EventLog();
      const source = new TestSource(() => answer as never);
      await new Poller({ sources: [source], events: events.listen }).runOnce();
      expect(events.of('source-failed').map(({ error }) => error.message)).toEqual([
        'Cannot poll "github": it answered with something else than an array of signals',
      ]);
    });

    it('runOnce takes an error that cannot be read for a failure of the source, and polls the others', async () => {
      const events = new EventLog();
      const bad = new TestSource(() => Promise.reject(unreadable()), 'bad'); // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors
      const handler = new TestHandler();
      const sources = [bad, new TestSource([draft()])];
      await new Poller({ sources, handlers: [handler], events: events.listen }).runOnce();
      expect(events.of('source-failed').map(({ error }) => error.message)).toEqual([
        'Cannot poll "bad": something that is no error was thrown',
      ]);
      expect(handler.calls).toHaveLength(1);
    });

    it('runOnce leaves out what is no signal, and takes the others', async () => {
      const handler = new TestHandler();
      const signals = [null, draft({ prNumber: -1 }), draft(), { ...draft(), mergeable: 'MAYBE' }] as PipelineSignal[];
      await new Poller({ sources: [new TestSource(signals)], handlers: [handler] }).runOnce();
      expect(handler.calls).toEqual([draft()]);
    });

    it('runOnce does not begin what the journal does not take, and begins it when it does', async () => {
      const clock = new ManualClock();
      const journal = new TestJournal();
      journal.onAppend = (): never => {
        throw new Error('no space left');
      };
      const handler = new TestHandler();
      const events = new EventLog();
      const sources = [new TestSource([draft()])];
      const poller = new Poller({
        sources,
        handlers: [handler],
        journal,
        clock,
        events: events.listen,
        maxAttempts: 1,
      });
      for (let cycle = 0; cycle < 3; cycle += 1) {
        await poller.runOnce();
        await clock.pass(1000);
      }
      expect(handler.calls).toEqual([]);
      expect(events.of('journal-failed').map(({ error }) => error.code)).toEqual(
        Array(3).fill('ERR_JOURNAL_UNWRITABLE'),
      );
      journal.onAppend = (): void => undefined;
      await poller.runOnce();
      expect(journal.ends).toEqual(['publish_draft 1 finished ok']);
    });

    it('runOnce does not do again what it could not write down', async () => {
      const journal = new TestJournal();
      journal.onAppend = ({ phase }): void => {
        if (phase === 'finished') throw new Error('no space left');
      };
      const handler = new TestHandler();
      const poller = new Poller({ sources: [new TestSource([draft()])], handlers: [handler], journal });
      await poller.runOnce();
      await poller.runOnce();
      expect(handler.calls).toHaveLength(1);
    });

    it('runOnce goes on where a source cannot be reported to, or takes too long for it', async () => {
      const clock = new ManualClock();
      const events = new EventLog();
      const source = new TestSource([draft(), draft({ prNumber: 2 })]);
      source.onReport = (): Promise<void> => {
        if (source.reports.length === 1) throw new Error('403');
        return new Promise(() => undefined);
      };
      const poller = new Poller({ sources: [source], handlers: [new TestHandler()], clock, events: events.listen });
      const once = poller.runOnce();
      await clock.pass(60_000);
      await once;
      expect(events.of('report-failed').map(({ error }) => error.message)).toEqual([
        'Cannot report to "github": 403',
        'Cannot report to "github": it took longer than 60000 ms',
      ]);
    });
  });

  describe('Ugly', () => {
    it('run takes up nothing after an abort, passes the signal on, and journals what ran', async () => {
      const stop = new AbortController();
      const journal = new TestJournal();
      const gate = new Gate();
      const handler = new TestHandler(async (one, { signal }) => {
        await gate.pass();
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        if (one.repoName === 'r0') return done(one);
        throw signal.reason;
      });
      const signals = Array.from({ length: 5 }, (_, at) => draft({ repoName: `r${String(at)}` }));
      const poller = new Poller({ sources: [new TestSource(signals)], handlers: [handler], journal, concurrency: 2 });
      const running = poller.run({ signal: stop.signal });
      await gate.reached;
      gate.open();
      await settled();
      const reason = new Error('enough');
      stop.abort(reason);
      await expect(running).rejects.toBe(reason);
      expect(handler.calls).toHaveLength(2);
      expect(journal.ends).toEqual([
        'publish_draft 1 finished ok',
        'publish_draft 1 finished it was stopped before it was done',
      ]);
      expect(poller.cycle).toBe(0);
    });

    it('runOnce waits for a handler that ignores an abort for the grace period, and journals it', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const journal = new TestJournal();
      const gate = new Gate();
      const handler = new TestHandler(() => gate.pass());
      const sources = [new TestSource([draft()])];
      const poller = new Poller({ sources, handlers: [handler], journal, clock, graceMs: 2000 });
      const running = poller.runOnce({ signal: stop.signal }).catch((reason: unknown) => reason);
      await gate.reached;
      stop.abort();
      await clock.pass(1999);
      expect(journal.ends).toEqual([]);
      await clock.pass(1);
      expect(await running).toBe(stop.signal.reason);
      expect(journal.ends).toEqual(['publish_draft 1 finished it was stopped before it was done']);
      expect(clock.waiting).toBe(0);
    });

    it('run can be run again after an abort', async () => {
      const handler = new TestHandler();
      const events = new EventLog();
      const signals = [draft()];
      const poller = new Poller({
        sources: [new TestSource(() => signals)],
        handlers: [handler],
        events: events.listen,
      });
      for (let round = 1; round <= 3; round += 1) {
        signals[0] = draft({ lastCommitSha: String(round) });
        const stop = new AbortController();
        const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
        await events.until('cycle-finished', round);
        stop.abort();
        expect(await running).toBe(stop.signal.reason);
      }
      expect(handler.calls).toHaveLength(3);
    });

    it('runOnce does not act on what was seen before an action ended that has run meanwhile', async () => {
      const clock = new ManualClock();
      const stop = new AbortController();
      const [acting, polling] = [new Gate(), new Gate()];
      const handler = new TestHandler(async (one) => {
        await acting.pass();
        return done(one);
      });
      const source: TestSource = new TestSource(async () => {
        if (source.polls.length !== 2) return [draft({ mergeable: source.polls.length > 2 ? 'MERGEABLE' : 'UNKNOWN' })];
        await polling.pass();
        return [draft({ mergeable: 'MERGEABLE' })];
      });
      const poller = new Poller({ sources: [source], handlers: [handler], clock, pollIntervalMs: 1000 });
      const running = poller.run({ signal: stop.signal }).catch((reason: unknown) => reason);
      await acting.reached;
      await clock.pass(1000);
      await polling.reached; // the second poll has looked at the server while the action ran
      acting.open();
      await settled();
      polling.open();
      await settled();
      expect(handler.calls).toHaveLength(1);
      await clock.pass(1000);
      expect(handler.calls).toHaveLength(2); // the third has seen what the action left
      stop.abort();
      await running;
    });

    it('runOnce makes an attempt again that a crash cut off, and counts it', async () => {
      const clock = new ManualClock();
      const journal = new TestJournal();
      const sources = [new TestSource([draft()])];
      const options = { sources, journal, clock, random: latest, maxAttempts: 3 };
      for (let crash = 0; crash < 3; crash += 1) {
        const gate = new Gate();
        const handler = new TestHandler(() => gate.pass());
        void new Poller({ ...options, handlers: [handler] }).runOnce(); // nobody hears of it again
        await gate.reached;
        await clock.pass(10_000);
      }
      const events = new EventLog();
      const handler = new TestHandler();
      await new Poller({ ...options, handlers: [handler], events: events.listen }).runOnce();
      expect(handler.calls).toEqual([]);
      expect(journal.ends).toEqual([
        'publish_draft 1 finished its process ended before it was done',
        'publish_draft 2 finished its process ended before it was done',
        'publish_draft 3 dead_letter its process ended before it was done',
      ]);
      expect(sources[0]?.reports).toHaveLength(1);
      expect(events.of('action-dead-lettered')).toHaveLength(1);
    });

    it('runOnce acts exactly once wherever it is cut off, with a handler that looks before it acts', async () => {
      for (let step = 1; step <= 6; step += 1) {
        const clock = new ManualClock();
        const journal = new TestJournal();
        const server = { comments: 0 };
        let passed = 0;
        let isCut = true;
        const cut = async (): Promise<void> => {
          passed += 1;
          if (isCut && passed >= step) await new Promise(() => undefined);
        };
        journal.onAppend = cut;
        const handler = new TestHandler(async (one) => {
          await cut();
          if (server.comments === 0) server.comments += 1;
          await cut();
          return done(one);
        });
        const options = { handlers: [handler], journal, clock, sources: [new TestSource([draft()])] };
        void new Poller(options).runOnce();
        await settled();
        isCut = false;
        for (let start = 0; start < 3; start += 1) {
          await clock.pass(1000);
          await new Poller(options).runOnce();
        }
        expect([step, server.comments]).toEqual([step, 1]);
        expect(journal.ends.filter((end) => end.endsWith(' ok'))).toHaveLength(1);
      }
    });

    it('runOnce keeps tokens, titles and bodies out of results, events and logs', async () => {
      const secrets = ['ghp_0123456789abcdefghij', 'Secret title', 'The body\nof it'];
      const told: string[] = [];
      const log = (...words: unknown[]): unknown => told.push(JSON.stringify(words));
      const logger = { debug: log, info: log, warn: log, error: log };
      const journal = new TestJournal();
      const handler = new TestHandler(() => {
        throw new Error(secrets.join(' | '), { cause: new Error(secrets.join()) });
      });
      const source = new TestSource([draft({ issueTitle: 'Secret title', issueBody: 'The body\nof it' })]);
      const bad = new TestSource(() => {
        throw new Error(`Bearer ${secrets.join(' ')}`, { cause: secrets });
      }, 'bad');
      const events = (event: unknown): unknown => told.push(JSON.stringify(event));
      const options = { sources: [source, bad], handlers: [handler], journal, logger, events, maxAttempts: 1 };
      await new Poller(options).runOnce();
      const all = [...told, JSON.stringify(journal.lines), JSON.stringify(source.reports)].join('\n');
      expect(all).toContain('*** | *** | ***');
      expect(all).not.toContain(secrets[0]);
      expect(JSON.stringify([journal.lines, source.reports])).not.toMatch(/Secret title|The body/);
    });

    it('runOnce goes on where listener and logger throw', async () => {
      const fail = (): never => {
        throw new Error('not interested');
      };
      const handler = new TestHandler();
      const logger = { debug: fail, info: fail, warn: fail, error: fail };
      const sources = [new TestSource([draft()])];
      await new Poller({ sources, handlers: [handler], logger, events: fail }).runOnce();
      expect(handler.calls).toHaveLength(1);
    });

    it('runOnce goes on where the promises of listener and logger are rejected', async () => {
      const fail = (): unknown => Promise.reject(new Error('nobody waits for it'));
      const handler = new TestHandler();
      const logger = { debug: fail, info: fail, warn: fail, error: fail };
      const sources = [new TestSource([draft()])];
      await new Poller({ sources, handlers: [handler], logger, events: fail }).runOnce();
      await settled();
      expect(handler.calls).toHaveLength(1);
    });

    it.each([Infinity, 1e300, -1, '7', undefined])(
      'runOnce keeps a line of what took %p ms, as the handler says',
      async (durationMs) => {
        const medium = new MemoryMedium();
        await using journal = await Journal.open({ medium, baseDir: 'journal', durability: 'none' });
        const handler = new TestHandler((one) => ({ ...done(one), durationMs }));
        await new Poller({ sources: [new TestSource([draft()])], handlers: [handler], journal }).runOnce();
        const successes: boolean[] = [];
        for await (const { result } of journal.entries()) successes.push(result.success);
        expect(successes).toEqual([true]);
      },
    );

    it('run lets no busy repository starve the others', async () => {
      const order: string[] = [];
      const handler = new TestHandler(async (one) => {
        order.push(one.repoName);
        await settled(); // all of them wait by then
        return done(one);
      });
      const signals = Array.from({ length: 50 }, (_, at) => draft({ prNumber: at + 1, repoName: 'busy' }));
      signals.push(draft({ repoName: 'a' }), draft({ repoName: 'b' }));
      await new Poller({ sources: [new TestSource(signals)], handlers: [handler], concurrency: 1 }).runOnce();
      expect(order).toHaveLength(52);
      expect(order.indexOf('a')).toBeLessThan(5);
      expect(order.indexOf('b')).toBeLessThan(5);
    });
  });
});
