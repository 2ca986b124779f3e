import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { open, tempDir } from '../manager/fixture.ts';
import { tinyImage } from './tiny-image.ts';

const run = promisify(execFile);
const it = needs('qemu-system-x86_64', 'qemu-img');

/** How qemu-img is asked for each: the format, and its options. */
const DIALECTS = {
  'qcow2 of version 2': ['qcow2', '-o', 'compat=0.10'],
  'qcow2, compressed with zlib': ['qcow2', '-c'],
  'qcow2, compressed with zstd': ['qcow2', '-c', '-o', 'compression_type=zstd'],
  'qcow2 with extended entries': ['qcow2', '-o', 'extended_l2=on,cluster_size=128k'],
  'vmdk, streamed': ['vmdk', '-o', 'subformat=streamOptimized'],
  'vmdk with a flat part beside it': ['vmdk', '-o', 'subformat=monolithicFlat'],
  'vmdk with sparse parts beside it': ['vmdk', '-o', 'subformat=twoGbMaxExtentSparse'],
  'vmdk with flat parts beside it': ['vmdk', '-o', 'subformat=twoGbMaxExtentFlat'],
} as const;

describe('Good', () => {
  for (const [dialect, [format, ...how]] of Object.entries(DIALECTS)) {
    it(`run: ${dialect}: boots`, async () => {
      const image = join(tempDir(), 'disk.image');
      await run('qemu-img', ['convert', '-f', 'raw', '-O', format, ...how, await tinyImage(), image]);
      const manager = await open({ hypervisor: new QemuHypervisor({ accelerator: 'tcg' }) });
      const machine = await manager.run(image, { detach: true, memoryMb: 16, waitFor: { console: 'READY' } });
      expect(machine).toMatchObject({ format, status: 'running' });
      await manager.stop(machine.id);
      expect(await manager.inspect(machine.id)).toMatchObject({ exitReason: 'guest-shutdown' });
    }, 60_000);
  }
});
