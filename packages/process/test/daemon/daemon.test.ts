import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { Daemon, type DaemonOptions, HealthServer, probeHealth, Registry } from '../../src/daemon/index.ts';
import { Child } from './child.ts';
import { tempDir } from './temp-dir.ts';

jest.setTimeout(60_000); // programs are started, on a machine that may be busy

const NAME = { code: 'shop', daemon: 'mailer' };

/** A daemon of this program, that hears no signals. */
function here(options: Partial<DaemonOptions> = {}): { daemon: Daemon; medium: MemoryMedium; registry: Registry } {
  const medium = new MemoryMedium();
  const daemon = new Daemon({ ...NAME, medium, killSignals: [], ...options });
  return { daemon, medium, registry: new Registry({ medium }) };
}

const files = async (medium: MemoryMedium): Promise<string[]> => (await medium.list('')).map(({ name }) => name);

/** A daemon in a program of its own, that is up, and its folder. */
async function up(order: object): Promise<{ child: Child; root: string; said: Readonly<Record<string, unknown>> }> {
  const root = tempDir();
  const child = new Child('daemon.mjs', [JSON.stringify({ root, ...order })]);
  const said = await child.next();
  expect(said).toMatchObject({ step: 'up' });
  return { child, root, said: said ?? {} };
}

const steps = (said: readonly Readonly<Record<string, unknown>>[]): unknown[] => said.map(({ step }) => step);

describe('Good', () => {
  it('Daemon holds pid file and entry, and answers, while it runs', async () => {
    const { child, root, said } = await up({ body: 'obedient' });
    const url = String(said['url']);
    expect(readFileSync(join(root, 'shop-mailer.pid'), 'utf8')).toBe(`${String(child.pid)}\n`);
    const file = JSON.parse(readFileSync(join(root, 'shop-mailer.json'), 'utf8')) as Record<string, unknown>;
    expect(file).toMatchObject({ ...NAME, pid: child.pid, health: url, project: process.cwd() });
    expect(file['binary']).toMatch(/daemon\.mjs$/);
    expect([(await probeHealth(url)).status, (await probeHealth(`${url}/ready`)).status]).toEqual([200, 200]);
  });

  for (const killSignal of ['SIGINT', 'SIGTERM'] as const) {
    it(`Daemon stops on ${killSignal}: the body, the handlers in reverse, and nothing is left`, async () => {
      const { child, root } = await up({ body: 'obedient' });
      child.kill(killSignal);
      expect(await child.rest()).toEqual([
        { step: 'body ended', why: `The daemon "mailer" of "shop" stops because of ${killSignal}` },
        { step: 'second handler' },
        { step: 'first handler' },
        { step: 'run resolved' },
      ]);
      expect([await child.ended, readdirSync(root)]).toEqual([[0, null], []]);
    });
  }

  it('Daemon.run takes the end of a body that was given up for an end like any other', async () => {
    const { child } = await up({ body: 'aborted', health: false });
    child.kill('SIGTERM');
    expect([steps(await child.rest()), await child.ended]).toEqual([['run resolved'], [0, null]]);
  });

  it('Daemon.run resolves with what the body returned, and the program ends', async () => {
    const { child, root } = await up({ body: 'done' });
    expect(await child.rest()).toEqual([{ step: 'run resolved', result: 'result' }]);
    expect([await child.ended, readdirSync(root)]).toEqual([[0, null], []]);
  });

  it('Daemon works step by step, too, and says no to work while it stops', async () => {
    const { daemon, medium, registry } = here();
    const told: unknown[] = [];
    daemon.onStop(() => told.push('first'));
    daemon.onStop(async () => told.push('last', (await probeHealth(`${String(daemon.health?.url)}/ready`)).status));
    await Promise.all([daemon.start(), daemon.start()]);
    daemon.ready();
    expect((await probeHealth(`${String(daemon.health?.url)}/ready`)).status).toBe(200);
    expect((await registry.list()).map(({ health }) => health)).toEqual([daemon.health?.url]);
    await Promise.all([daemon.stop(), daemon.stop(), daemon[Symbol.asyncDispose](), daemon.stopped]);
    expect([told, await files(medium)]).toEqual([['last', 503, 'first'], []]);
    expect(daemon.signal.reason).toMatchObject({ code: 'ERR_PROCESS_STOPPED' });
  });

  it('Daemon.run lets the body stop it, and take back that it is ready', async () => {
    const { daemon } = here();
    const seen: unknown[] = [];
    const result = await daemon.run(async ({ signal, ready, stop }) => {
      ready();
      seen.push(daemon.health?.isReady);
      ready(false);
      seen.push(daemon.health?.isReady);
      stop();
      ready();
      seen.push(daemon.health?.isReady, signal.aborted);
      await Promise.resolve();
      return 'over';
    });
    expect([result, seen]).toEqual(['over', [true, false, false, true]]);
  });

  it('Daemon is in the home directory unless it is told where', async () => {
    const home = tempDir();
    const child = new Child('daemon.mjs', ['{"body":"obedient"}'], { ...process.env, HOME: home, USERPROFILE: home });
    expect(await child.next()).toMatchObject({ step: 'up' });
    const names = readdirSync(join(home, '.core/daemons')).filter((name) => !name.startsWith('.'));
    expect(names).toEqual(['shop-mailer.json', 'shop-mailer.pid']);
  });

  it('Daemon without a health server holds its program up all the same', async () => {
    const { child, root } = await up({ body: 'deaf', health: false, gracePeriodMs: 0 });
    expect(readdirSync(root).filter((name) => !name.startsWith('.'))).toEqual(['shop-mailer.json', 'shop-mailer.pid']);
    child.kill('SIGTERM');
    await child.ended;
  });
});

describe('Bad', () => {
  it('Daemon.start refuses while another of its name runs, and harms it not', async () => {
    const { child, root } = await up({ body: 'obedient' });
    const second = new Child('daemon.mjs', [JSON.stringify({ root, body: 'obedient' })]);
    expect(await second.rest()).toEqual([
      {
        step: 'run rejected',
        code: 'ERR_PROCESS_ALREADY_RUNNING',
        message: `Cannot take the pid file "shop-mailer.pid": process ${String(child.pid)} holds it and is running`,
        ...{ pid: child.pid, path: 'shop-mailer.pid' },
      },
    ]);
    expect((await second.ended)[0]).toBe(3);
    expect(existsSync(join(root, 'shop-mailer.json'))).toBe(true);
  });

  it('Daemon.start undoes everything where the port is taken, and the daemon is over', async () => {
    await using other = new HealthServer();
    await other.start();
    const { daemon, medium } = here({ health: { port: other.port } });
    await expect(daemon.start()).rejects.toMatchObject({ code: 'ERR_PROCESS_LISTEN_FAILED' });
    expect(await files(medium)).toEqual([]);
    await daemon.stop();
  });

  it('Daemon.run rejects with what the body throws, once everything is given back', async () => {
    const { daemon, medium } = here();
    const stopped: string[] = [];
    daemon.onStop(() => stopped.push('stopped'));
    const error = new Error('no mail today');
    await expect(daemon.run(() => Promise.reject(error))).rejects.toBe(error);
    await expect(daemon.run(() => 7)).rejects.toThrow(TypeError);
    expect([stopped, await files(medium)]).toEqual([['stopped'], []]);
    await expect(
      here().daemon.run(() => {
        throw error;
      }),
    ).rejects.toBe(error);
  });

  it('Daemon.run rejects with the reason of its signal, which stops it', async () => {
    const { daemon, medium } = here();
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = daemon.run(async ({ signal }) => {
      controller.abort(reason);
      expect(signal.reason).toBe(reason);
      await once(signal, 'never', { signal });
    }, controller);
    await expect(running).rejects.toBe(reason);
    expect(await files(medium)).toEqual([]);
    await expect(here().daemon.run(() => 7, controller)).rejects.toBe(reason);
  });

  it('Daemon.start rejects with the reason of a signal, or with ERR_PROCESS_STOPPED after stop', async () => {
    const { daemon, medium } = here();
    const reason = new Error('enough');
    await expect(daemon.start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const other = here().daemon;
    await other.stop();
    await expect(other.start()).rejects.toMatchObject({ code: 'ERR_PROCESS_STOPPED' });
    expect(() => {
      other.onStop(() => 7);
    }).toThrow('stops because it was told to');
    expect(await files(medium)).toEqual([]);
  });

  it('Daemon.stop rejects with what its handlers threw, and all is done nevertheless', async () => {
    const { daemon, medium } = here();
    const told: string[] = [];
    daemon.onStop(() => told.push('first'));
    daemon.onStop(() => Promise.reject(new Error('the disk is full')));
    daemon.onStop(() => {
      throw new Error('the queue is stuck');
    });
    await daemon.start();
    await expect(daemon.stop()).rejects.toMatchObject({
      code: 'ERR_PROCESS_STOP_FAILED',
      message: 'Cannot stop the daemon "mailer" of "shop" cleanly: the queue is stuck; the disk is full',
      cause: expect.objectContaining({ errors: [expect.any(Error), expect.any(Error)] }) as unknown,
    });
    expect([told, await files(medium)]).toEqual([['first'], []]);
    await expect(daemon.stopped).rejects.toMatchObject({ code: 'ERR_PROCESS_STOP_FAILED' });
  });

  it('Daemon refuses wrong options and wrong functions', async () => {
    for (const wrong of [
      { code: '../x' },
      { daemon: '' },
      { killSignals: ['TERM'] },
      { health: { port: 'x' } },
      { gracePeriodMs: -1 },
    ]) {
      expect(() => new Daemon({ ...NAME, ...wrong } as DaemonOptions)).toThrow(/must be/);
    }
    const { daemon } = here();
    expect(() => {
      daemon.onStop(7 as unknown as () => void);
    }).toThrow(TypeError);
    await expect(daemon.run('x' as unknown as () => void)).rejects.toThrow(TypeError);
  });
});

describe('Ugly', () => {
  it('Daemon waits for a deaf body and a stuck handler no longer than the grace period', async () => {
    const { child, root } = await up({ body: 'deaf', gracePeriodMs: 20 });
    child.kill('SIGTERM');
    const said = await child.rest();
    expect(steps(said)).toEqual(['handler', 'run rejected']);
    expect(said[1]?.['message']).toMatch(/cleanly: its body did not end within 20 ms$/);
    expect([await child.ended, readdirSync(root)]).toEqual([[3, null], []]);

    const stuck = await up({ body: 'stuck', gracePeriodMs: 20 });
    stuck.child.kill('SIGTERM');
    const told = await stuck.child.rest();
    expect(steps(told)).toEqual(['handler began', 'time is up', 'run rejected']);
    expect(told.at(-1)?.['message']).toMatch(
      /cleanly: the disk is full; the handler closeQueue did not end within 20 ms$/,
    );
    expect([await stuck.child.ended, readdirSync(stuck.root)]).toEqual([[3, null], []]);
  });

  it('Daemon cuts off what still holds the program up when the grace period is over', async () => {
    const { child, root } = await up({ body: 'obedient', hold: true, gracePeriodMs: 200 });
    child.kill('SIGTERM');
    expect(steps(await child.rest())).toContain('run resolved');
    expect([await child.ended, readdirSync(root)]).toEqual([[0, null], []]);
  });

  it("Daemon is ended at once by another signal, and what it leaves is in nobody's way", async () => {
    const { child, root } = await up({ body: 'stuck', gracePeriodMs: 1_000_000 });
    child.kill('SIGINT');
    expect(await child.next()).toEqual({ step: 'handler began' });
    child.kill('SIGTERM');
    expect(await child.ended).toEqual([143, null]);
    const next = new Child('daemon.mjs', [JSON.stringify({ root, body: 'done' })]);
    expect(steps(await next.rest())).toEqual(['up', 'run resolved']);
  });

  it('Daemon takes the same signal twice in a moment for one, as package managers send it, and later for another', async () => {
    const { child } = await up({ body: 'deaf', gracePeriodMs: 1_000_000 });
    child.kill('SIGINT');
    child.kill('SIGINT');
    const again = setInterval(() => {
      child.kill('SIGINT');
    }, 20);
    expect(await child.ended).toEqual([130, null]);
    clearInterval(again);
  });

  it("Daemon that was killed is in nobody's way, and in no list", async () => {
    const { child, root } = await up({ body: 'obedient' });
    child.kill('SIGKILL');
    await child.ended;
    const next = new Child('daemon.mjs', [JSON.stringify({ root, body: 'obedient' })]);
    expect(await next.next()).toMatchObject({ step: 'up' });
    next.kill('SIGTERM');
    expect([await next.ended, readdirSync(root)]).toEqual([[0, null], []]);
  });

  it('Daemon that is stopped while it starts does not start', async () => {
    const { daemon, medium } = here();
    const running = daemon.run(() => 'never');
    const stopping = daemon.stop();
    expect(await running).toBeUndefined();
    await stopping;
    expect(await files(medium)).toEqual([]);
  });
});
