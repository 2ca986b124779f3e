import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import { bootableFile } from '../../src/testing/bootable-file.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { managerConformance, type ManagerSubject } from '../../src/testing/manager-conformance.ts';
import { tempDir } from '../manager/fixture.ts';

async function subject(): Promise<ManagerSubject> {
  const stateDir = tempDir();
  return {
    open: () => LinuxKitManager.open({ stateDir, hypervisor: new FakeHypervisor() }),
    image: await bootableFile(join(stateDir, 'web.iso')),
    ready: { console: 'READY ssh' },
    greeting: 'boot 1 of',
    without: ['exec'],
  };
}

describe('Good', () => {
  for (const { name, requires, run } of managerConformance()) {
    if (requires.includes('exec')) continue;
    it(name, async () => {
      await run(await subject());
    });
  }
});

describe('Bad', () => {
  it('managerConformance: has no two cases of one name', () => {
    const names = managerConformance().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
