import { ContainerError } from '../../errors.ts';
import type { MachineImage } from '../../image/image.ts';
import type { HypervisorCommand, MachineOptions } from '../hypervisor.ts';

/** Hyperkit's command line for a machine whose options are checked. */
export function hyperkitCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
  const { command, cpus, memoryMb, paths, uuid, disks } = options;
  const slots = [
    'virtio-net',
    ...(image.format === 'kernel' ? [] : [image.format === 'iso' ? cd(image.path) : disk(image.path)]),
    ...disks.map(({ path, format }) => {
      if (format === 'raw') return disk(path);
      throw new RangeError(`disks: hyperkit has raw disks only, and ${JSON.stringify(path)} is qcow2`);
    }),
    'virtio-rnd',
  ];
  const args = [
    // ACPI tables, and a clock of UTC
    ...['-A', '-u', '-F', paths.pidFile, '-c', String(cpus), '-m', `${String(memoryMb)}M`, '-U', uuid],
    ...['-s', '0:0,hostbridge', '-s', '31,lpc'],
    ...slots.flatMap((slot, at) => ['-s', `${String(at + 1)}:0,${slot}`]),
    ...['-l', `com1,autopty=${safe('stateDir', paths.console)},log=${safe('stateDir', paths.log)}`],
    ...['-f', boot(image, options)],
  ];
  return { command, args, helpers: [] };
}

function boot(image: MachineImage, { cmdline = '', parts, id }: MachineOptions): string {
  if (image.format === 'kernel') {
    const words = ['earlyprintk=serial', image.cmdline, cmdline].filter((part) => part !== '').join(' ');
    return `kexec,${safe('image', image.path)},${safe('initrd', image.initrd ?? '')},${words}`;
  }
  if (parts?.firmware !== undefined) return `bootrom,${safe('firmware', parts.firmware)},,`;
  throw new ContainerError(`Cannot boot ${JSON.stringify(image.path)}: hyperkit has no UEFI firmware for it`, {
    code: 'ERR_CONTAINER_TOOL_MISSING',
    op: 'hypervisor.command',
    id,
    path: image.path,
    hint: 'Docker Desktop brought one along. Use QEMU or vfkit.',
  });
}

function disk(path: string): string {
  return `virtio-blk,${safe('disks', path)}`;
}

function cd(path: string): string {
  return `ahci-cd,${safe('image', path)}`;
}

/** Nothing keeps a comma in its lists. */
function safe(name: string, value: string): string {
  if (!value.includes(',')) return value;
  throw new RangeError(`${name}: hyperkit takes no commas, as in ${JSON.stringify(value)}`);
}
