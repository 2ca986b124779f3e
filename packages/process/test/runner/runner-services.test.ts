import { createServer } from 'node:net';

import { MemoryMedium } from '@core/io';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { Durations } from '../../src/runner/durations.ts';
import type { RunSpec } from '../../src/runner/run-spec.ts';
import { Runner } from '../../src/runner/runner.ts';
import { Service } from '../../src/service.ts';
import { type ScriptedCommand, scriptedCommand } from '../../src/testing/index.ts';
import { broken, failure, gate, quick, recording, statuses } from './support/gate.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

let service: Service;
beforeAll(() => {
  service = new Service();
});
afterAll(() => service.close());

/** A service that is ready when it says so. */
const server = (name: string, { command, args }: ScriptedCommand, more: Partial<RunSpec> = {}): RunSpec => ({
  name,
  command,
  args,
  readyWhen: { line: 'ready' },
  ...more,
});

describe('Runner with services', () => {
  describe('Good', () => {
    it('Runner starts what needs a service when that is ready, and ends it when nobody needs it any more', async () => {
      await using command = await scriptedCommand();
      const [test, last] = [gate('test', { after: ['db'] }), gate('last', { after: ['test'] })];
      const heard = recording();
      const running = new Runner(service, { concurrency: 1 }).runAll([server('db', command), test.spec, last.spec], {
        onEvent: heard.hear,
      });
      const db = await command.next();
      expect(test.isRunning()).toBe(false);
      await db.print('stdout', 'ready\n');
      await test.running; // with one slot: a service that is ready needs none
      expect(service.running()).toHaveLength(1);
      test.pass();
      await db.gone;
      await last.running;
      last.pass();
      const result = await running;
      expect(statuses(result)).toEqual({ db: 'passed', test: 'passed', last: 'passed' });
      expect(result.criticalPath).toEqual(['db', 'test', 'last']);
      expect(result.results[0]).toMatchObject({ output: 'ready\n', attempts: 1 });
      expect(heard.story().slice(0, 6)).toEqual([
        ...['planned', 'started db', 'ready db', 'started test', 'finished test'],
        expect.stringMatching(/(started last|finished db)/),
      ]);
      expect(heard.events.find(({ type }) => type === 'output')).toMatchObject({
        name: 'db',
        lines: [{ line: 'ready' }],
      });
    });

    it('Runner keeps a service that nobody names until all tasks are over', async () => {
      await using command = await scriptedCommand();
      const [a, b] = [gate('a'), gate('b')];
      const running = new Runner(service, { concurrency: 3 }).runParallel([server('db', command), a.spec, b.spec]);
      const db = await command.next();
      await db.print('stdout', 'ready\n');
      a.pass();
      await b.running;
      expect(service.running()).toHaveLength(1);
      b.pass();
      await db.gone;
      expect((await running).success).toBe(true);
    });

    it('Runner remembers how long a service took to be ready, not how long it was needed', async () => {
      const cache = new MemoryMedium();
      await using command = await scriptedCommand();
      const test = gate('test', { after: ['db'] });
      const running = new Runner(service, { cache }).runAll([server('db', command), test.spec]);
      await (await command.next()).print('stdout', 'ready\n');
      await test.running;
      const readyAtMs = performance.now();
      while (performance.now() === readyAtMs) await new Promise((resolve) => setImmediate(resolve));
      test.pass();
      const { results } = await running;
      const durations = await Durations.load(cache);
      expect(durations.of('db')).toBeGreaterThan(0);
      expect(durations.of('db')).toBeLessThan(results[0]?.durationMs ?? 0);
    });

    it('Runner keeps a service for another one that needs it', async () => {
      await using dbCommand = await scriptedCommand();
      await using apiCommand = await scriptedCommand();
      const test = gate('test', { after: ['api'] });
      const specs = [server('db', dbCommand), server('api', apiCommand, { after: ['db'] }), test.spec];
      const running = new Runner(service, { concurrency: 1 }).runAll(specs);
      const db = await dbCommand.next();
      await db.print('stdout', 'ready\n');
      const api = await apiCommand.next();
      await api.trap('SIGTERM');
      await api.print('stdout', 'ready\n');
      await test.running;
      test.pass();
      await api.received('SIGTERM');
      expect(service.running()).toHaveLength(2); // the first is needed until the second is over
      await api.exit(0);
      await db.gone;
      expect(statuses(await running)).toEqual({ db: 'passed', api: 'passed', test: 'passed' });
    });
  });

  describe('Bad', () => {
    it('Runner fails a service that ends although it is needed, and skips what has not begun', async () => {
      await using command = await scriptedCommand();
      const [test, free] = [gate('test', { after: ['db'] }), gate('free')];
      const late = quick('late', { after: ['db', 'free'] });
      const next = quick('next', { after: ['test'] });
      const specs = [server('db', command), test.spec, late, next, free.spec];
      let ended = (): void => undefined;
      const isOver = new Promise<void>((resolve) => (ended = resolve));
      const running = new Runner(service, { concurrency: 4 }).runAll(specs, {
        onEvent: (event) => {
          if (event.type === 'finished' && event.name === 'db') ended();
        },
      });
      const db = await command.next();
      await db.print('stdout', 'ready\n');
      await test.running;
      await db.exit(0);
      await isOver;
      free.pass();
      test.pass();
      const result = await running;
      expect(statuses(result)).toEqual({
        db: 'failed',
        test: 'passed',
        late: 'skipped',
        next: 'passed',
        free: 'passed',
      });
      expect(result.results[0]).toMatchObject({ error: { code: 'ERR_RUNNER_SERVICE_FAILED' }, exitCode: 0 });
      expect(result.results[2]?.reason).toBe('"db" failed: late → db');
    });

    it('Runner fails a service that is not ready in time, and tries it as often as it may', async () => {
      const heard = recording();
      const spec: RunSpec = {
        ...{ name: 'db', command: 'sleep', args: ['300'], readyWhen: { line: 'ready' }, timeoutMs: 20 },
        retries: { retries: 1, minDelayMs: 1 },
      };
      const result = await new Runner(service).runAll([spec, quick('test', { after: ['db'] })], {
        onEvent: heard.hear,
      });
      expect(statuses(result)).toEqual({ db: 'failed', test: 'skipped' });
      expect(result.results[0]).toMatchObject({ attempts: 2, error: { code: 'ERR_RUNNER_NOT_READY' } });
      expect(heard.story().slice(0, 5)).toEqual([
        ...['planned', 'started db', 'retrying db', 'started db', 'finished db'],
      ]);
      expect(service.running()).toEqual([]);
    });

    it('Runner ends a service when what needs it has failed, or will not run', async () => {
      await using command = await scriptedCommand();
      const bad = gate('bad');
      const test = quick('test', { after: ['db', 'bad'] });
      const running = new Runner(service, { concurrency: 2 }).runAll([server('db', command), bad.spec, test]);
      const db = await command.next();
      await db.print('stdout', 'ready\n');
      bad.fail(new Error('no'));
      await db.gone;
      expect(statuses(await running)).toEqual({ db: 'passed', bad: 'failed', test: 'skipped' });
    });

    it('Runner refuses a task that could never start for the services that hold what it takes', async () => {
      await using command = await scriptedCommand();
      const resources = { port: 1 };
      const specs = [
        server('db', command, { resources }),
        quick('test', { after: ['db'], resources }),
        quick('other', { resources }),
      ];
      const running = new Runner(service, { resources: { port: 1 } }).runAll(specs, { order: 'declared' });
      const db = await command.next();
      db.print('stdout', 'ready\n').catch(() => undefined); // it is ended before it can say that it has
      const result = await running;
      expect(statuses(result)).toEqual({ db: 'passed', test: 'failed', other: 'passed' });
      expect(result.results[1]?.error).toMatchObject({ code: 'ERR_RUNNER_RESOURCE_UNAVAILABLE', task: 'test' });
    });
  });

  describe('Ugly', () => {
    it.each(['before', 'after'])('Runner ends a service when the run is aborted %s it is ready', async (when) => {
      await using command = await scriptedCommand();
      const controller = new AbortController();
      const heard = recording();
      const test = gate('test', { after: ['db'] });
      const specs = [server('db', command, { restart: { policy: 'always' } }), test.spec];
      const call = new Runner(service).runAll(specs, { signal: controller.signal, onEvent: heard.hear });
      const db = await command.next();
      if (when === 'after') {
        await db.print('stdout', 'ready\n');
        await test.running;
      }
      controller.abort(new Error('enough'));
      test.pass();
      expect(await failure(call)).toBe(controller.signal.reason);
      await db.gone;
      expect(statuses(heard.result())).toEqual({ db: 'cancelled', test: 'cancelled' });
    });

    it('Runner ends its services when a failure ends the run', async () => {
      await using command = await scriptedCommand();
      const [bad, test] = [gate('bad'), gate('test', { after: ['db'] })];
      const specs = [server('db', command), test.spec, bad.spec];
      const running = new Runner(service, { concurrency: 3 }).runAll(specs, { onFailure: 'finish-running' });
      const db = await command.next();
      await db.print('stdout', 'ready\n');
      await test.running;
      bad.fail(new Error('no'));
      test.pass();
      await db.gone;
      expect(statuses(await running)).toEqual({ db: 'passed', test: 'passed', bad: 'failed' });
    });

    it('Runner tells of each start of a service that comes back, and goes on', async () => {
      await using command = await scriptedCommand();
      const heard = recording();
      const test = gate('test', { after: ['db'] });
      const spec = server('db', command, { restart: { minDelayMs: 1 } });
      const running = new Runner(service, { concurrency: 2 }).runAll([spec, test.spec], { onEvent: heard.hear });
      const first = await command.next();
      await first.print('stdout', 'ready\n');
      await test.running;
      await first.exit(1);
      const second = await command.next();
      await second.print('stdout', 'ready\n');
      test.pass();
      const result = await running;
      expect(statuses(result)).toEqual({ db: 'passed', test: 'passed' });
      expect(result.results[0]).toMatchObject({ attempts: 2 });
      expect(
        heard
          .story()
          .filter((news) => news.endsWith('db'))
          .slice(0, 4),
      ).toEqual([...['started db', 'ready db', 'retrying db', 'started db']]);
    });

    it('Runner takes a port that is listened on for ready', async () => {
      const listener = createServer();
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      const address = listener.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      const spec: RunSpec = { name: 'db', command: 'sleep', args: ['300'], readyWhen: { port } };
      const result = await new Runner(service).runAll([spec, broken('test', { after: ['db'] })]);
      listener.close();
      expect(statuses(result)).toEqual({ db: 'passed', test: 'failed' });
    });
  });
});
