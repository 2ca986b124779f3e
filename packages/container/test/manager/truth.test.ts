import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { localMedium, readonly } from '@core/io';
import { needs } from '@core/tooling/needs';

import { identityOf } from '../../src/machine/machine-process.ts';
import { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { plain } from '../../src/manager/plain.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { open, opened } from './fixture.ts';
import { machinesOf, processesOf } from './leftovers.ts';
import { Watched } from './watched.ts';

/** A program that is gone. */
const GONE = { pid: 2 ** 22 - 1, writtenAtMs: 1, startTicks: 1, bootId: 'a boot of long ago' };

describe('Good', () => {
  it('list: a second program knows the machines of the first, and what it does to them', async () => {
    const { manager, image, stateDir } = await opened();
    const first = await manager.run(image, { detach: true, name: 'web' });
    await manager.close();
    const next = await open({ stateDir });
    expect(await next.list()).toEqual([first]);
    await next.stop('web');
    expect((await next.inspect('web')).exitReason).toBe('guest-shutdown');
  });

  it('list: tells why a machine has ended while nobody looked', async () => {
    const { manager, image } = await opened();
    for (const [order, reason] of [
      ['poweroff', 'guest-shutdown'],
      ['reset', 'guest-reset'],
      ['crash', 'killed'],
    ] as const) {
      const { id } = await manager.run(image, { detach: true, name: order });
      const console = await manager.console(id);
      console.resume();
      console.write(`${order}\n`);
      await once(console, 'close');
      await manager.wait(id);
      expect(await manager.inspect(order)).toMatchObject({ status: 'stopped', pid: 0, exitReason: reason });
    }
  });

  it('prune: removes what does not run, and what programs left that were killed in the middle', async () => {
    const { manager, image, stateDir } = await opened();
    await manager.run(image, { detach: true, name: 'running' });
    await manager.run(image, { detach: true, name: 'ended' });
    await manager.kill('ended');
    const removed = await manager.prune();
    expect(removed.map(({ name }) => name)).toEqual(['ended']);
    expect((await manager.list()).map(({ name }) => name)).toEqual(['running']);
    await manager.kill('running');
    expect(await manager.prune({ status: ['error'] })).toEqual([]);
    expect((await manager.prune()).length).toBe(1);
    expect(machinesOf(stateDir).filter((path) => !path.startsWith('ports/'))).toEqual([]);
  });
});

describe('Bad', () => {
  it('start: refuses a machine whose image is gone, and it stays as it was', async () => {
    const { manager, image } = await opened();
    await manager.run(image, { detach: true, name: 'web' });
    await manager.stop('web');
    const before = await manager.inspect('web');
    const content = readFileSync(image);
    rmSync(image);
    const error = await containerRefusalOf(() => manager.start('web'), 'ERR_CONTAINER_IMAGE_NOT_FOUND');
    expect(error.message).toContain(image);
    expect(await manager.inspect('web')).toEqual(before);
    writeFileSync(image, content);
    expect((await manager.start('web')).status).toBe('running');
  });

  it('suspend: is refused by a hypervisor that cannot, and the machine runs on', async () => {
    const { manager, image } = await opened();
    const before = await manager.run(image, { detach: true, name: 'web' });
    await containerRefusalOf(() => manager.suspend('web'), 'ERR_CONTAINER_SAVED_STATE');
    expect(await manager.inspect('web')).toEqual(before);
    await manager.kill('web');
    await containerRefusalOf(() => manager.suspend('web'), 'ERR_CONTAINER_NOT_RUNNING');
    await containerRefusalOf(() => manager.resume('web'), 'ERR_CONTAINER_SAVED_STATE');
  });

  it('exec, stats, console: are refused for a machine that does not run', async () => {
    const { manager, image } = await opened();
    await manager.run(image, { detach: true, name: 'web' });
    await manager.kill('web');
    for (const refused of [
      () => manager.exec('web', ['true']),
      () => manager.stats('web'),
      () => manager.console('web'),
    ]) {
      const error = await containerRefusalOf(refused, 'ERR_CONTAINER_NOT_RUNNING');
      expect(error.message).toMatch(/^Cannot .* "web": it is stopped \(killed\)$/);
    }
  });

  it.each([[['']], [[]], ['ls'], [[1]]])('exec: refuses the command %j', async (command) => {
    const { manager } = await opened();
    await expect(manager.exec('web', command as string[])).rejects.toThrow(TypeError);
  });
});

describe('Ugly', () => {
  needs('linux')('list: another process with the number of a machine is not taken for it, and not ended', async () => {
    const { manager, image } = await opened();
    const { id, pid } = await manager.run(image, { detach: true, name: 'web' });
    process.kill(pid, 'SIGKILL');
    await manager.wait(id);
    const other = spawn('sleep', ['300']);
    await once(other, 'spawn');
    const identity = { ...(await identityOf(other.pid ?? 0)), startTicks: 1 };
    await manager.state.update(id, (current) => ({ ...current, status: 'running', pid: other.pid ?? 0, identity }));
    expect((await manager.list())[0]).toMatchObject({ status: 'stopped', pid: 0, exitReason: 'killed' });
    await manager.state.update(id, (current) => ({ ...current, status: 'running', pid: other.pid ?? 0, identity }));
    await containerRefusalOf(() => manager.kill('web'), 'ERR_CONTAINER_NOT_RUNNING');
    await manager.state.update(id, (current) => ({ ...current, status: 'running', pid: other.pid ?? 0, identity }));
    await manager.remove('web', { force: true });
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill('SIGKILL');
    await once(other, 'exit');
  });

  it('remove: with force also ends what a program has started and not yet written down', async () => {
    const { manager, image, stateDir } = await opened();
    const { id } = await manager.run(image, { detach: true, name: 'web' });
    const starter = spawn('sleep', ['300']);
    await once(starter, 'spawn');
    const startingBy = { ...(await identityOf(starter.pid ?? 0)), pid: starter.pid ?? 0 };
    const unknown = { status: 'stopped', pid: 0, startingBy } as const;
    await manager.state.update(id, (current) => plain({ ...current, ...unknown, identity: undefined }));
    await containerRefusalOf(() => manager.remove('web'), 'ERR_CONTAINER_RUNNING');
    expect(processesOf(stateDir)).toHaveLength(1);
    await manager.remove('web', { force: true });
    expect(processesOf(stateDir)).toEqual([]);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
  });

  it('list: a machine whose starter was killed is in error, and nothing of it runs', async () => {
    const { manager, image, stateDir } = await opened();
    const { id, pid } = await manager.run(image, { detach: true, name: 'web' });
    // as it is when the starter dies after the launch and before it has written the number down
    const unknown = { status: 'stopped', pid: 0, startingBy: GONE } as const;
    await manager.state.update(id, (current) => plain({ ...current, ...unknown, identity: undefined }));
    expect((await manager.list())[0]).toMatchObject({ id, status: 'error', pid: 0, exitReason: 'start-interrupted' });
    expect(processesOf(stateDir)).not.toContain(pid);
    expect((await manager.prune()).map(({ name }) => name)).toEqual(['web']);
    expect(machinesOf(stateDir).filter((path) => !path.startsWith('ports/'))).toEqual([]);
  });

  it('list: one that is being started is left alone, and cannot be started or removed', async () => {
    const { manager, image } = await opened();
    const { id } = await manager.run(image, { detach: true, name: 'web' });
    await manager.kill('web');
    const startingBy = { pid: process.pid, ...(await identityOf(process.pid)) };
    await manager.state.update(id, (current) => ({ ...current, startingBy }));
    expect((await manager.list())[0]?.startingBy).toEqual(startingBy);
    await containerRefusalOf(() => manager.start('web'), 'ERR_CONTAINER_RUNNING');
    await containerRefusalOf(() => manager.remove('web'), 'ERR_CONTAINER_RUNNING');
    const error = await containerRefusalOf(() => manager.stop('web'), 'ERR_CONTAINER_NOT_RUNNING');
    expect(error.message).toContain('it is still being started');
    expect(await manager.prune()).toEqual([]);
    await manager.state.update(id, (current) => plain({ ...current, startingBy: undefined }));
  });

  it('list: a record that nobody understands does not concern the others, is told of, and can be removed', async () => {
    const told: string[] = [];
    const tell = (message: string): void => void told.push(message);
    const logger = { debug: tell, info: tell, warn: tell, error: tell };
    const { manager, image, stateDir } = await opened({ logger });
    const { id } = await manager.run(image, { detach: true, name: 'torn' });
    await manager.kill('torn');
    await manager.run(image, { detach: true, name: 'whole' });
    writeFileSync(join(stateDir, 'vms', id, 'vm.json'), '{"version": 1, "id": "');
    expect((await manager.list()).map(({ name }) => name)).toEqual(['whole']);
    expect(told.join('\n')).toContain(id);
    await containerRefusalOf(() => manager.inspect(id), 'ERR_CONTAINER_STATE_CORRUPT');
    await manager.remove(id);
    await containerRefusalOf(() => manager.inspect(id), 'ERR_CONTAINER_NOT_FOUND');
  });

  it('list: tells the truth also where it cannot be written down', async () => {
    const { manager, image, stateDir } = await opened();
    await manager.run(image, { detach: true, name: 'web' });
    const reader = await LinuxKitManager.open({
      stateDir,
      medium: readonly(localMedium()),
      hypervisor: new FakeHypervisor(),
    });
    const { pid, id } = await reader.inspect('web');
    process.kill(pid, 'SIGKILL');
    expect(await reader.wait(id)).toMatchObject({ status: 'stopped', exitReason: 'killed' });
    expect((await reader.list())[0]).toMatchObject({ name: 'web', status: 'stopped', pid: 0, exitReason: 'killed' });
    expect((await manager.state.get(id)).status).toBe('running'); // which the next writer puts right
    await reader.close();
  });

  it('start: of any number at once one starts it', async () => {
    const { manager, image, stateDir } = await opened();
    await manager.run(image, { detach: true, name: 'web' });
    await manager.stop('web');
    const other = await open({ stateDir });
    const outcomes = await Promise.allSettled([manager, other, manager, other].map((each) => each.start('web')));
    const refusals = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map(({ reason }) => (reason as { code: string }).code);
    expect(refusals).toEqual(Array(3).fill('ERR_CONTAINER_RUNNING'));
    expect((await other.inspect('web')).status).toBe('running');
  });

  it('stop: two at once are one stop', async () => {
    const { manager, image, stateDir } = await opened();
    await manager.run(image, { detach: true, name: 'web', waitFor: { console: 'READY' } });
    const other = await open({ stateDir });
    const outcomes = await Promise.allSettled([manager.stop('web'), other.stop('web')]);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ERR_CONTAINER_NOT_RUNNING' });
    }
    expect((await other.inspect('web')).exitReason).toBe('guest-shutdown');
  });

  it('stop: ends a guest that does not hear the button when its time is over', async () => {
    const { manager, image } = await opened();
    const { id } = await manager.run(image, { detach: true, name: 'web' });
    const console = await manager.console(id);
    console.write('deaf\nsay heard\n');
    await new Watched(console).until('heard');
    await manager.stop('web', { timeoutMs: 50 });
    expect((await manager.inspect('web')).exitReason).toBe('host-qmp-quit');
  });

  it('start: a guest that is not ready in time is shut down, and keeps its disk', async () => {
    const { manager, image } = await opened();
    await manager.run(image, { detach: true, name: 'web' });
    await manager.stop('web');
    const late = { waitFor: { console: 'never' }, waitTimeoutMs: 50 } as const;
    await containerRefusalOf(() => manager.start('web', late), 'ERR_CONTAINER_NOT_READY');
    expect(await manager.inspect('web')).toMatchObject({ status: 'stopped', exitReason: 'guest-shutdown' });
    await manager.restart('web', { waitFor: { console: 'boot 3 of web' } });
    await manager.restart('web', { waitFor: { console: 'boot 4 of web' } });
  });
});
