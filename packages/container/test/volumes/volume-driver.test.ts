import { describe, expect, it } from '@jest/globals';

import type { HypervisorParts } from '../../src/hypervisors/hypervisor.ts';
import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { FakeHypervisor } from '../../src/testing/fake-hypervisor.ts';
import { volumeDriver } from '../../src/volumes/volume-driver.ts';

function found(parts: HypervisorParts = {}): Parameters<typeof volumeDriver>[0]['found'] {
  return { available: true, command: '/usr/bin/qemu', version: '7.2.0', accelerator: 'tcg', parts };
}

describe('Good', () => {
  it('volumeDriver: takes virtiofs where it is served, else 9p', () => {
    const hypervisor = new QemuHypervisor({ accelerator: 'tcg' });
    const virtiofsd = { command: '/usr/libexec/virtiofsd', kind: 'rust' } as const;
    expect(volumeDriver({ hypervisor, found: found({ virtiofsd }) }, false)).toBe('virtiofs');
    expect(volumeDriver({ hypervisor, found: found({ virtiofsd }) }, true)).toBe('virtiofs');
    expect(volumeDriver({ hypervisor, found: found() }, false)).toBe('9p');
    expect(volumeDriver({ hypervisor: new FakeHypervisor(), found: found({ virtiofsd }) }, false)).toBe('9p');
  });
});

describe('Bad', () => {
  it('volumeDriver: takes 9p for a directory that is only to be read where virtiofs could not keep a guest from writing', () => {
    const virtiofsd = { command: '/usr/lib/qemu/virtiofsd', kind: 'qemu' } as const;
    const hypervisor = new QemuHypervisor({ accelerator: 'tcg' });
    expect(volumeDriver({ hypervisor, found: found({ virtiofsd }) }, true)).toBe('9p');
    expect(volumeDriver({ hypervisor, found: found({ virtiofsd }) }, false)).toBe('virtiofs');
  });
});
