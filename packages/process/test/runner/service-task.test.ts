import { afterEach, describe, expect, it } from '@jest/globals';

import type { Process } from '../../src/process.ts';
import {
  type ServiceClock,
  type ServiceRestart,
  startServiceTask,
  type ServiceTask,
  type ServiceTaskContext,
} from '../../src/runner/service-task.ts';
import { Service } from '../../src/service.ts';
import { type ScriptedCommand, scriptedCommand, type ScriptedRun } from '../../src/testing/index.ts';

const left: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of left.splice(0).reverse()) await close();
});

/** Lets one through each time that it was opened. */
class Turnstile {
  #opened = 0;
  readonly #waiting: (() => void)[] = [];

  open(): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#opened += 1;
    else waiting();
  }

  async pass(): Promise<void> {
    if (this.#opened > 0) this.#opened -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** A clock that the test holds: time stands still, and each pause lasts until the test says. */
class HeldClock implements ServiceClock {
  atMs = 0;
  readonly #pauses: { ms: number; end: () => void }[] = [];
  readonly #asked = new Turnstile();

  now(): number {
    return this.atMs;
  }

  pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
      this.#pauses.push({ ms, end: resolve });
      this.#asked.open();
    });
  }

  /** Waits until somebody pauses; resolves with for how long. */
  async paused(): Promise<number> {
    await this.#asked.pass();
    return this.#pauses[0]?.ms ?? NaN;
  }

  end(): void {
    this.#pauses.shift()?.end();
  }
}

interface Rig {
  readonly task: ServiceTask;
  readonly command: ScriptedCommand;
  readonly clock: HeldClock;
  readonly processes: Process[];
  readonly restarts: ServiceRestart[];
  readonly abort: AbortController;
  /** The next process, once it is ready. */
  readonly up: () => Promise<ScriptedRun>;
}

/** A service that obeys the test and is ready when it says "up". */
async function supervised(options: Partial<ServiceTaskContext> = {}): Promise<Rig> {
  const command = await scriptedCommand();
  const service = new Service({ defaults: { gracePeriodMs: 1000 } });
  const rig = { clock: new HeldClock(), processes: [] as Process[], restarts: [] as ServiceRestart[] };
  const abort = new AbortController();
  const ready = new Turnstile();
  const task = startServiceTask({
    name: 'db',
    check: { line: 'up' },
    signal: abort.signal,
    clock: rig.clock,
    onRestarting: (restart) => rig.restarts.push(restart),
    onReady: () => {
      ready.open();
    },
    async start() {
      const process = await service.start(command.command, command.args);
      rig.processes.push(process);
      return process;
    },
    ...options,
  });
  left.push(
    () => command.close(),
    () => service.close(),
    () => task.stop(),
  );
  const up = async (): Promise<ScriptedRun> => {
    const run = await command.next();
    await run.print('stdout', 'up\n');
    await ready.pass();
    return run;
  };
  return { ...rig, task, command, abort, up };
}

describe('Good', () => {
  it('startServiceTask is ready when the check says so, and stops with everything it started', async () => {
    const { task, command } = await supervised();
    const run = await command.next();
    const grandchild = await run.spawn({ session: true });
    expect(task.state).toBe('STARTING');
    await run.print('stdout', 'up\n');
    await expect(task.ready).resolves.toEqual({ ok: true, output: 'up\n' });
    expect(task.state).toBe('RUNNING');
    await task.stop();
    await Promise.all([run.gone, grandchild.gone]);
    await expect(task.ended).resolves.toMatchObject({ ok: true, output: 'up\n' });
    expect(task.state).toBe('STOPPED');
  });

  it('startServiceTask starts a service again after waits that double, and tells each time that it is ready', async () => {
    const { task, up, clock, restarts, processes } = await supervised({ restart: { minDelayMs: 10 } });
    for (const delayMs of [10, 20]) {
      const run = await up();
      await run.raise('SIGKILL');
      expect(await clock.paused()).toBe(delayMs);
      expect(task.state).toBe('BACKOFF');
      clock.end();
    }
    await up();
    await task.stop();
    expect(processes).toHaveLength(3);
    expect(restarts.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
      [2, 10],
      [3, 20],
    ]);
    expect(restarts[0]?.error).toMatchObject({ code: 'ERR_RUNNER_SERVICE_FAILED', cause: { killSignal: 'SIGKILL' } });
  });

  it('startServiceTask counts anew after one that was up long enough', async () => {
    const { task, up, clock } = await supervised({ restart: { maxRestarts: 1, minUptimeMs: 100 } });
    for (let round = 0; round < 3; round += 1) {
      const run = await up();
      clock.atMs += 100;
      await run.exit(1);
      await clock.paused();
      clock.end();
    }
    await task.stop();
    expect(task.state).toBe('STOPPED');
  });
});

describe('Bad', () => {
  it('startServiceTask fails where the service ends before it is ready', async () => {
    const { task, command } = await supervised();
    const run = await command.next();
    await run.print('stderr', 'no disk\n');
    await run.exit(2);
    const result = await task.ready;
    expect(result).toMatchObject({
      ok: false,
      exitCode: 2,
      output: 'no disk\n',
      error: { code: 'ERR_RUNNER_NOT_READY' },
    });
    await expect(task.ended).resolves.toBe(result);
    expect(task.state).toBe('EXITED');
  });

  it.each([0, 5])('startServiceTask reports a service that ends with code %i although it is needed', async (code) => {
    const { task, up } = await supervised();
    const run = await up();
    await run.exit(code);
    const { ok, error } = await task.ended;
    expect([ok, error]).toEqual([false, expect.objectContaining({ code: 'ERR_RUNNER_SERVICE_FAILED', task: 'db' })]);
    expect((error as Error).message).toMatch(/^Cannot keep "db" running: /);
    expect((error as Error).message).toContain(`it exited with code ${String(code)}`);
  });

  it('startServiceTask gives up after `maxRestarts`', async () => {
    const { task, command, clock } = await supervised({ restart: { maxRestarts: 1 } });
    await (await command.next()).exit(0);
    await clock.paused();
    clock.end();
    await (await command.next()).exit(0);
    await expect(task.ready).resolves.toMatchObject({ ok: false, error: { code: 'ERR_RUNNER_NOT_READY' } });
    expect(task.state).toBe('FATAL');
  });

  it('startServiceTask ends what was not ready in time', async () => {
    const { task, processes } = await supervised({ timeoutMs: 1 });
    const { error } = await task.ended;
    expect((error as Error).message).toMatch(/it was not ready within 1 ms \(waiting for a line with "up"\)$/);
    expect(processes[0]?.isRunning).toBe(false);
  });

  it('startServiceTask passes on why it could not be started, and does not try again', async () => {
    const error = new Error('no such program');
    const { task } = await supervised({ restart: { policy: 'always' }, start: () => Promise.reject(error) });
    await expect(task.ready).resolves.toEqual({ ok: false, error, output: '', exitCode: undefined });
    expect(task.state).toBe('FATAL');
  });
});

describe('Ugly', () => {
  it('ServiceTask.stop before it is ready ends it, and says so to those who wait', async () => {
    const { task, command } = await supervised();
    const run = await command.next();
    await Promise.all([task.stop(), task.stop()]);
    await run.gone;
    const { ok, error } = await task.ready;
    expect([ok, (error as Error).message]).toEqual([false, 'Cannot use "db": it was stopped before it was ready']);
  });

  it('ServiceTask.stop while it is being started ends what comes of that', async () => {
    let start: (process: Process) => void = () => undefined;
    const { task, command } = await supervised({ start: () => new Promise((resolve) => (start = resolve)) });
    const stopped = task.stop();
    const service = new Service();
    left.push(() => service.close());
    start(await service.start(command.command, command.args));
    await stopped;
    expect(service.running()).toEqual([]);
  });

  it('ServiceTask.stop while it waits for a restart starts nothing any more', async () => {
    const { task, up, clock, processes } = await supervised({ restart: {} });
    const run = await up();
    await run.exit(1);
    await clock.paused();
    await task.stop();
    clock.end();
    await expect(task.ended).resolves.toMatchObject({ ok: true });
    expect(processes).toHaveLength(1);
  });

  it('startServiceTask ends the service when its signal is aborted, and the reason is the error', async () => {
    const { task, up, abort } = await supervised({ restart: { policy: 'always' } });
    const run = await up();
    const reason = new Error('enough');
    abort.abort(reason);
    await run.gone;
    const { ok, error } = await task.ended;
    expect([ok, error, task.state]).toEqual([false, reason, 'STOPPED']);
  });

  it('startServiceTask starts nothing where its signal is aborted already', async () => {
    const reason = new Error('enough');
    const { task, processes } = await supervised({ signal: AbortSignal.abort(reason) });
    await expect(task.ready).resolves.toEqual({ ok: false, error: reason, output: '', exitCode: undefined });
    expect(processes).toEqual([]);
  });

  it('startServiceTask ends what a service left behind before it starts the next', async () => {
    const { task, command, clock } = await supervised({ restart: {} });
    const run = await command.next();
    const daemon = await run.spawn({ orphan: true, session: true });
    await run.print('stdout', 'up\n');
    await task.ready;
    await run.exit(1);
    await clock.paused();
    await daemon.gone;
  });
});
