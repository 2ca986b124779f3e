import { describe } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { managerConformance, type ManagerSubject } from '../../src/testing/manager-conformance.ts';
import { tempDir } from '../manager/fixture.ts';
import { tinyImage } from './tiny-image.ts';

const it = needs('qemu-system-x86_64', 'qemu-img');

async function subject(): Promise<ManagerSubject> {
  const stateDir = tempDir();
  const hypervisor = new QemuHypervisor({ accelerator: 'tcg' });
  return {
    open: () => LinuxKitManager.open({ stateDir, hypervisor }),
    image: await tinyImage(),
    options: { memoryMb: 16, arch: 'x86_64' },
    ready: { console: 'READY' },
    greeting: 'READY',
    without: ['exec'],
  };
}

describe('Good', () => {
  for (const { name, requires, run } of managerConformance()) {
    if (requires.includes('exec')) continue;
    it(`QEMU: ${name}`, async () => {
      await run(await subject());
    }, 60_000);
  }
});
