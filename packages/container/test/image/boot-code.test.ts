import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it, jest } from '@jest/globals';

import { localMedium, MemoryMedium } from '@core/io';
import { runQuiet } from '@core/process/exec';
import { needs } from '@core/tooling/needs';

import { lacksBootCode } from '../../src/image/boot-code.ts';
import type { DiskImage } from '../../src/image/image.ts';

jest.setTimeout(60_000);
const withQemuImg = needs('qemu-img');
const local = localMedium();
const dir = mkdtempSync(join(tmpdir(), 'core-boot-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** A raw disk of 1 MiB; `boots` says whether a BIOS would boot it. */
async function rawDisk(name: string, boots: boolean): Promise<string> {
  const disk = new Uint8Array(1_048_576).fill(0x90, 0, 510);
  if (boots) disk.set([0x55, 0xaa], 510);
  const path = join(dir, name);
  await local.write(path, disk);
  return path;
}

const lacks = (format: DiskImage['format'], path: string): Promise<boolean> => lacksBootCode(local, { format, path });

describe('Good', () => {
  it('lacksBootCode looks for the signature of a raw disk and the boot record of a CD', async () => {
    expect(await lacks('raw', await rawDisk('boots.raw', true))).toBe(false);
    expect(await lacks('raw', await rawDisk('empty.raw', false))).toBe(true);
    const record = Buffer.from('\0CD001\x01EL TORITO SPECIFICATION\0', 'latin1');
    const cd = Buffer.concat([Buffer.alloc(17 * 2048), record]);
    const medium = new MemoryMedium({ 'boots.iso': cd, 'data.iso': Buffer.alloc(18 * 2048) });
    expect(await lacksBootCode(medium, { format: 'iso', path: 'boots.iso' })).toBe(false);
    expect(await lacksBootCode(medium, { format: 'iso', path: 'data.iso' })).toBe(true);
    expect(await lacksBootCode(medium, { format: 'kernel', path: 'no-such-kernel', cmdline: '' })).toBe(false);
  });

  withQemuImg('lacksBootCode finds the first sector in what qemu-img makes', async () => {
    for (const boots of [true, false]) {
      const raw = await rawDisk(`${String(boots)}.raw`, boots);
      for (const [format, options] of [
        ...[['qcow2', ''] as const, ['qcow2', 'cluster_size=512'] as const, ['qcow2', 'compat=0.10'] as const],
        ...[['qcow2', 'extended_l2=on,cluster_size=64k'] as const, ['vmdk', ''] as const],
      ]) {
        const path = join(dir, `${String(boots)}-${options}.${format}`);
        await runQuiet('qemu-img', ['convert', '-O', format, ...(options === '' ? [] : ['-o', options]), raw, path]);
        expect([format, options, await lacks(format, path)]).toEqual([format, options, !boots]);
      }
    }
  });

  withQemuImg('lacksBootCode looks at what is under a disk that has not written its first sector itself', async () => {
    for (const boots of [true, false]) {
      const raw = await rawDisk(`under-${String(boots)}.raw`, boots);
      const [first, second] = ['first', 'second'].map((name) => join(dir, `${name}-${String(boots)}.qcow2`)) as [
        string,
        string,
      ];
      await runQuiet('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', raw, first]);
      await runQuiet('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', first, second]);
      expect([await lacks('qcow2', first), await lacks('qcow2', second)]).toEqual([!boots, !boots]);
      // what a disk has written itself hides what is under it
      await runQuiet('qemu-io', ['-f', 'qcow2', '-c', 'write -P 0x01 0 64k', second]);
      expect(await lacks('qcow2', second)).toBe(true);
    }
  });

  withQemuImg('lacksBootCode knows that a new disk is empty', async () => {
    for (const format of ['qcow2', 'vmdk'] as const) {
      const path = join(dir, `new.${format}`);
      await runQuiet('qemu-img', ['create', '-q', '-f', format, path, '64M']);
      expect(await lacks(format, path)).toBe(true);
    }
  });
});

describe('Bad', () => {
  it('lacksBootCode rejects with the reason of a signal, and with what the medium refuses', async () => {
    const reason = new Error('enough');
    const image = { format: 'raw', path: '/no/such/disk' } as const;
    await expect(lacksBootCode(local, image, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(lacksBootCode(local, image)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('Ugly', () => {
  withQemuImg(
    'lacksBootCode sees through compression, and says nothing of what is under a missing or circular file',
    async () => {
      const raw = await rawDisk('plain.raw', false);
      const [compressed, orphan, stream] = ['compressed.qcow2', 'orphan.qcow2', 'stream.vmdk'].map((name) =>
        join(dir, name),
      ) as [string, string, string];
      await runQuiet('qemu-img', ['convert', '-c', '-O', 'qcow2', raw, compressed]);
      await runQuiet('qemu-img', ['convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, stream]);
      await runQuiet('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', raw, orphan]);
      await local.delete(raw);
      expect([await lacks('qcow2', compressed), await lacks('qcow2', orphan), await lacks('vmdk', stream)]).toEqual([
        true,
        false,
        true,
      ]);

      const circle = join(dir, 'circle.qcow2');
      await rawDisk('circle.qcow2', true);
      await runQuiet('qemu-img', ['create', '-q', '-f', 'qcow2', circle, '1M']);
      await runQuiet('qemu-img', ['rebase', '-u', '-F', 'qcow2', '-b', circle, circle]);
      expect(await lacks('qcow2', circle)).toBe(false);
    },
  );

  it('lacksBootCode reads no further than a damaged file goes', async () => {
    const medium = new MemoryMedium({ 'a.qcow2': 'QFI\xfb', 'a.vmdk': 'KDMV', 'a.raw': 'x', 'a.iso': '' });
    expect(await lacksBootCode(medium, { format: 'qcow2', path: 'a.qcow2' })).toBe(false);
    expect(await lacksBootCode(medium, { format: 'vmdk', path: 'a.vmdk' })).toBe(false);
    expect(await lacksBootCode(medium, { format: 'raw', path: 'a.raw' })).toBe(true);
    expect(await lacksBootCode(medium, { format: 'iso', path: 'a.iso' })).toBe(true);
  });
});
