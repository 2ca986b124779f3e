import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { IoError } from '@core/io';
import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import type { Container } from '../../src/container.ts';
import { identityOf } from '../../src/machine/machine-process.ts';
import type { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { plain } from '../../src/manager/plain.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { open, opened } from './fixture.ts';
import { type Hook, hooked, onceAt } from './hooked.ts';
import { machinesOf, processesOf } from './leftovers.ts';

/** A program that is gone. */
const GONE = { pid: 2 ** 22 - 1, writtenAtMs: 1, startTicks: 1, bootId: 'a boot of long ago' };

interface Two {
  readonly first: LinuxKitManager;
  /** Its next call does this first; see `hooked`. */
  readonly second: LinuxKitManager;
  readonly machine: Container;
  readonly stateDir: string;
  hook: Hook;
}

/** Two programs, and a machine that has been stopped. */
async function two(options: { readonly autoRemove?: boolean } = {}): Promise<Two> {
  const { manager: first, image, stateDir } = await opened();
  const given: { hook: Hook } = { hook: () => undefined };
  const second = await open({ stateDir, medium: hooked((method, path) => given.hook(method, path)) });
  const machine = await first.run(image, { detach: true, name: 'web', waitFor: { console: 'READY' }, ...options });
  return Object.assign(given, { first, second, machine, stateDir });
}

/** The only machine, once its hypervisor has answered. */
async function theRunningOne(manager: LinuxKitManager): Promise<Container> {
  for (;;) {
    const [machine] = await manager.list({ status: ['running'] });
    if (machine !== undefined && machine.pid !== 0) return machine;
    await new Promise(setImmediate);
  }
}

describe('Good', () => {
  it('restart: keeps a machine that is to be removed when it has ended', async () => {
    const { first, second, machine } = await two({ autoRemove: true });
    const waiting = second.wait(machine.id);
    expect(await first.restart('web')).toMatchObject({ status: 'running', autoRemove: true });
    expect(await waiting).toMatchObject({ id: machine.id });
    expect(await first.inspect('web')).toMatchObject({ status: 'running', autoRemove: true });
    await first.stop('web');
    await containerRefusalOf(() => first.inspect('web'), 'ERR_CONTAINER_NOT_FOUND');
  });
});

describe('Bad', () => {
  it('restart: removes a machine that was to be removed when it had ended, and could not be started again', async () => {
    const { manager, image } = await opened({ hypervisor: new FakeHypervisor({ isSlow: true }) });
    await manager.run(image, { detach: true, name: 'web', autoRemove: true, waitFor: { console: 'boot' } });
    const restart = () => manager.restart('web', { waitFor: 'ssh', waitTimeoutMs: 100 });
    await containerRefusalOf(restart, 'ERR_CONTAINER_NOT_READY');
    expect(await manager.list()).toEqual([]);
  });

  it('run: leaves a machine alone that another program started anew while it waited for it', async () => {
    const slow = new FakeHypervisor({ isSlow: true });
    const { manager: first, image, stateDir } = await opened({ hypervisor: slow });
    let hook: Hook = () => undefined;
    const medium = hooked((method, path) => hook(method, path));
    const second = await open({ stateDir, medium, hypervisor: slow });
    const running = second.run(image, { detach: true, name: 'web', waitFor: 'ssh' });
    const refused = containerRefusalOf(() => running, 'ERR_CONTAINER_NOT_READY');
    const { id } = await theRunningOne(first);
    const stopped = first.stop('web', { timeoutMs: 0 });
    hook = onceAt('lock', id, async () => {
      await stopped;
      await first.start('web');
    });
    await stopped;
    await refused;
    const { status, pid } = await first.inspect('web');
    expect([status, processesOf(stateDir)]).toEqual(['running', [pid]]);
  });

  it('remove: refuses a machine that was started since it was looked at, and it runs on', async () => {
    const tools = await two();
    const { first, second, machine, stateDir } = tools;
    await first.stop('web');
    tools.hook = onceAt('lock', machine.id, () => first.start('web'));
    await containerRefusalOf(() => second.remove('web'), 'ERR_CONTAINER_RUNNING');
    const { status, pid } = await first.inspect('web');
    expect([status, processesOf(stateDir)]).toEqual(['running', [pid]]);
  });

  it('prune: leaves a machine that was started since it was looked at', async () => {
    const tools = await two();
    const { first, second, machine } = tools;
    await first.stop('web');
    tools.hook = onceAt('lock', machine.id, () => first.start('web'));
    expect(await second.prune()).toEqual([]);
    expect((await first.inspect('web')).status).toBe('running');
  });
});

describe('Ugly', () => {
  it('remove: with force also ends a machine that was started since it was looked at', async () => {
    const tools = await two();
    const { first, second, machine, stateDir } = tools;
    await first.stop('web');
    tools.hook = onceAt('lock', machine.id, () => first.start('web'));
    await second.remove('web', { force: true });
    expect(processesOf(stateDir)).toEqual([]);
    expect(machinesOf(stateDir).filter((path) => !path.startsWith('ports/'))).toEqual([]);
  });

  it('prune: two at once remove a machine once', async () => {
    const tools = await two();
    const { first, second, machine } = tools;
    await first.stop('web');
    tools.hook = onceAt('lock', machine.id, () => first.remove('web'));
    expect(await second.prune()).toEqual([]);
    expect(await first.list()).toEqual([]);
  });

  it('start: of a machine that is removed meanwhile nothing is left', async () => {
    const tools = await two();
    const { first, second, machine, stateDir } = tools;
    await first.stop('web');
    const removed = (): Promise<void> => first.remove('web', { force: true });
    tools.hook = onceAt('write', `ports/${String(machine.sshPort)}`, removed);
    await containerRefusalOf(() => second.start('web'), 'ERR_CONTAINER_NOT_FOUND');
    expect(processesOf(stateDir)).toEqual([]);
    expect(machinesOf(stateDir)).toEqual([]);
  });

  it('start: another program that cleans up after a starter that was killed does not end the machine', async () => {
    const tools = await two();
    const { first, second, machine, stateDir } = tools;
    await first.stop('web');
    await first.state.update(machine.id, (now) => ({ ...now, startingBy: GONE }));
    tools.hook = onceAt('lock', machine.id, () => first.start('web'));
    await second.list();
    const { status, pid } = await first.inspect('web');
    expect([status, processesOf(stateDir)]).toEqual(['running', [pid]]);
  });

  it('start: where a failed one could not be taken back, the next look does so', async () => {
    const tools = await two();
    const { first, second, machine } = tools;
    await first.stop('web');
    let left = 1; // the claim is written, and nothing more
    tools.hook = (method, path) => {
      if (method === 'write' && path.endsWith('vm.json') && (left -= 1) < 0) throw full(path);
      if (method === 'write' && path.includes('/ports/')) throw full(path);
    };
    await containerRefusalOf(() => second.start('web'), 'ERR_CONTAINER_STATE_UNWRITABLE');
    expect((await second.state.get(machine.id)).startingBy).toBeDefined();
    tools.hook = () => undefined;
    expect((await second.inspect('web')).startingBy).toBeUndefined();
    expect((await second.start('web')).status).toBe('running');
  });

  it('remove: also where the end of the machine cannot be written down', async () => {
    const tools = await two();
    const { first, second, machine } = tools;
    tools.hook = (method, path) => {
      if (method === 'write' && path.endsWith('vm.json')) throw full(path);
    };
    process.kill(machine.pid, 'SIGKILL');
    await second.wait(machine.id);
    await second.remove('web');
    expect(await first.list()).toEqual([]);
  });

  needs('linux')(
    'list: a machine that does not answer after a suspension that was cut short holds up nobody',
    async () => {
      const { first, second, machine } = await two();
      process.kill(machine.pid, 'SIGSTOP');
      await first.state.update(machine.id, (now) => ({ ...now, startingBy: GONE }));
      expect((await second.list()).map(({ status, startingBy }) => [status, startingBy])).toEqual([
        ['running', undefined],
      ]);
      await second.stop('web', { timeoutMs: 0 });
      expect((await second.inspect('web')).status).toBe('stopped');
    },
  );

  it('wait: leaves a machine that is being suspended to the program that does so', async () => {
    const { first, second, machine } = await two();
    const suspender = spawn('sleep', ['300']);
    await once(suspender, 'spawn');
    const startingBy = { pid: suspender.pid ?? 0, ...(await identityOf(suspender.pid ?? 0)) };
    await first.state.update(machine.id, (now) => ({ ...now, startingBy }));
    const waiting = second.wait(machine.id);
    process.kill(machine.pid, 'SIGKILL');
    const over = { status: 'stopped', pid: 0, exitReason: 'suspended', suspended: true } as const;
    await first.state.update(machine.id, (now) =>
      plain({ ...now, ...over, identity: undefined, startingBy: undefined }),
    );
    expect(await waiting).toMatchObject(over);
    suspender.kill('SIGKILL');
    await once(suspender, 'exit');
    await first.remove('web');
  });
});

function full(path: string): IoError {
  return new IoError({ code: 'ENOSPC', op: 'write', path });
}
