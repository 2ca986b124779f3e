import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { HypervisorCommand, MachineOptions } from '../../src/hypervisors/hypervisor.ts';
import type { MachineImage } from '../../src/image/image.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { open, opened } from './fixture.ts';
import { processesOf } from './leftovers.ts';
import { Watched } from './watched.ts';

/** Its machines do something more. */
class PatchedHypervisor extends FakeHypervisor {
  readonly #program: string;

  constructor(program: string) {
    super();
    this.#program = program;
  }

  override buildCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
    const { args, ...command } = super.buildCommand(image, options);
    const [flag = '', program = '', machine = ''] = args;
    return { ...command, args: [flag, program + this.#program, machine] };
  }
}

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
  it('run: in the foreground with autoRemove it shows all of a machine that ends at once', async () => {
    const program = `
      const uuidOf = commands['query-uuid'];
      commands['query-uuid'] = () => {
        setTimeout(() => (say('last words'), end('guest-shutdown', true)), 0);
        return uuidOf();
      };`;
    const { manager, image } = await opened({ hypervisor: new PatchedHypervisor(program) });
    const output = new PassThrough();
    const ended = await manager.run(image, { output, autoRemove: true });
    expect(ended).toMatchObject({ status: 'stopped', exitReason: 'guest-shutdown', pid: 0 });
    expect(String(output.read())).toContain('last words');
    expect(await manager.list()).toEqual([]);
  });

  it('run: in the foreground with autoRemove a guest that panics is told as an error', async () => {
    const program = `console_.panic = () => (event('GUEST_PANICKED'), end('guest-shutdown', true));`;
    const hypervisor = new PatchedHypervisor(program);
    const { manager, image, stateDir } = await opened({ hypervisor });
    const output = new PassThrough();
    const running = manager.run(image, { name: 'web', output, autoRemove: true });
    await new Watched(output).until('READY');
    const other = await open({ stateDir, hypervisor });
    (await other.console('web')).on('error', () => undefined).end('panic\n');
    const { status, exitReason, stoppedAt } = await running;
    expect([status, exitReason, stoppedAt]).toEqual(['error', 'guest-panic', expect.any(Date)]);
  });

  it('run: in the foreground it leaves nothing behind at an output that is slow', async () => {
    const { manager, image } = await opened();
    const copy = new PassThrough();
    const shown = new Watched(copy);
    const output = new Writable({
      highWaterMark: 1,
      write(piece, _, done) {
        copy.write(piece);
        setImmediate(done);
      },
    });
    const running = manager.run(image, { name: 'web', output });
    await shown.until('READY');
    const console = await manager.console('web');
    console.on('error', () => undefined);
    for (let line = 1; line <= 20; line += 1) {
      console.write(`say line ${String(line)}.\n`);
      await shown.until(`line ${String(line)}.`);
    }
    console.end('poweroff\n');
    await running;
    expect([output.listenerCount('close'), output.listenerCount('error')]).toEqual([0, 0]);
  });

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
