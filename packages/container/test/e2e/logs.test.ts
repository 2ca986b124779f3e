import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { open, tempDir } from '../manager/fixture.ts';
import { tinyImage } from './tiny-image.ts';

const it = needs('qemu-system-x86_64', 'qemu-img');

describe('Ugly', () => {
  it('logs: are whole over rotations, while the machine runs and from one start to the next', async () => {
    const stateDir = tempDir();
    const hypervisor = new QemuHypervisor({ accelerator: 'tcg' });
    const manager = await open({ stateDir, hypervisor, maxLogBytes: 4 });
    const ready = { waitFor: { console: 'READY' } } as const;
    const { id } = await manager.run(await tinyImage(), { detach: true, memoryMb: 16, ...ready });
    const following = text(manager.logs(id, { follow: true }));
    await manager.list(); // which looks after the log
    const console = await manager.console(id);
    console.write('k');
    console.resume();
    await manager.restart(id, ready);
    await manager.stop(id);
    const pieces = readdirSync(join(stateDir, 'vms', id)).filter((name) => name.startsWith('console.log'));
    expect(pieces.length).toBeGreaterThan(1);
    const all = await text(manager.logs(id));
    expect(all.match(/READY/g)).toHaveLength(2);
    expect(all.startsWith(await following)).toBe(true);
  }, 60_000);
});

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}
