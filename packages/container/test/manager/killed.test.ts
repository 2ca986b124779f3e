import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { opened } from './fixture.ts';
import { machinesOf, processesOf } from './leftovers.ts';

const PROGRAM = fileURLToPath(new URL('fixtures/program.mjs', import.meta.url));

const it = needs('linux');

/** What the program is told; see there. */
interface Told {
  readonly stateDir: string;
  readonly image: string;
  readonly verb: 'run' | 'start' | 'stop';
  readonly options: Readonly<Record<string, unknown>>;
  readonly dieAt?: number;
  readonly diesAtStart?: boolean;
}

/** Runs it to its end: the signal that it died of. */
async function killed(told: Told): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(told)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, killSignal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (killSignal === null && code !== 0) throw new Error(`it ended with exit code ${String(code)}`);
  return killSignal;
}

/** Ports are free as soon as nobody has them; their files are taken over then. */
function leftIn(stateDir: string): string[] {
  return machinesOf(stateDir).filter((path) => !path.startsWith('ports/'));
}

describe('Good', () => {
  it('run: the machine outlives the program that started it, however that ends', async () => {
    const { manager, image, stateDir } = await opened();
    expect(await killed({ stateDir, image, verb: 'run', options: { detach: true, name: 'web' } })).toBeNull();
    expect((await manager.inspect('web')).status).toBe('running');
    await manager.stop('web');
    expect((await manager.inspect('web')).exitReason).toBe('guest-shutdown');
  });
});

describe('Ugly', () => {
  it('run: killed at any step it leaves nothing that the next program cannot put right', async () => {
    const { manager, image, stateDir } = await opened();
    let dieAt = 0;
    let killSignal: NodeJS.Signals | null;
    do {
      dieAt += 1;
      killSignal = await killed({ stateDir, image, verb: 'run', options: { detach: true, name: 'web' }, dieAt });
      const machines = await manager.list();
      expect(processesOf(stateDir)).toEqual(machines.filter(({ pid }) => pid !== 0).map(({ pid }) => pid));
      for (const { id, status } of machines) {
        if (status === 'running') await manager.kill(id);
        else expect(await manager.inspect(id)).toMatchObject({ status: 'error', exitReason: 'start-interrupted' });
      }
      await manager.prune();
      expect(await manager.list()).toEqual([]);
      expect(leftIn(stateDir)).toEqual([]);
    } while (killSignal !== null);
    expect(dieAt).toBeGreaterThan(5);
  }, 120_000);

  it('run: killed when the hypervisor was started and not written down, nothing of it runs on', async () => {
    const { manager, image, stateDir } = await opened();
    const told = { stateDir, image, verb: 'run', options: { detach: true, name: 'web' }, diesAtStart: true } as const;
    expect(await killed(told)).toBe('SIGKILL');
    expect((await manager.list())[0]).toMatchObject({ name: 'web', status: 'error', exitReason: 'start-interrupted' });
    expect(processesOf(stateDir)).toEqual([]);
    expect((await manager.prune()).length).toBe(1);
    expect((await manager.run(image, { detach: true, name: 'web' })).status).toBe('running');
  });

  it('start: killed at any step, the machine can be started by the next program', async () => {
    const { manager, image, stateDir } = await opened();
    await manager.run(image, { detach: true, name: 'web' });
    await manager.stop('web');
    let dieAt = 0;
    let killSignal: NodeJS.Signals | null;
    do {
      dieAt += 1;
      killSignal = await killed({ stateDir, image, verb: 'start', options: { id: 'web' }, dieAt });
      const { status } = await manager.inspect('web');
      expect(processesOf(stateDir).length).toBe(status === 'running' ? 1 : 0);
      if (status === 'running') await manager.stop('web');
    } while (killSignal !== null);
    await manager.start('web');
    expect(dieAt).toBeGreaterThan(3);
  }, 120_000);

  it('stop: killed at any step, the next program tells what became of it', async () => {
    const { manager, image, stateDir } = await opened();
    let dieAt = 0;
    let killSignal: NodeJS.Signals | null;
    do {
      dieAt += 1;
      await manager.run(image, { detach: true, name: 'web', waitFor: { console: 'READY' } });
      killSignal = await killed({ stateDir, image, verb: 'stop', options: { id: 'web' }, dieAt });
      const { status, exitReason } = await manager.inspect('web');
      if (status === 'running') await manager.stop('web');
      else expect(exitReason).toBe('guest-shutdown');
      await manager.remove('web');
    } while (killSignal !== null);
  }, 120_000);
});
