import { describe, expect } from '@jest/globals';

import { it, open, options, testImage } from './vm.ts';

describe('Good', () => {
  it('stop, start: a file that the guest has not yet written out is there again', async () => {
    const { images } = await testImage();
    const manager = await open();
    await manager.run(images.kernel, await options({ name: 'db', disks: [{ sizeMb: 64 }], waitFor: 'agent' }));
    await manager.exec('db', ['sh', '-c', 'echo precious >/data/file']); // no sync
    await manager.stop('db', { timeoutMs: 60_000 });
    await manager.start('db', { waitFor: 'agent', waitTimeoutMs: 240_000 });
    expect((await manager.exec('db', ['cat', '/data/file'])).stdout).toBe('precious\n');
    await manager.remove('db', { force: true });
  });

  it('suspend, resume: the guest goes on where it was, also for another program', async () => {
    const { images } = await testImage();
    const manager = await open();
    const machine = await manager.run(
      images.kernel,
      await options({ name: 'db', disks: [{ sizeMb: 64 }], publish: [80], waitFor: 'agent' }),
    );
    await manager.exec('db', ['sh', '-c', 'echo in memory >/tmp/file; echo on disk >/data/file; sync']);
    expect(await manager.suspend('db')).toMatchObject({ status: 'stopped', suspended: true, pid: 0 });
    expect(await manager.prune()).toEqual([]); // its memory is worth something
    const next = await open({ stateDir: stateDirOf(manager.state.machineDir(machine.id)) });
    expect(await next.resume('db')).toMatchObject({ status: 'running', suspended: false, ports: machine.ports });
    expect((await next.exec('db', ['cat', '/tmp/file', '/data/file'])).stdout).toBe('in memory\non disk\n');
    const [port = ''] = Object.keys(machine.ports);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello from the vm\n');
    await next.suspend('db');
    await next.start('db', { discardMemory: true, waitFor: 'agent', waitTimeoutMs: 240_000 });
    expect((await next.exec('db', ['cat', '/tmp/file', '/data/file'])).stdout).toBe('on disk\n');
    await next.remove('db', { force: true });
  });

  it('run: four machines at once from one image do not touch it, nor each other', async () => {
    const { images } = await testImage(['qcow2']);
    const manager = await open();
    const wanted = await options({ memoryMb: 128, waitFor: 'agent' });
    const machines = await Promise.all([1, 2, 3, 4].map(() => manager.run(images.qcow2, wanted)));
    for (const { id, name } of machines) await manager.exec(id, ['sh', '-c', 'echo "$0" >/tmp/name', name]);
    for (const { id, name } of machines) {
      expect((await manager.exec(id, ['cat', '/tmp/name'])).stdout).toBe(`${name}\n`);
    }
    await Promise.all(machines.map(({ id }) => manager.remove(id, { force: true })));
  });
});

function stateDirOf(machineDir: string): string {
  return machineDir.replace(/\/vms\/[^/]+$/, '');
}
