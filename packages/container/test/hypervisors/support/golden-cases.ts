import type { Hypervisor, MachineOptions } from '../../../src/hypervisors/hypervisor.ts';
import { HyperkitHypervisor } from '../../../src/hypervisors/hyperkit/hyperkit-hypervisor.ts';
import { QemuHypervisor } from '../../../src/hypervisors/qemu/qemu-hypervisor.ts';
import { VfkitHypervisor } from '../../../src/hypervisors/vfkit/vfkit-hypervisor.ts';
import type { DiskImage, MachineImage } from '../../../src/image/image.ts';
import { machineOptions, pathsIn } from './machine-options.ts';

/** A machine and the file with its command line. */
export interface GoldenCase {
  readonly name: string;
  readonly hypervisor: Hypervisor;
  readonly image: MachineImage;
  readonly options: MachineOptions;
}

const ISO: MachineImage = { format: 'iso', path: '/images/web.iso' };
const RAW: DiskImage = { format: 'raw', path: '/images/web.raw' };
const QCOW2: MachineImage = { format: 'qcow2', path: '/home/ada/.core/vms/0a1b2c3d/overlay.qcow2' };
const VMDK: MachineImage = { format: 'vmdk', path: '/images/web.vmdk' };
const KERNEL: MachineImage = {
  format: 'kernel',
  path: '/images/web-kernel',
  initrd: '/images/web-initrd.img',
  cmdline: 'console=ttyS0 quiet',
};

const KVM: Partial<MachineOptions> = { accelerator: 'kvm' };
const ARM: Partial<MachineOptions> = {
  command: '/usr/bin/qemu-system-aarch64',
  arch: 'aarch64',
  parts: { sandbox: true, firmware: '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd' },
};
const MAC: Partial<MachineOptions> = {
  command: '/opt/homebrew/bin/qemu-system-aarch64',
  platform: 'darwin',
  arch: 'aarch64',
  accelerator: 'hvf',
  parts: { firmware: '/opt/homebrew/share/qemu/edk2-aarch64-code.fd' },
  paths: pathsIn('/Users/ada/.core/vms/0a1b2c3d'),
};
const INTEL_MAC: Partial<MachineOptions> = {
  ...MAC,
  command: '/usr/local/bin/qemu-system-x86_64',
  arch: 'x86_64',
  parts: {},
};
const WINDOWS: Partial<MachineOptions> = {
  command: 'C:\\Program Files\\qemu\\qemu-system-x86_64.exe',
  platform: 'win32',
  accelerator: 'whpx',
  parts: {},
  paths: pathsIn('C:/Users/ada/.core/vms/0a1b2c3d'),
};
const SHARED: Partial<MachineOptions> = {
  parts: { sandbox: true, virtiofsd: { command: '/usr/libexec/virtiofsd', kind: 'rust' } },
  volumes: [
    { source: '/srv/site', target: '/var/www', tag: 'site', readOnly: true, driver: 'virtiofs' },
    { source: '/srv/a, b', target: '/data', tag: 'data', readOnly: false, driver: 'virtiofs' },
    { source: '/srv/c, d', target: '/more', tag: 'more', readOnly: false, driver: '9p' },
    { source: '/srv/read', target: '/read', tag: 'read', readOnly: true, driver: '9p' },
  ],
};
const LEGACY_SHARED: Partial<MachineOptions> = {
  parts: { virtiofsd: { command: '/usr/lib/qemu/virtiofsd', kind: 'qemu' } },
  volumes: [{ source: '/srv/a, b\\c', target: '/data', tag: 'data', readOnly: false, driver: 'virtiofs' }],
};
const DISKS: Partial<MachineOptions> = {
  disks: [
    { path: '/home/ada/.core/vms/0a1b2c3d/disk0.qcow2', format: 'qcow2' },
    { path: '/srv/data.raw', format: 'raw' },
  ],
};
const NASTY = '/srv/a,b =c "d" \'e\'\nnbd:f';
const NASTY_PATHS: Partial<MachineOptions> = {
  name: 'web',
  paths: pathsIn(`${NASTY}/vm`),
  disks: [{ path: `${NASTY}/data.raw`, format: 'raw' }],
  volumes: [{ source: NASTY, target: '/data', tag: 'data', readOnly: false, driver: '9p' }],
};

function qemu(name: string, image: MachineImage, ...changes: readonly Partial<MachineOptions>[]): GoldenCase {
  const options = machineOptions(Object.assign({}, ...changes) as Partial<MachineOptions>);
  return { name: `qemu-${name}`, hypervisor: new QemuHypervisor({ env: {} }), image, options };
}

function mac(hypervisor: Hypervisor, name: string, image: MachineImage, change: Partial<MachineOptions>): GoldenCase {
  const options = machineOptions({ ...MAC, command: `/usr/local/bin/${hypervisor.name}`, ports: [], ...change });
  return { name: `${hypervisor.name}-${name}`, hypervisor, image, options };
}

const VFKIT = new VfkitHypervisor();
const HYPERKIT = new HyperkitHypervisor();
const ARM_KERNEL: MachineImage = { ...KERNEL, cmdline: 'console=hvc0' };
const VFKIT_VOLUME: Partial<MachineOptions> = {
  volumes: [{ source: '/srv/data', target: '/data', tag: 'data', readOnly: false, driver: 'virtiofs' }],
  disks: [{ path: '/srv/data.raw', format: 'raw' }],
};

/** Every hypervisor, system, architecture and image form, and everything that a machine can have besides. */
export const GOLDEN_CASES: readonly GoldenCase[] = [
  qemu('linux-tcg-x86_64-kernel', KERNEL, { cmdline: 'vm.dhcp' }),
  qemu('linux-tcg-x86_64-iso', ISO),
  qemu('linux-tcg-x86_64-raw', RAW),
  qemu('linux-tcg-x86_64-qcow2', QCOW2),
  qemu('linux-tcg-x86_64-vmdk', VMDK),
  qemu(
    'linux-tcg-x86_64-uefi',
    { ...RAW, firmware: 'uefi' },
    { parts: { firmware: '/usr/share/OVMF/OVMF_CODE_4M.fd' } },
  ),
  qemu('linux-kvm-x86_64-kernel', KERNEL, KVM),
  qemu('linux-kvm-x86_64-qcow2', QCOW2, KVM, { cpus: 4, memoryMb: 4096 }),
  qemu('linux-kvm-aarch64-qcow2', QCOW2, ARM, KVM),
  qemu('linux-tcg-aarch64-kernel', { ...KERNEL, cmdline: 'console=ttyAMA0' }, ARM),
  qemu('linux-tcg-aarch64-iso', ISO, ARM),
  qemu('linux-tcg-aarch64-qcow2', QCOW2, ARM),
  qemu('macos-hvf-aarch64-qcow2', QCOW2, MAC),
  qemu('macos-hvf-aarch64-kernel', { ...KERNEL, cmdline: 'console=ttyAMA0' }, MAC),
  qemu('macos-hvf-x86_64-qcow2', QCOW2, INTEL_MAC),
  qemu('windows-whpx-x86_64-qcow2', { format: 'qcow2', path: 'C:/Users/ada/web.qcow2' }, WINDOWS),
  qemu('linux-tcg-x86_64-volumes', KERNEL, SHARED),
  qemu('linux-tcg-x86_64-volumes-c-virtiofsd', KERNEL, LEGACY_SHARED),
  qemu('linux-tcg-x86_64-disks', QCOW2, DISKS),
  qemu('linux-tcg-x86_64-resume', QCOW2, { resumeFrom: '/home/ada/.core/vms/0a1b2c3d/saved-state' }),
  qemu('linux-tcg-x86_64-paths', { format: 'qcow2', path: `${NASTY}/a.qcow2` }, NASTY_PATHS),
  mac(VFKIT, 'raw', RAW, VFKIT_VOLUME),
  mac(VFKIT, 'iso', ISO, {}),
  mac(VFKIT, 'kernel', ARM_KERNEL, { cmdline: 'a=1,2' }),
  mac(HYPERKIT, 'kernel', KERNEL, { ...INTEL_MAC, command: '/usr/local/bin/hyperkit' }),
  mac(HYPERKIT, 'iso', ISO, {
    ...INTEL_MAC,
    command: '/usr/local/bin/hyperkit',
    parts: { firmware: '/Applications/Docker.app/Contents/Resources/uefi/UEFI.fd' },
    disks: [{ path: '/srv/data.raw', format: 'raw' }],
  }),
];
