import type { MachineOptions } from '../../hypervisors/hypervisor.ts';
import type { ImageFormat, MachineImage } from '../../image/image.ts';
import type { HypervisorConformanceCase } from '../hypervisor-conformance.ts';
import { behaviour, build, misused, refused } from './bench.ts';

const FORMATS: readonly ImageFormat[] = ['iso', 'qcow2', 'raw', 'vmdk', 'kernel'];

const NONSENSE: readonly Partial<MachineOptions>[] = [
  ...[0, -1, 1.5, Number.NaN, Infinity].flatMap((number) => [{ memoryMb: number }, { cpus: number }]),
  { bindAddress: 'localhost,id=x' },
  { bindAddress: '' },
  { arch: 'riscv64' as 'x86_64' },
];

/** What cannot be is refused before anything is started. */
export const refusals: readonly HypervisorConformanceCase[] = [
  behaviour('buildCommand() refuses images of formats that it does not name', (subject) => {
    for (const format of FORMATS) {
      if (subject.hypervisor.capabilities.formats.includes(format)) continue;
      refused(() => build(subject, {}, imageOf(format)), 'ERR_CONTAINER_IMAGE_UNSUPPORTED', format);
    }
  }),
  behaviour('buildCommand() refuses architectures that it does not name', (subject) => {
    for (const arch of ['x86_64', 'aarch64'] as const) {
      if (!subject.hypervisor.capabilities.architectures.includes(arch)) misused(() => build(subject, { arch }), arch);
    }
  }),
  behaviour('buildCommand() refuses machines that cannot be', (subject) => {
    for (const change of NONSENSE) misused(() => build(subject, change), JSON.stringify(change));
  }),
  behaviour('buildCommand() refuses ports that cannot be', (subject) => {
    for (const [host, guest] of [
      [70_000, 22],
      [-1, 22],
      [40_022, 0],
      [40_022, 1.5],
    ] as const) {
      misused(() => build(subject, { ports: [{ host, guest }] }), `${String(host)} to ${String(guest)}`);
    }
  }),
  behaviour('buildCommand() refuses an accelerator that the system has not', (subject) => {
    const accelerator = subject.machine.platform === 'linux' ? 'hvf' : 'kvm';
    misused(() => build(subject, { accelerator }), accelerator);
  }),
  behaviour('buildCommand() refuses a folder in which a socket would have too long a path', (subject) => {
    const { hypervisor, machine } = subject;
    if (hypervisor.capabilities.control === 'signals') return;
    const { dir } = machine.paths;
    const long = JSON.stringify(machine.paths).replaceAll(dir, `/${'d'.repeat(100)}`);
    const paths = JSON.parse(long) as MachineOptions['paths'];
    refused(() => build(subject, { paths }), 'ERR_CONTAINER_PATH_TOO_LONG', 'a long path');
  }),
];

function imageOf(format: ImageFormat): MachineImage {
  return format === 'kernel' ? { format, path: '/images/a', cmdline: '' } : { format, path: `/images/a.${format}` };
}
