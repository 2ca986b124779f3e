import { describe, expect, it } from '@jest/globals';

import { checkMachine, checkSockets } from '../../src/hypervisors/check-machine.ts';
import type { MachineOptions } from '../../src/hypervisors/hypervisor.ts';
import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { VfkitHypervisor } from '../../src/hypervisors/vfkit/vfkit-hypervisor.ts';
import { machineOptions } from './support/machine-options.ts';

const qemu = new QemuHypervisor({ env: {} });
const raw = { format: 'raw', path: '/a' } as const;
const volume = { source: '/a', target: '/b', tag: 'a', readOnly: false, driver: '9p' } as const;

describe('Good', () => {
  it.each<[string, Partial<MachineOptions>]>([
    ['the least', { memoryMb: 16, cpus: 1, ports: [] }],
    [
      'any free ports',
      {
        ports: [
          { host: 0, guest: 22 },
          { host: 0, guest: 80 },
        ],
      },
    ],
    ['every address', { bindAddress: '0.0.0.0' }],
    ['the longest tag', { volumes: [{ ...volume, tag: 'x'.repeat(31) }] }],
    ['KVM on Linux', { accelerator: 'kvm' }],
    ['WHPX on Windows', { accelerator: 'whpx', platform: 'win32' }],
  ])('checkMachine() takes %s', (_what, change) => {
    expect(() => {
      checkMachine(qemu, raw, machineOptions(change));
    }).not.toThrow();
  });

  it('checkSockets() takes paths of 103 bytes', () => {
    expect(() => {
      checkSockets(['/'.padEnd(103, 'x')], 'web');
    }).not.toThrow();
  });
});

describe('Bad', () => {
  it.each<[string, Partial<MachineOptions>, string]>([
    ['memoryMb must be a whole number, from 16 on, not 15', { memoryMb: 15 }, 'memory'],
    ['cpus must be a whole number, 1 to 255, not 256', { cpus: 256 }, 'processors'],
    ['accelerator must be what there is on darwin, not "kvm"', { accelerator: 'kvm', platform: 'darwin' }, 'KVM'],
    ['bindAddress must be an IPv4 address, not "256.0.0.1"', { bindAddress: '256.0.0.1' }, 'an address'],
    ['bindAddress must be an IPv4 address, not "::1"', { bindAddress: '::1' }, 'IPv6'],
    ['a host port must be a whole number, 0 to 65535, not 65536', { ports: [{ host: 65_536, guest: 1 }] }, 'a port'],
    [
      'ports must be forwarded once, not "80"',
      {
        ports: [
          { host: 80, guest: 1 },
          { host: 80, guest: 2 },
        ],
      },
      'a port twice',
    ],
    ['volumes must be a tag of one volume, not "a"', { volumes: [volume, volume] }, 'a tag twice'],
    ['a volume must be a path, not "/a\\u0000"', { volumes: [{ ...volume, source: '/a\0' }] }, 'a NUL'],
  ])('checkMachine() says %j', (message, change) => {
    expect(() => {
      checkMachine(qemu, raw, machineOptions(change));
    }).toThrow(new RangeError(message));
  });

  it('checkMachine() says which image cannot be booted by whom, and what can', () => {
    const image = { format: 'vmdk', path: '/images/web.vmdk' } as const;
    const vfkit = new VfkitHypervisor();
    expect(() => {
      checkMachine(vfkit, image, machineOptions({ ports: [] }));
    }).toThrow(
      expect.objectContaining({
        code: 'ERR_CONTAINER_IMAGE_UNSUPPORTED',
        path: '/images/web.vmdk',
        message: 'Cannot boot "/images/web.vmdk": vfkit cannot boot a vmdk image',
        hint: expect.stringContaining('iso, raw, kernel'),
      }),
    );
  });

  it('checkMachine() refuses a kernel of another architecture', () => {
    const image = { format: 'kernel', path: '/k', cmdline: '', arch: 'aarch64' } as const;
    expect(() => {
      checkMachine(qemu, image, machineOptions());
    }).toThrow(
      expect.objectContaining({ code: 'ERR_CONTAINER_IMAGE_UNSUPPORTED', hint: expect.stringContaining('arch') }),
    );
  });

  it('checkSockets() refuses a path of more bytes than the system takes, and tells how many', () => {
    const path = `/${'ü'.repeat(52)}`;
    expect(() => {
      checkSockets(['/a', path], 'web');
    }).toThrow(
      expect.objectContaining({
        code: 'ERR_CONTAINER_PATH_TOO_LONG',
        id: 'web',
        path,
        message: expect.stringContaining('105 bytes'),
        hint: expect.stringContaining('stateDir'),
      }),
    );
  });
});
