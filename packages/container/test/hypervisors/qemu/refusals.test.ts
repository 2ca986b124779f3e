import { describe, expect, it } from '@jest/globals';

import type { MachineOptions } from '../../../src/hypervisors/hypervisor.ts';
import { QemuHypervisor } from '../../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { machineOptions } from '../support/machine-options.ts';

const qemu = new QemuHypervisor({ env: {} });
const DISK = { format: 'qcow2', path: '/images/web.qcow2' } as const;
const VOLUME = { source: '/srv/a', target: '/a', tag: 'a', readOnly: true, driver: 'virtiofs' } as const;

function build(change: Partial<MachineOptions>): () => unknown {
  return () => qemu.buildCommand(DISK, machineOptions(change));
}

describe('Bad', () => {
  it('buildCommand() of QEMU boots no disk of aarch64 without firmware, and tells how to get it', () => {
    expect(build({ arch: 'aarch64', parts: {} })).toThrow(
      expect.objectContaining({
        code: 'ERR_CONTAINER_TOOL_MISSING',
        hint: expect.stringContaining('qemu-efi-aarch64'),
      }),
    );
  });

  it('buildCommand() of QEMU boots no disk for UEFI without firmware, and tells how to get it', () => {
    const image = { ...DISK, firmware: 'uefi' } as const;
    expect(() => qemu.buildCommand(image, machineOptions())).toThrow(
      expect.objectContaining({ code: 'ERR_CONTAINER_TOOL_MISSING', hint: expect.stringContaining('ovmf') }),
    );
  });

  it('buildCommand() of QEMU shares nothing by virtiofs without virtiofsd, and tells how to get it', () => {
    expect(build({ volumes: [VOLUME], parts: {} })).toThrow(
      expect.objectContaining({
        code: 'ERR_CONTAINER_TOOL_MISSING',
        path: '/srv/a',
        hint: expect.stringContaining('9p'),
      }),
    );
  });

  it('buildCommand() of QEMU takes no read-only volume for a virtiofsd that would let the guest write', () => {
    const parts = { virtiofsd: { command: '/usr/lib/qemu/virtiofsd', kind: 'qemu' } } as const;
    expect(build({ volumes: [VOLUME], parts })).toThrow(RangeError);
  });
});
