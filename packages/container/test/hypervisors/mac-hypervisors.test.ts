import { describe, expect, it } from '@jest/globals';

import type { MachineOptions } from '../../src/hypervisors/hypervisor.ts';
import { HyperkitHypervisor } from '../../src/hypervisors/hyperkit/hyperkit-hypervisor.ts';
import { VfkitHypervisor } from '../../src/hypervisors/vfkit/vfkit-hypervisor.ts';
import type { MachineImage } from '../../src/image/image.ts';
import { withProgram } from './support/fake-program.ts';
import { machineOptions, pathsIn } from './support/machine-options.ts';

const OWN = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const FOREIGN = process.arch === 'arm64' ? 'x86_64' : 'aarch64';
const RAW: MachineImage = { format: 'raw', path: '/images/web.raw' };
const KERNEL: MachineImage = { format: 'kernel', path: '/images/web-kernel', cmdline: 'quiet' };

function onMac(change: Partial<MachineOptions> = {}): MachineOptions {
  return machineOptions({
    platform: 'darwin',
    accelerator: 'hvf',
    ports: [],
    paths: pathsIn('/Users/a b/vm'),
    ...change,
  });
}

describe('Good', () => {
  it('available() of vfkit tells its version', async () => {
    await withProgram('vfkit', 'echo "vfkit version: v0.6.1"', async (PATH, command) => {
      const found = await new VfkitHypervisor({ env: { PATH } }).available({ arch: OWN });
      expect(found).toEqual({ available: true, command, version: '0.6.1', accelerator: 'hvf', parts: {} });
    });
  });

  it('available() of Hyperkit tells its version', async () => {
    await withProgram('hyperkit', 'echo "hyperkit: v0.20210107" >&2; echo "0.20210107"', async (PATH) => {
      const found = await new HyperkitHypervisor({ env: { PATH } }).available();
      expect(found).toMatchObject({ available: true, version: '0.20210107', accelerator: 'hvf' });
    });
  });

  it('buildCommand() of vfkit writes the socket as a URI, whatever its path', () => {
    const { args } = new VfkitHypervisor().buildCommand(RAW, onMac());
    expect(args[args.indexOf('--restful-uri') + 1]).toBe('unix:///Users/a%20b/vm/qmp.sock');
  });

  it('buildCommand() of vfkit keeps commas of a kernel and of its words', () => {
    const { args } = new VfkitHypervisor().buildCommand({ ...KERNEL, path: '/a,b' }, onMac({ cmdline: 'c=1,2' }));
    expect(args[args.indexOf('--bootloader') + 1]).toBe('linux,"kernel=/a,b","cmdline=quiet c=1,2"');
  });
});

describe('Bad', () => {
  it('available() says why a program does not run', async () => {
    await withProgram('vfkit', 'echo "no entitlement" >&2; exit 1', async (PATH) => {
      const found = await new VfkitHypervisor({ env: { PATH } }).available();
      expect(found).toMatchObject({ available: false, reason: expect.stringContaining('no entitlement') });
    });
    await withProgram('hyperkit', 'exit 1', async (PATH) => {
      const found = await new HyperkitHypervisor({ env: { PATH } }).available();
      expect(found).toMatchObject({ available: false, reason: expect.stringContaining('does not run') });
    });
  });

  it('available() knows whose machines it cannot run', async () => {
    await withProgram('vfkit', 'echo 1.0.0', async (PATH) => {
      const found = await new VfkitHypervisor({ env: { PATH } }).available({ arch: FOREIGN });
      expect(found).toMatchObject({ available: false, reason: expect.stringContaining(FOREIGN) });
    });
    const found = await new HyperkitHypervisor().available({ arch: 'aarch64' });
    expect(found).toMatchObject({ available: false, reason: expect.stringContaining('aarch64') });
  });

  it.each<[string, MachineImage, Partial<MachineOptions>]>([
    ['a comma in a disk', { format: 'raw', path: '/a,b' }, {}],
    ['a quotation mark in a kernel', { ...KERNEL, path: '/a"b' }, {}],
    ['a disk in qcow2', RAW, { disks: [{ path: '/a', format: 'qcow2' }] }],
    [
      'a read-only volume',
      RAW,
      { volumes: [{ source: '/a', target: '/b', tag: 'a', readOnly: true, driver: 'virtiofs' }] },
    ],
  ])('buildCommand() of vfkit refuses %s', (_what, image, change) => {
    expect(() => new VfkitHypervisor().buildCommand(image, onMac(change))).toThrow(RangeError);
  });

  it.each<[string, MachineImage, Partial<MachineOptions>]>([
    ['a comma in an initrd', { ...KERNEL, initrd: '/a,b' }, {}],
    ['a disk in qcow2', KERNEL, { disks: [{ path: '/a', format: 'qcow2' }] }],
    ['a comma in the state directory', KERNEL, { paths: pathsIn('/a,b') }],
  ])('buildCommand() of Hyperkit refuses %s', (_what, image, change) => {
    expect(() => new HyperkitHypervisor().buildCommand(image, onMac(change))).toThrow(RangeError);
  });

  it('buildCommand() of Hyperkit boots no disk without its firmware', () => {
    expect(() => new HyperkitHypervisor().buildCommand(RAW, onMac())).toThrow(
      expect.objectContaining({ code: 'ERR_CONTAINER_TOOL_MISSING' }),
    );
  });
});
