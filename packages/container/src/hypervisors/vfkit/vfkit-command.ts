import type { MachineImage } from '../../image/image.ts';
import { checkSockets } from '../check-machine.ts';
import type { HypervisorCommand, MachineOptions } from '../hypervisor.ts';
import { macAddress } from '../mac-address.ts';

/** vfkit's command line for a machine whose options are checked. */
export function vfkitCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
  const { command, cpus, memoryMb, paths, uuid, id } = options;
  checkSockets([paths.control], id);
  const args = [
    ...['--cpus', String(cpus), '--memory', String(memoryMb)],
    ...['--bootloader', bootloader(image, options)],
    ...imageArgs(image),
    ...options.disks.flatMap(({ path, format }, at) => {
      if (format !== 'raw')
        throw new RangeError(`disks: vfkit has raw disks only, and ${JSON.stringify(path)} is qcow2`);
      return device('virtio-blk', { path, deviceId: `data${String(at)}` });
    }),
    ...device('virtio-net,nat', { mac: macAddress(uuid) }),
    ...options.volumes.flatMap(({ source, tag, readOnly }) => {
      if (readOnly) throw new RangeError(`volumes: vfkit has no read-only ones, as ${JSON.stringify(source)} is to be`);
      return device('virtio-fs', { sharedDir: source, mountTag: tag });
    }),
    ...device('virtio-serial', { logFilePath: paths.log }),
    ...device('virtio-rng'),
    ...['--restful-uri', socketUri(paths.control), '--pidfile', paths.pidFile],
  ];
  return { command, args, helpers: [] };
}

function bootloader(image: MachineImage, { cmdline = '', paths }: MachineOptions): string {
  if (image.format !== 'kernel')
    return ['efi', quoted('variable-store', `${paths.dir}/efi-variables`), 'create'].join(',');
  const words = [image.cmdline, cmdline].filter((part) => part !== '').join(' ');
  const parts = [quoted('kernel', image.path), image.initrd === undefined ? '' : quoted('initrd', image.initrd)];
  return ['linux', ...parts, quoted('cmdline', words)].filter((part) => part !== '').join(',');
}

function imageArgs({ format, path }: MachineImage): string[] {
  if (format === 'kernel') return [];
  return format === 'iso' ? device('usb-mass-storage', { path }, 'readonly') : device('virtio-blk', { path });
}

/** One part of the boot loader's list; quotation marks keep its commas, and nothing keeps quotation marks. */
function quoted(key: string, value: string): string {
  if (value.includes('"'))
    throw new RangeError(`${key}: vfkit takes no quotation marks, as in ${JSON.stringify(value)}`);
  return `"${key}=${value}"`;
}

/** One device; nothing keeps a comma in its list. */
function device(kind: string, options: Readonly<Record<string, string>> = {}, ...words: readonly string[]): string[] {
  const pairs = Object.entries(options).map(([key, value]) => {
    if (value.includes(',')) throw new RangeError(`${key}: vfkit takes no commas, as in ${JSON.stringify(value)}`);
    return `${key}=${value}`;
  });
  return ['--device', [kind, ...pairs, ...words].join(',')];
}

/** The socket as a URI, in which a path may have any character. */
function socketUri(path: string): string {
  return `unix://${path.split('/').map(encodeURIComponent).join('/')}`;
}
