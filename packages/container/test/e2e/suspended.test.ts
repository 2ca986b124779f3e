import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { Container } from '../../src/container.ts';
import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { MachineControl } from '../../src/machine/machine-control.ts';
import { identityOf } from '../../src/machine/machine-process.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import type { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { plain } from '../../src/manager/plain.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { open, tempDir } from '../manager/fixture.ts';
import { Watched } from '../manager/watched.ts';
import { tinyImage } from './tiny-image.ts';

const it: (title: string, test: () => Promise<void>) => void = (title, test) => {
  needs('qemu-system-x86_64', 'qemu-img', 'mount')(title, test, 60_000);
};

/** A program that is gone. */
const GONE = { pid: 2 ** 22 - 1, writtenAtMs: 1, startTicks: 1, bootId: 'a boot of long ago' };

interface Counting {
  readonly manager: LinuxKitManager;
  readonly machine: Container;
  readonly control: MachineControl;
}

/** A machine that counts the keys that are pressed, in its memory. */
async function counting(): Promise<Counting> {
  const stateDir = tempDir();
  const manager = await open({ stateDir, hypervisor: new QemuHypervisor({ accelerator: 'tcg' }) });
  const ready = { waitFor: { console: 'READY' } } as const;
  const machine = await manager.run(await tinyImage(), { detach: true, memoryMb: 16, name: 'counter', ...ready });
  const control = new MachineControl(machine, machinePaths(stateDir, machine.id), { control: 'qmp' });
  return { manager, machine, control };
}

/** Presses a key, and waits until the guest has counted so many. */
async function press(manager: LinuxKitManager, count: string): Promise<void> {
  const console = await manager.console('counter');
  console.write('k');
  await new Watched(console).until(count);
  console.destroy();
}

describe('Good', () => {
  it('suspend, resume: the guest counts on', async () => {
    const { manager } = await counting();
    await press(manager, '1');
    expect(await manager.suspend('counter')).toMatchObject({
      status: 'stopped',
      suspended: true,
      exitReason: 'suspended',
    });
    await containerRefusalOf(() => manager.suspend('counter'), 'ERR_CONTAINER_NOT_RUNNING');
    expect(await manager.prune()).toEqual([]);
    expect(await manager.resume('counter')).toMatchObject({ status: 'running', suspended: false });
    await press(manager, '2');
    await manager.suspend('counter');
    expect((await manager.prune({ suspended: true })).map(({ name }) => name)).toEqual(['counter']);
  });

  it('start: a suspended machine goes on, unless its memory is thrown away', async () => {
    const { manager } = await counting();
    await press(manager, '1');
    await manager.suspend('counter');
    await manager.start('counter');
    await press(manager, '2');
    await manager.suspend('counter');
    await manager.start('counter', { discardMemory: true, waitFor: { console: 'READY' } });
    await press(manager, '1');
    await manager.stop('counter');
    await containerRefusalOf(() => manager.resume('counter'), 'ERR_CONTAINER_SAVED_STATE');
  });
});

describe('Ugly', () => {
  it('suspend: aborted, the guest goes on', async () => {
    const { manager } = await counting();
    const reason = new Error('enough');
    const suspending = manager.suspend('counter', { signal: AbortSignal.timeout(1) }).catch(() => reason);
    if ((await suspending) === reason) expect((await manager.inspect('counter')).startingBy).toBeUndefined();
    else await manager.resume('counter'); // it was quicker
    await press(manager, '1');
  });

  it('suspend: of any number at once one does it, and nobody stops the machine meanwhile', async () => {
    const { manager, machine } = await counting();
    const startingBy = { pid: process.pid, ...(await identityOf(process.pid)) };
    await manager.state.update(machine.id, (current) => ({ ...current, startingBy }));
    for (const refused of [() => manager.suspend('counter'), () => manager.stop('counter')]) {
      const error = await containerRefusalOf(refused, 'ERR_CONTAINER_NOT_RUNNING');
      expect(error.message).toContain('is suspending it');
    }
    await containerRefusalOf(() => manager.remove('counter'), 'ERR_CONTAINER_RUNNING');
    await manager.state.update(machine.id, (current) => plain({ ...current, startingBy: undefined }));
    const outcomes = await Promise.allSettled([manager.suspend('counter'), manager.suspend('counter')]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('list: a suspension whose program was killed before the memory was saved: the guest goes on', async () => {
    const { manager, machine } = await counting();
    await manager.state.update(machine.id, (current) => ({ ...current, startingBy: GONE }));
    expect(await manager.list()).toEqual([machine]);
    await press(manager, '1');
  });

  it('list: a suspension whose program was killed after the memory was saved: it is suspended', async () => {
    const { manager, machine, control } = await counting();
    await press(manager, '1');
    await manager.state.update(machine.id, (current) => ({ ...current, startingBy: GONE }));
    await control.suspend();
    expect((await manager.list())[0]).toMatchObject({ status: 'stopped', pid: 0, suspended: true });
    await manager.resume('counter');
    await press(manager, '2');
  });

  it('list: a suspension whose program and machine were killed: it has ended', async () => {
    const { manager, machine, control } = await counting();
    await manager.state.update(machine.id, (current) => ({ ...current, startingBy: GONE }));
    await control.kill();
    expect((await manager.list())[0]).toMatchObject({ status: 'stopped', exitReason: 'killed', suspended: false });
  });

  it('list: a resumption whose program was killed: it is suspended as before', async () => {
    const { manager, machine } = await counting();
    await press(manager, '1');
    await manager.suspend('counter');
    await manager.state.update(machine.id, (current) => ({ ...current, startingBy: GONE }));
    expect((await manager.list())[0]).toMatchObject({ status: 'stopped', suspended: true });
    await manager.resume('counter');
    await press(manager, '2');
  });

  it('suspend: a disk that gets full at any step: it says so, leaves nothing, and the guest goes on', async () => {
    const fixture = fileURLToPath(new URL('fixtures/suspend-full-disk.mjs', import.meta.url));
    const mounted = ['--mount', 'sh', '-c', 'mount -t tmpfs -o size=64m tmpfs "$3" && exec "$@"', 'sh'];
    const args = [...mounted, process.execPath, fixture, tempDir(), await tinyImage()];
    const { stdout, stderr, status } = spawnSync('unshare', args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { refusals, wrong, counts } = JSON.parse(stdout) as Record<'counts' | 'refusals' | 'wrong', unknown>;
    expect({ refusals, wrong }).toEqual({ refusals: ['ENOSPC'], wrong: [] });
    expect('123456789').toContain(counts);
    expect(String(counts).length).toBeGreaterThan(2);
  });
});
