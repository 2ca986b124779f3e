import { describe, expect, it } from '@jest/globals';

import type {
  Hypervisor,
  HypervisorCapabilities,
  HypervisorCommand,
  MachineOptions,
} from '../../src/hypervisors/hypervisor.ts';
import { HyperkitHypervisor } from '../../src/hypervisors/hyperkit/hyperkit-hypervisor.ts';
import { QemuHypervisor } from '../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { VfkitHypervisor } from '../../src/hypervisors/vfkit/vfkit-hypervisor.ts';
import type { MachineImage } from '../../src/image/image.ts';
import { hypervisorConformance, type HypervisorSubject } from '../../src/testing/hypervisor-conformance.ts';
import { machineOptions, pathsIn } from '../hypervisors/support/machine-options.ts';

const NOWHERE = { env: { PATH: '/nowhere' } };

function imagesOf({ capabilities }: Hypervisor): MachineImage[] {
  return capabilities.formats.map((format) =>
    format === 'kernel'
      ? { format, path: '/images/web-kernel', cmdline: '' }
      : { format, path: `/images/web.${format}` },
  );
}

function qemuSubject(change: Partial<MachineOptions>): HypervisorSubject {
  const hypervisor = new QemuHypervisor();
  return {
    hypervisor,
    missing: new QemuHypervisor({ ...NOWHERE, command: '/nowhere/qemu' }),
    machine: machineOptions({
      ports: [],
      parts: { sandbox: true, virtiofsd: { command: '/usr/libexec/virtiofsd', kind: 'rust' }, firmware: '/efi.fd' },
      ...change,
    }),
    images: imagesOf(hypervisor),
  };
}

function macSubject(hypervisor: Hypervisor, missing: Hypervisor, arch: MachineOptions['arch']): HypervisorSubject {
  const parts = { firmware: '/Applications/UEFI.fd' };
  const mac = {
    platform: 'darwin',
    accelerator: 'hvf',
    ports: [],
    paths: pathsIn('/Users/ada/vm'),
    arch,
    parts,
  } as const;
  return { hypervisor, missing, machine: machineOptions(mac), images: imagesOf(hypervisor) };
}

const SUBJECTS: Readonly<Record<string, HypervisorSubject>> = {
  'QEMU on Linux': qemuSubject({}),
  'QEMU of aarch64': qemuSubject({ arch: 'aarch64', command: '/usr/bin/qemu-system-aarch64' }),
  'QEMU on Windows': qemuSubject({ platform: 'win32', accelerator: 'whpx' }),
  vfkit: macSubject(new VfkitHypervisor(), new VfkitHypervisor({ ...NOWHERE, command: '/nowhere/vfkit' }), 'aarch64'),
  Hyperkit: macSubject(
    new HyperkitHypervisor(),
    new HyperkitHypervisor({ ...NOWHERE, command: '/nowhere/hyperkit' }),
    'x86_64',
  ),
};

/** QEMU with a fault in what it says. */
function faulty(fault: Partial<Hypervisor>): HypervisorSubject {
  const sound = qemuSubject({});
  const hypervisor: Hypervisor = {
    name: sound.hypervisor.name,
    capabilities: sound.hypervisor.capabilities,
    available: (options) => sound.hypervisor.available(options),
    buildCommand: (image, options) => sound.hypervisor.buildCommand(image, options),
    ...fault,
  };
  return { ...sound, hypervisor };
}

/** QEMU with a command line that was tampered with. */
function building(
  change: (command: HypervisorCommand, image: MachineImage, options: MachineOptions) => HypervisorCommand,
): HypervisorSubject {
  const { hypervisor } = qemuSubject({});
  return faulty({ buildCommand: (image, options) => change(hypervisor.buildCommand(image, options), image, options) });
}

function without(text: (options: MachineOptions) => string): HypervisorSubject {
  return building((command, _image, options) => ({
    ...command,
    args: command.args.map((arg) => arg.replaceAll(text(options), 'x')),
  }));
}

/** QEMU that takes options as `change` makes them, before they are looked at. */
function taking(change: (options: MachineOptions) => Partial<MachineOptions>): HypervisorSubject {
  const { hypervisor } = qemuSubject({});
  return faulty({
    buildCommand: (image, options) => hypervisor.buildCommand(image, { ...options, ...change(options) }),
  });
}

function capable(change: Partial<HypervisorCapabilities>): HypervisorSubject {
  return faulty({ capabilities: { ...qemuSubject({}).hypervisor.capabilities, ...change } });
}

let made = 0;
const sound = qemuSubject({}).machine;

const FAULTY: readonly (readonly [string, HypervisorSubject, string])[] = [
  ['has a name in capitals', faulty({ name: 'QEMU' }), 'name is'],
  ['names an architecture twice', capable({ architectures: ['x86_64', 'x86_64'] }), 'capabilities name'],
  ['boots nothing', capable({ formats: [] }), 'capabilities name'],
  [
    'gives no reason',
    faulty({ available: () => Promise.resolve({ available: false, reason: '', hint: '' }) }),
    'available() tells the program',
  ],
  [
    'gives a relative program',
    faulty({
      available: () =>
        Promise.resolve({ available: true, command: 'qemu', version: '1', accelerator: 'tcg', parts: {} }),
    }),
    'available() tells the program',
  ],
  [
    'is there always',
    {
      ...qemuSubject({}),
      missing: faulty({
        available: () =>
          Promise.resolve({ available: true, command: '/a', version: '1', accelerator: 'tcg', parts: {} }),
      }).hypervisor,
    },
    'available() tells what is missing',
  ],
  [
    'does not hear the signal',
    faulty({ available: () => Promise.resolve({ available: false, reason: 'a', hint: 'install' }) }),
    'available() rejects',
  ],
  [
    'invents something each time',
    building((command) => ({ ...command, args: [...command.args, String((made += 1))] })),
    'buildCommand() gives the same',
  ],
  [
    'takes another program',
    building((command) => ({ ...command, command: 'qemu' })),
    'buildCommand() gives plain data',
  ],
  [
    'changes its options',
    faulty({
      buildCommand: (image, options) => {
        Object.assign(options.paths, { log: '/elsewhere' });
        return qemuSubject({}).hypervisor.buildCommand(image, options);
      },
    }),
    'buildCommand() leaves',
  ],
  [
    'boots something else',
    building((command, image) => ({ ...command, args: command.args.map((arg) => arg.replaceAll(image.path, '/x')) })),
    'buildCommand() boots',
  ],
  ['forgets the initrd', without(() => '/images/initrd'), 'buildCommand() gives a kernel'],
  ['forgets the memory', taking(() => ({ memoryMb: 512 })), 'buildCommand() gives a machine the memory'],
  ['takes one directory for all', taking(() => ({ paths: sound.paths })), 'buildCommand() keeps machines apart'],
  [
    'escapes nothing',
    building((command) => ({ ...command, args: command.args.flatMap((arg) => plainly(arg)) })),
    'buildCommand() keeps a path',
  ],
  ['writes no log', without(({ paths }) => paths.log), 'buildCommand() has the console'],
  ['writes no events', without(({ paths }) => paths.events), 'buildCommand() gives the machine its control'],
  ['has no port for the agent', without(({ paths }) => paths.agent), 'buildCommand() gives the machine a port'],
  ['listens on every address', taking(() => ({ bindAddress: '0.0.0.0' })), 'buildCommand() forwards'],
  ['leaves volumes out', taking(() => ({ volumes: [] })), 'buildCommand() shares'],
  [
    'takes any tag',
    taking(({ volumes }) => ({ volumes: volumes.map((volume, at) => ({ ...volume, tag: `v${String(at)}` })) })),
    'buildCommand() refuses tags',
  ],
  ['has a driver that it does not name', capable({ volumes: ['9p'] }), 'buildCommand() refuses volumes'],
  ['leaves disks out', taking(() => ({ disks: [] })), 'buildCommand() adds disks'],
  ['begins anew', taking(() => ({ resumeFrom: undefined })), 'buildCommand() goes on'],
  ['has saved states that it does not name', capable({ savedState: false }), 'buildCommand() goes on'],
  ['boots what it does not name', capable({ formats: ['iso'] }), 'buildCommand() refuses images'],
  ['runs what it does not name', capable({ architectures: ['x86_64'] }), 'buildCommand() refuses architectures'],
  [
    'has at least one processor',
    taking(({ cpus }) => ({ cpus: cpus > 0 ? cpus : 1 })),
    'buildCommand() refuses machines',
  ],
  ['forgets ports', taking(() => ({ ports: [] })), 'buildCommand() refuses ports'],
  ['takes any accelerator', taking(() => ({ accelerator: 'tcg' })), 'buildCommand() refuses an accelerator'],
  [
    'has sockets elsewhere',
    taking(({ paths }) => ({ paths: { ...paths, console: '/a', control: '/b', agent: '/c' } })),
    'buildCommand() refuses a folder',
  ],
];

function plainly(arg: string): string {
  return arg.startsWith('{') ? `file=${(JSON.parse(arg) as { file: { filename: string } }).file.filename}` : arg;
}

describe('Good', () => {
  describe.each(Object.entries(SUBJECTS))('%s', (_name, subject) => {
    it.each(hypervisorConformance().map((each) => [each.name, each.run] as const))('%s', async (_case, run) => {
      await run(subject);
    });
  });

  it('hypervisorConformance() names each case once', () => {
    const names = hypervisorConformance().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('Bad', () => {
  it.each(FAULTY)('hypervisorConformance() finds one that %s', async (_fault, subject, name) => {
    const found = hypervisorConformance().filter((each) => each.name.startsWith(name));
    expect(found).toHaveLength(1);
    await expect(found[0]?.run(subject)).rejects.toThrow();
  });

  it('hypervisorConformance() has a fault for each case', () => {
    const tried = hypervisorConformance().filter(({ name }) => !FAULTY.some(([, , begin]) => name.startsWith(begin)));
    expect(tried).toEqual([]);
  });
});
