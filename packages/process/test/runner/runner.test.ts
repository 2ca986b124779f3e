import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import type { RunSpec } from '../../src/runner/run-spec.ts';
import { Runner } from '../../src/runner/runner.ts';
import { RunnerError } from '../../src/runner/runner-error.ts';
import { Service } from '../../src/service.ts';
import { scriptedCommand } from '../../src/testing/index.ts';
import { broken, failure, gate, quick, recording, statuses } from './support/gate.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

let service: Service;
beforeAll(() => {
  service = new Service();
});
afterAll(() => service.close());

const chain = (count: number, make: (name: string, more: Partial<RunSpec>) => RunSpec = quick): RunSpec[] =>
  Array.from({ length: count }, (_, at) => make(`t${String(at)}`, at === 0 ? {} : { after: [`t${String(at - 1)}`] }));

describe('Runner', () => {
  describe('Good', () => {
    it('Runner.runAll starts a task the moment that those before it are done, whatever else still runs', async () => {
      const [slow, fast, next] = [gate('slow'), gate('fast'), gate('next', { after: ['fast'] })];
      const last = gate('last', { after: ['next', 'slow'] });
      const gates = [last, next, fast, slow];
      const running = new Runner(service, { concurrency: 4 }).runAll(gates.map(({ spec }) => spec));
      await fast.running;
      expect([slow.isRunning(), next.isRunning()]).toEqual([true, false]);
      fast.pass();
      await next.running;
      next.pass();
      slow.pass();
      await last.running;
      last.pass();
      const result = await running;
      expect(result.results.map(({ name }) => name)).toEqual(['last', 'next', 'fast', 'slow']);
      expect(result).toMatchObject({ passed: 4, failed: 0, skipped: 0, success: true });
      expect(result.criticalPath.at(-1)).toBe('last');
    });

    it('Runner.runAll runs no more at once than it may, the longest way to the end first', async () => {
      const order: string[] = [];
      const task = ({ name }: { readonly name: string }): void => void order.push(name);
      const specs = [
        { name: 'short', task },
        { name: 'first', task },
        { name: 'middle', task, after: ['first'] },
        { name: 'end', task, after: ['middle'] },
      ];
      const runner = new Runner(service, { concurrency: 1 });
      const { criticalPath } = await runner.runAll(specs);
      expect(order.splice(0)).toEqual(['first', 'middle', 'short', 'end']);
      expect(criticalPath).toEqual(['first', 'middle', 'short', 'end']);
      await runner.runAll(specs, { order: 'declared' });
      expect(order).toEqual(['short', 'first', 'middle', 'end']);
    });

    it('Runner.runAll runs commands, with their arguments, environment and directory', async () => {
      const script = 'echo "$1 $GREETING"; echo oops >&2; pwd; exit 3';
      const env = { GREETING: 'hello' };
      const specs = [
        { name: 'sh', command: 'sh', args: ['-c', script, 'sh', 'one'], env, dir: '/', allowFailure: true },
        { name: 'after', command: 'true', after: ['sh'] },
      ];
      const { results, success } = await new Runner(service).runAll(specs);
      const [sh, after] = results;
      expect(sh).toMatchObject({ name: 'sh', status: 'allowed-failure', exitCode: 3, attempts: 1, spec: specs[0] });
      expect(sh?.output.split('\n').sort()).toEqual(['', '/', 'one hello', 'oops']);
      expect(sh?.error).toMatchObject({ code: 'ERR_PROCESS_EXIT_NON_ZERO' });
      expect(sh?.startedAt).toBeInstanceOf(Date);
      expect([after?.status, after?.exitCode, success]).toEqual(['passed', 0, true]);
    });

    it('Runner.runAll tells what happens, in order, with all lines before the end of their task', async () => {
      const heard = recording();
      const log = ({ log: say }: { readonly log: (line: string) => void }): void => {
        say('one\ntwo');
        say('');
      };
      const specs = [
        { name: 'shell', command: 'sh', args: ['-c', 'seq 3000; printf end'] },
        { name: 'function', task: log, after: ['shell'] },
      ];
      const result = await new Runner(service, { concurrency: 3 }).runAll(specs, { onEvent: heard.hear });
      expect(heard.story()).toEqual([
        'planned',
        'started shell',
        'finished shell',
        'started function',
        'finished function',
        'ended',
      ]);
      const lines = (name: string): string[] =>
        heard.events.flatMap((event) =>
          event.type === 'output' && event.name === name ? event.lines.map(({ line }) => line) : [],
        );
      expect(lines('shell')).toEqual([...Array.from({ length: 3000 }, (_, at) => String(at + 1)), 'end']);
      expect(lines('function')).toEqual(['one', 'two', '']);
      expect(result.results[1]?.output).toBe('one\ntwo\n\n');
      expect(heard.events[0]).toMatchObject({ specs, concurrency: 3 });
      expect(heard.events[1]).toMatchObject({ attempt: 1, pid: expect.any(Number) });
      expect(heard.result()).toBe(result);
      const times = heard.events.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    it('Runner.runAll tries a task again that failed, and gives its slot to others meanwhile', async () => {
      const heard = recording();
      let tries = 0;
      const flaky = ({ attempt }: { readonly attempt: number }): void => {
        tries += 1;
        if (attempt < 3) throw new Error(`try ${String(attempt)}`);
      };
      const other = gate('other');
      const specs = [{ name: 'flaky', task: flaky, retries: { retries: 2, minDelayMs: 1, factor: 3 } }, other.spec];
      const running = new Runner(service, { concurrency: 1 }).runAll(specs, { onEvent: heard.hear });
      await other.running; // with one slot
      expect(tries).toBe(1);
      other.pass();
      const { results } = await running;
      expect(results[0]).toMatchObject({ status: 'passed', attempts: 3 });
      const retries = heard.events.flatMap((event) => (event.type === 'retrying' ? [event] : []));
      expect(retries).toMatchObject([
        { attempt: 2, delayMs: 1, error: { message: 'try 1' } },
        { attempt: 3, delayMs: 3, error: { message: 'try 2' } },
      ]);
    });

    it('Runner.runAll runs tasks that share a resource one after the other', async () => {
      let [now, most] = [0, 0];
      const task = async (): Promise<void> => {
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
      };
      const specs = Array.from({ length: 6 }, (_, at) => ({ name: String(at), task, resources: { db: 1 } }));
      await new Runner(service, { concurrency: 6, resources: { db: 2 } }).runAll(specs);
      expect([now, most]).toEqual([0, 2]);
    });

    it('Runner.runSequential runs one after the other as declared, and nothing after the first failure', async () => {
      const order: string[] = [];
      const task = ({ name }: { readonly name: string }): void => void order.push(name);
      const specs = [
        { name: 'a', task },
        broken('allowed', { allowFailure: true }),
        { name: 'b', task, after: ['c'] },
        { name: 'c', task },
        broken('broken'),
        { name: 'd', task },
      ];
      const result = await new Runner(service, { concurrency: 4 }).runSequential(specs);
      expect(order).toEqual(['a', 'c', 'b']);
      expect(statuses(result)).toEqual({
        ...{ a: 'passed', allowed: 'allowed-failure', b: 'passed', c: 'passed', broken: 'failed', d: 'skipped' },
      });
      expect(result.results[5]?.reason).toBe('"broken" failed, and the run ended with it');
    });

    it('Runner.runSequential starts nothing between two tries', async () => {
      const heard = recording();
      const flaky = ({ attempt }: { readonly attempt: number }): void => {
        if (attempt === 1) throw new Error('once');
      };
      const specs = [{ name: 'flaky', task: flaky, retries: { retries: 1, minDelayMs: 1 } }, quick('next')];
      await new Runner(service).runSequential(specs, { onEvent: heard.hear });
      expect(heard.story()).toEqual([
        ...['planned', 'started flaky', 'retrying flaky', 'started flaky', 'finished flaky'],
        ...['started next', 'finished next', 'ended'],
      ]);
    });

    it('Runner.runParallel pays no heed to `after`', async () => {
      const [a, b] = [gate('a', { after: ['b'] }), gate('b', { after: ['a', 'nobody'] })];
      const running = new Runner(service, { concurrency: 2 }).runParallel([a.spec, b.spec]);
      await Promise.all([a.running, b.running]);
      a.fail(new Error('no'));
      b.pass();
      expect(statuses(await running)).toEqual({ a: 'failed', b: 'passed' });
    });

    it('Runner.runAll has nothing to do without tasks', async () => {
      const result = await new Runner(service).runAll([]);
      expect(result).toMatchObject({ results: [], passed: 0, success: true, criticalPath: [] });
      expect(result.trace().displayTimeUnit).toBe('ms');
    });
  });

  describe('Bad', () => {
    it('Runner.runAll skips what comes after a task that failed, with the chain as reason, and runs all else', async () => {
      const specs = [
        quick('end', { after: ['middle', 'free'] }),
        quick('middle', { after: ['build'], allowFailure: true }),
        broken('build'),
        quick('free'),
      ];
      const result = await new Runner(service, { concurrency: 1 }).runAll(specs);
      expect(statuses(result)).toEqual({ end: 'skipped', middle: 'skipped', build: 'failed', free: 'passed' });
      expect(result.results.map(({ reason }) => reason)).toEqual([
        '"build" failed: end → middle → build',
        '"build" failed: middle → build',
        undefined,
        undefined,
      ]);
      expect(result.results[2]?.error).toMatchObject({ message: 'build is broken' });
      expect(result.results[0]).toMatchObject({ attempts: 0, durationMs: 0, startedAt: undefined, output: '' });
      expect(result).toMatchObject({ passed: 1, failed: 1, skipped: 2, success: false });
    });

    it('Runner.runAll runs what comes after an allowed failure, and is a success', async () => {
      const result = await new Runner(service).runAll([
        broken('may', { allowFailure: true }),
        quick('next', { after: ['may'] }),
      ]);
      expect(statuses(result)).toEqual({ may: 'allowed-failure', next: 'passed' });
      expect(result).toMatchObject({ passed: 2, failed: 0, success: true });
    });

    it('Runner.runAll starts nothing more after a failure with onFailure "finish-running"', async () => {
      const [bad, other] = [gate('bad'), gate('other')];
      const specs = [bad.spec, other.spec, quick('late'), quick('next', { after: ['bad'] })];
      const running = new Runner(service, { concurrency: 2 }).runAll(specs, { onFailure: 'finish-running' });
      await Promise.all([bad.running, other.running]);
      bad.fail(new Error('no'));
      const { signal } = await other.running;
      await new Promise((resolve) => setImmediate(resolve));
      expect(signal.aborted).toBe(false);
      other.pass();
      expect(statuses(await running)).toEqual({ bad: 'failed', other: 'passed', late: 'skipped', next: 'skipped' });
    });

    it('Runner.runAll ends what runs with onFailure "kill"', async () => {
      await using command = await scriptedCommand();
      const bad = gate('bad');
      const specs = [
        bad.spec,
        { name: 'process', command: command.command, args: command.args },
        quick('late'),
        quick('next', { after: ['process'] }),
      ];
      const running = new Runner(service, { concurrency: 2 }).runAll(specs, { onFailure: 'kill' });
      const child = await command.next();
      bad.fail(new Error('no'));
      await child.gone;
      const result = await running;
      expect(statuses(result)).toEqual({ bad: 'failed', process: 'cancelled', late: 'skipped', next: 'skipped' });
      expect(result.results[1]).toMatchObject({
        reason: '"bad" failed, and the run ended with it',
        error: { code: 'ERR_RUNNER_RUN_ENDED', task: 'bad' },
      });
    });

    it('Runner.runAll tries nothing again once the run has ended with a failure', async () => {
      const bad = gate('bad');
      const waiting = broken('waiting', { retries: { retries: 5, minDelayMs: 1_000_000, maxDelayMs: 1_000_000 } });
      const heard = recording();
      const onEvent = (event: Parameters<typeof heard.hear>[0]): void => {
        heard.hear(event);
        if (event.type === 'retrying') bad.fail(new Error('no'));
      };
      const runner = new Runner(service, { concurrency: 2 });
      const result = await runner.runAll([bad.spec, waiting], { onFailure: 'finish-running', onEvent });
      expect(statuses(result)).toEqual({ bad: 'failed', waiting: 'failed' });
      expect(result.results[1]).toMatchObject({ attempts: 1, error: { message: 'waiting is broken' } });
    });

    it('Runner.runAll reports a program that is missing, and one that takes too long', async () => {
      const heard = recording();
      const specs = [
        { name: 'missing', command: 'no-such-program' },
        { name: 'late', command: 'sleep', args: ['300'], timeoutMs: 20 },
      ];
      const { results } = await new Runner(service, { concurrency: 2 }).runAll(specs, { onEvent: heard.hear });
      expect(results).toMatchObject([
        { status: 'failed', attempts: 1, error: { code: 'ERR_PROCESS_SPAWN_FAILED' } },
        { status: 'failed', attempts: 1, error: { outcome: { kind: 'timedOut', timeoutMs: 20 } } },
      ]);
      expect(heard.story().filter((news) => news.endsWith('missing'))).toEqual(['started missing', 'finished missing']);
    });

    it.each<[string, readonly RunSpec[], object]>([
      [
        'ERR_RUNNER_DUPLICATE_NAME',
        [quick('a'), quick('b'), quick('a')],
        { message: 'Cannot run the 3 tasks: more than one is called "a"', task: 'a' },
      ],
      [
        'ERR_RUNNER_UNKNOWN_DEPENDENCY',
        [quick('deploy', { after: ['biuld'] }), quick('build')],
        {
          message: 'Cannot run the 2 tasks: "deploy" comes after "biuld", which is no task (did you mean "build"?)',
          task: 'deploy',
          suggestion: 'build',
        },
      ],
      [
        'ERR_RUNNER_CYCLE',
        [quick('a', { after: ['b'] }), quick('b', { after: ['a'] }), quick('c', { after: ['c'] })],
        {
          message:
            'Cannot run the 3 tasks: some wait for each other: a → b → a; c → c. ' +
            'Remove "b" from the `after` of "a", "c" from the `after` of "c" to break them.',
          cycles: [
            ['a', 'b', 'a'],
            ['c', 'c'],
          ],
          breakBy: [
            { name: 'a', after: 'b' },
            { name: 'c', after: 'c' },
          ],
        },
      ],
      [
        'ERR_RUNNER_RESOURCE_UNAVAILABLE',
        [quick('a', { resources: { gpu: 3 } })],
        { message: 'Cannot run "a": it takes 3 of "gpu", and the runner has 2', task: 'a' },
      ],
      ['ERR_RUNNER_RESOURCE_UNAVAILABLE', [quick('a', { resources: { db: 1 } })], { task: 'a' }],
    ])('Runner.runAll refuses a plan with %s before anything runs', async (code, specs, facts) => {
      const heard = recording();
      let ran = false;
      const first = quick('first', { task: () => void (ran = true) });
      const runner = new Runner(service, { resources: { gpu: 2 } });
      const error = await failure(runner.runAll([first, ...specs], { onEvent: heard.hear }));
      expect(error).toBeInstanceOf(RunnerError);
      const plain = await failure(runner.runAll(specs));
      expect(plain).toMatchObject({ code, op: 'runner.plan', ...facts });
      expect([ran, heard.events]).toEqual([false, []]);
    });

    it.each<[string, () => unknown, string]>([
      ['concurrency', () => new Runner(service, { concurrency: 0 }), 'concurrency must be a whole number from 1'],
      ['resources', () => new Runner(service, { resources: { a: 0.5 } }), 'resources.a must be a whole number from 0'],
      ['service', () => new Runner({} as Service), 'service must be a Service, not a value of type object'],
      ['gracePeriodMs', () => new Runner(service, { gracePeriodMs: -1 }), 'gracePeriodMs must be a whole number'],
    ])('Runner refuses a wrong %s', (_, make, message) => {
      expect(make).toThrow(message);
    });

    it.each<[string, object, string]>([
      ['signal', { signal: 'SIGTERM' }, 'signal must be an AbortSignal, not "SIGTERM"'],
      ['onFailure', { onFailure: 'stop' }, 'onFailure must be "continue", "finish-running" or "kill", not "stop"'],
      ['order', { order: 'random' }, 'order must be "critical-path" or "declared", not "random"'],
      ['onEvent', { onEvent: {} }, 'onEvent must be a function, not a value of type object'],
    ])('Runner.runAll refuses a wrong %s', async (_, options, message) => {
      await expect(new Runner(service).runAll([], options)).rejects.toThrow(message);
    });

    it('Runner.runAll starts nothing when its signal is aborted already', async () => {
      const heard = recording();
      const reason = new Error('too late');
      const options = { signal: AbortSignal.abort(reason), onEvent: heard.hear };
      expect(await failure(new Runner(service).runAll([quick('a')], options))).toBe(reason);
      expect(heard.events).toEqual([]);
    });
  });

  describe('Ugly', () => {
    it('Runner.runAll leaves nothing running when it is aborted, and accounts for every task', async () => {
      await using command = await scriptedCommand();
      const controller = new AbortController();
      const heard = recording();
      const [running, waits] = [gate('function'), gate('waits', { after: ['function'] })];
      const retried = broken('retried', { retries: { retries: 1, minDelayMs: 1_000_000, maxDelayMs: 1_000_000 } });
      const specs = [
        { name: 'process', command: command.command, args: command.args },
        running.spec,
        waits.spec,
        retried,
        quick('done'),
      ];
      const runner = new Runner(service, { concurrency: 5 });
      const call = runner.runAll(specs, { signal: controller.signal, onEvent: heard.hear });
      const child = await command.next();
      await child.trap('SIGTERM');
      const grandchild = await child.spawn({ session: true, orphan: true });
      const { signal } = await running.running;
      signal.addEventListener('abort', () => {
        running.fail(signal.reason);
      });
      const reason = new Error('enough');
      controller.abort(reason);
      await child.received('SIGTERM');
      void child.exit(0);
      expect(await failure(call)).toBe(reason);
      await Promise.all([child.gone, grandchild.gone]);
      expect(waits.isRunning()).toBe(false);
      expect(heard.story().filter((news) => news.startsWith('finished'))).toHaveLength(5);
      const result = heard.result();
      expect(statuses(result)).toEqual({
        ...{ process: 'cancelled', function: 'cancelled', waits: 'cancelled', retried: 'cancelled', done: 'passed' },
      });
      expect(result).toMatchObject({ passed: 1, failed: 0, skipped: 4, success: false });
      expect(result.results.map(({ reason: why }) => why)).toEqual([
        ...Array<string>(4).fill('the run was aborted'),
        undefined,
      ]);
      expect(service.running()).toEqual([]);
    });

    it('Runner.runAll does not wait for ever for a function that pays no heed to its signal', async () => {
      const controller = new AbortController();
      const heard = recording();
      const deaf = gate('deaf');
      const runner = new Runner(service, { gracePeriodMs: 1 });
      const call = runner.runAll([deaf.spec], { signal: controller.signal, onEvent: heard.hear });
      const { log } = await deaf.running;
      controller.abort(new Error('enough'));
      expect(await failure(call)).toBe(controller.signal.reason);
      log('too late');
      expect(heard.result().results[0]).toMatchObject({ status: 'cancelled', output: '' });
    });

    it('Runner.runAll ends a function whose time is up, and tries none again that may still run', async () => {
      const deaf = gate('deaf', { timeoutMs: 1, retries: 3 });
      const polite: RunSpec = {
        name: 'polite',
        timeoutMs: 1,
        retries: { retries: 1, minDelayMs: 1 },
        task: ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              resolve();
            });
          }),
      };
      const { results } = await new Runner(service, { gracePeriodMs: 1 }).runAll([deaf.spec, polite]);
      const error = { code: 'ERR_RUNNER_TIMED_OUT', message: expect.stringContaining('did not end within 1 ms') };
      expect(results).toMatchObject([
        { status: 'failed', attempts: 1, error },
        { status: 'failed', attempts: 2, error },
      ]);
    });

    it('Runner.runAll is not harmed by a listener that throws, or rejects', async () => {
      const onEvent = (): never => {
        throw new Error('a bad listener');
      };
      const later = (): Promise<never> => Promise.reject(new Error('a bad listener'));
      for (const listener of [onEvent, later as () => void]) {
        const result = await new Runner(service).runAll([quick('a'), broken('b')], { onEvent: listener });
        expect(statuses(result)).toEqual({ a: 'passed', b: 'failed' });
      }
    });

    it.each(['planned', 'started', 'finished', 'retrying'] as const)(
      'Runner.runAll may be aborted by its own listener at "%s", and tells each end once',
      async (type) => {
        const controller = new AbortController();
        const heard = recording();
        const onEvent = (event: Parameters<typeof heard.hear>[0]): void => {
          heard.hear(event);
          if (event.type === type) controller.abort(new Error('enough'));
        };
        const specs = [
          broken('a', { retries: { retries: 1, minDelayMs: 1 } }),
          quick('b', { after: ['a'] }),
          ...chain(3),
        ];
        const call = new Runner(service, { concurrency: 2 }).runAll(specs, { signal: controller.signal, onEvent });
        expect(await failure(call)).toBe(controller.signal.reason);
        const ends = heard.story().filter((news) => news.startsWith('finished'));
        expect(ends.toSorted()).toEqual(['a', 'b', 't0', 't1', 't2'].map((name) => `finished ${name}`));
        expect(heard.story().filter((news) => news === 'ended')).toHaveLength(1);
      },
    );

    it('Runner.runAll is over when it has told so: an abort in the last event comes too late', async () => {
      const controller = new AbortController();
      const result = await new Runner(service).runAll([quick('a')], {
        signal: controller.signal,
        onEvent: ({ type }) => {
          if (type === 'ended') controller.abort();
        },
      });
      expect(result.success).toBe(true);
    });

    it('Runner.runAll runs the plan as it was when it was called', async () => {
      const first = gate('first');
      const specs: RunSpec[] = [first.spec, quick('second', { after: ['first'] })];
      const running = new Runner(service).runAll(specs);
      await first.running;
      specs.pop();
      Object.assign(first.spec, { allowFailure: true });
      first.fail(new Error('no'));
      expect(statuses(await running)).toEqual({ first: 'failed', second: 'skipped' });
    });

    it('Runner.runAll goes along a chain of 10,000 tasks, and skips along one', async () => {
      const runner = new Runner(service);
      const result = await runner.runAll(chain(10_000));
      expect([result.passed, result.criticalPath.length]).toEqual([10_000, 10_000]);
      const [, ...rest] = chain(10_000);
      const failed = await runner.runAll([broken('t0'), ...rest]);
      expect(failed).toMatchObject({ failed: 1, skipped: 9999 });
      expect(failed.results[9999]?.reason).toMatch(/^"t0" failed: t9999 → .* → … 9992 more … → .* → t0$/);
    });

    it('Runner.runAll refuses a circle of 10,000 tasks with a message that can be read', async () => {
      const specs = chain(10_000);
      specs[0] = quick('t0', { after: ['t9999'] });
      const error = await failure(new Runner(service).runAll(specs));
      expect(error).toMatchObject({ code: 'ERR_RUNNER_CYCLE', breakBy: [{ name: 't0', after: 't9999' }] });
      expect((error as RunnerError).cycles?.[0]).toHaveLength(10_001);
      expect((error as RunnerError).message.length).toBeLessThan(500);
    });

    it('Runner.runAll tells of a tangle the circles that are to be broken, and says when it is not sure', async () => {
      const names = Array.from({ length: 30 }, (_, at) => `t${String(at)}`);
      const specs = names.map((name) => quick(name, { after: names.filter((other) => other !== name) }));
      const error = (await failure(new Runner(service).runAll(specs))) as RunnerError;
      const { cycles = [], breakBy = [] } = error;
      expect(breakBy).toHaveLength((30 * 29) / 2);
      for (const [at, cycle] of cycles.entries()) {
        expect(cycle.slice(0, 2)).toEqual([breakBy[at]?.name, breakBy[at]?.after]);
        expect(cycle).toHaveLength(3);
      }
      expect(cycles).toHaveLength(100);
      expect(error.message).toContain('; and in other ways. Remove ');
      expect(error.message).toContain(', and 425 more to break them.');
      expect(error.message.length).toBeLessThan(1500);
      const loose = quick('loose', { after: [...names, 'end'] });
      const end = quick('end', { after: ['loose'] });
      expect(await failure(new Runner(service).runAll([...specs, loose, end]))).toMatchObject({
        breakBy: expect.arrayContaining([{ name: 'loose', after: 'end' }]),
      });
    });

    it('Runner.runAll gives every task an end that follows from the others, whatever fails', async () => {
      const task = fc.record({
        after: fc.array(fc.nat({ max: 11 }), { maxLength: 3 }),
        fails: fc.boolean(),
        allowFailure: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(task, { maxLength: 12 }),
          fc.integer({ min: 1, max: 3 }),
          async (tasks, concurrency) => {
            const specs = tasks.map(({ after, fails, allowFailure }, at) => {
              const before = after.filter((other) => other < at).map(String);
              return (fails ? broken : quick)(String(at), { after: before, allowFailure });
            });
            const { results, success } = await new Runner(service, { concurrency }).runAll(specs);
            const ends: string[] = [];
            for (const [at, { after = [] }] of specs.entries()) {
              const isBlocked = after.some((name) => ['failed', 'skipped'].includes(ends[Number(name)] ?? ''));
              const { fails = false, allowFailure = false } = tasks[at] ?? {};
              ends.push(isBlocked ? 'skipped' : !fails ? 'passed' : allowFailure ? 'allowed-failure' : 'failed');
            }
            expect(results.map(({ status }) => status)).toEqual(ends);
            expect(success).toBe(!ends.includes('failed'));
          },
        ),
      );
    });
  });
});
