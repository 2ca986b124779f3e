import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { DiskMedium, MemoryMedium } from '@core/io';

import { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { bootableFile } from '../../src/testing/bootable-file.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { open, opened, tempDir } from './fixture.ts';

/** A disk that a BIOS boots, as far as can be seen from outside. */
function rawDisk(path: string): string {
  const disk = Buffer.alloc(65_536);
  disk.set([0xfa, 0xf4], 0);
  disk.set([0x55, 0xaa], 510);
  writeFileSync(path, disk);
  return path;
}

describe('Good', () => {
  it('open: takes a sandbox for its medium: paths are those in it', async () => {
    const root = tempDir();
    await bootableFile(join(root, 'web.iso'));
    const manager = await open({ medium: new DiskMedium({ root }), stateDir: 'state' });
    const machine = await manager.run('/web.iso', { detach: true, name: 'web' });
    expect(machine.image).toBe(join(root, 'web.iso'));
    await manager.stop('web');
    expect((await manager.start('web')).status).toBe('running');
    expect(readFileSync(join(root, 'state', 'vms', machine.id, 'console.log'), 'utf8')).toContain('boot 2 of web');
  });

  it('open: tells a bus of what is started', async () => {
    const told: string[] = [];
    const core = { hears: () => true, broadcast: ({ type }: { type: string }) => void told.push(type) };
    const { manager, image } = await opened({ core });
    await manager.run(image, { detach: true, name: 'web' });
    expect(told).toEqual(['ActionProcessStarted']);
  });

  it('run: a disk that is written to is a copy, unless the image itself is to be written', async () => {
    const { manager, stateDir } = await opened();
    const image = rawDisk(join(stateDir, 'disk.raw'));
    const data = rawDisk(join(stateDir, 'data.raw'));
    const disks = [{ path: data, format: 'raw' }] as const;
    const { id, disks: kept } = await manager.run(image, { detach: true, disks });
    expect(kept).toEqual([{ path: data, format: 'raw' }]);
    expect(readFileSync(join(stateDir, 'vms', id, 'overlay.qcow2')).equals(readFileSync(image))).toBe(true);
    const own = await manager.run(image, { detach: true, writeImage: true });
    expect(own).toMatchObject({ image, writeImage: true });
  });
});

describe('Bad', () => {
  it.each([
    [{ stateDir: '' }, /stateDir must not be an empty string/],
    [{ hypervisor: 'xen' }, /name must be one of qemu, vfkit, hyperkit/],
    [{ maxLogBytes: 0 }, /maxLogBytes must be/],
    [{ medium: new MemoryMedium(), stateDir: 'state' }, /medium must be a disk/],
  ])('open: refuses %j', async (options, message) => {
    await expect(LinuxKitManager.open(options)).rejects.toThrow(message);
  });

  it('open: refuses a state directory that cannot be made', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'file'), '');
    const opening = (): Promise<unknown> => LinuxKitManager.open({ stateDir: join(dir, 'file', 'state') });
    expect((await containerRefusalOf(opening, 'ERR_CONTAINER_STATE_UNWRITABLE')).path).toBe(join(dir, 'file', 'state'));
  });

  it('open: rejects with the reason of its signal', async () => {
    const reason = new Error('enough');
    const opening = LinuxKitManager.open({ stateDir: tempDir(), signal: AbortSignal.abort(reason) });
    expect(await opening.catch((error: unknown) => error)).toBe(reason);
  });

  it('run: refuses an architecture that the kernel is not made for, and what the hypervisor has not', async () => {
    const { manager, image } = await opened();
    await expect(manager.run(image, { detach: true, arch: 'arm' as 'aarch64' })).rejects.toThrow(/arch must be/);
    const text = join(tempDir(), 'notes.txt');
    writeFileSync(text, 'no image');
    await containerRefusalOf(() => manager.run(text, { detach: true }), 'ERR_CONTAINER_IMAGE_UNSUPPORTED');
  });
});

describe('Ugly', () => {
  it('start: a disk that was copied is not copied again', async () => {
    const { manager, stateDir } = await opened();
    const image = rawDisk(join(stateDir, 'disk.raw'));
    const { id } = await manager.run(image, { detach: true, name: 'db' });
    await manager.stop('db');
    const overlay = join(stateDir, 'vms', id, 'overlay.qcow2');
    writeFileSync(overlay, 'what the guest wrote', { flag: 'a' });
    await manager.start('db');
    expect(readFileSync(overlay, 'utf8')).toContain('what the guest wrote');
  });

  it('start: a disk that a killed program has not made is made', async () => {
    const { manager, stateDir } = await opened();
    const image = rawDisk(join(stateDir, 'disk.raw'));
    const { id } = await manager.run(image, { detach: true, name: 'db' });
    await manager.stop('db');
    const overlay = join(stateDir, 'vms', id, 'overlay.qcow2');
    rmSync(overlay);
    await manager.start('db');
    expect(readFileSync(overlay).equals(readFileSync(image))).toBe(true);
  });
});
