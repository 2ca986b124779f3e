import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { open, opened } from './fixture.ts';
import { processesOf } from './leftovers.ts';
import { Watched } from './watched.ts';

const PROGRAM = fileURLToPath(new URL('fixtures/program.mjs', import.meta.url));

describe('Good', () => {
  it('run: in the foreground it shows the console, and tells how the machine ended', async () => {
    const { manager, image, stateDir } = await opened();
    const output = new PassThrough();
    const running = manager.run(image, { name: 'web', output });
    const other = await open({ stateDir });
    const shown = new Watched(output);
    expect(await shown.until('READY')).toMatch(/^boot 1 of web\r\nREADY ssh/);
    await other.stop('web');
    expect(await running).toMatchObject({ name: 'web', status: 'stopped', exitReason: 'guest-shutdown', pid: 0 });
    await shown.until('shutting down');
    expect(output.writableEnded).toBe(false);
  });

  it('run: in the foreground with autoRemove nothing is left, and the result tells how it ended', async () => {
    const { manager, image, stateDir } = await opened();
    const output = new PassThrough();
    const running = manager.run(image, { name: 'web', output, autoRemove: true });
    await new Watched(output).until('READY');
    const other = await open({ stateDir });
    await other.kill('web');
    expect(await running).toMatchObject({ status: 'stopped', pid: 0 });
    expect(await manager.list()).toEqual([]);
  });
});

describe('Bad', () => {
  it('run: in the foreground an abort has the guest shut down, and rejects with its reason', async () => {
    const { manager, image, stateDir } = await opened();
    const controller = new AbortController();
    const reason = new Error('enough');
    const output = new PassThrough();
    const running = manager.run(image, { name: 'web', output, signal: controller.signal });
    await new Watched(output).until('READY');
    controller.abort(reason);
    expect(await running.catch((error: unknown) => error)).toBe(reason);
    expect(await manager.inspect('web')).toMatchObject({ status: 'stopped', exitReason: 'guest-shutdown' });
    expect(processesOf(stateDir)).toEqual([]);
  });
});

describe('Ugly', () => {
  for (const killSignal of ['SIGINT', 'SIGTERM'] as const) {
    needs('linux')(
      `run: in the foreground ${killSignal} has the guest shut down, and then ends the program`,
      async () => {
        const { manager, image, stateDir } = await opened();
        const told = { stateDir, image, verb: 'run', options: { name: 'web', output: true } };
        const child = spawn(process.execPath, [PROGRAM, JSON.stringify(told)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        await new Watched(child.stdout).until('READY');
        child.kill(killSignal);
        expect(await once(child, 'exit')).toEqual([null, killSignal]);
        expect(await manager.inspect('web')).toMatchObject({ status: 'stopped', exitReason: 'guest-shutdown' });
        expect(processesOf(stateDir)).toEqual([]);
      },
    );
  }

  it('run: in the foreground an output that is gone does not hold up the machine', async () => {
    const { manager, image, stateDir } = await opened();
    const output = new PassThrough();
    const running = manager.run(image, { name: 'web', output });
    await new Watched(output).until('READY');
    output.destroy();
    const other = await open({ stateDir });
    await other.stop('web');
    expect((await running).status).toBe('stopped');
  });
});
