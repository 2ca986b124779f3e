import type { Volume } from '../../container.ts';
import { ContainerError } from '../../errors.ts';
import type { HelperCommand, MachineOptions } from '../hypervisor.ts';
import { optionList } from './escape.ts';

/** The name of the memory that virtiofsd sees too. */
export const SHARED_MEMORY = 'memory0';

/** Whether the machine's memory is shared with other programs: virtiofsd reads and writes it. */
export function needsSharedMemory({ volumes }: MachineOptions): boolean {
  return volumes.some(({ driver }) => driver === 'virtiofs');
}

/** The directories of this machine that the guest sees, each under its tag. */
export function shareArgs(options: MachineOptions): string[] {
  const { memoryMb, volumes } = options;
  const size = `${String(memoryMb)}M`;
  const memory = ['-object', optionList('memory-backend-memfd', { id: SHARED_MEMORY, size, share: 'on' })];
  return [
    ...(needsSharedMemory(options) ? memory : []),
    ...volumes.flatMap((volume, at) =>
      volume.driver === '9p' ? plan9Args(volume, at) : virtiofsArgs(volume, socketOf(options, at), at),
    ),
  ];
}

/** One virtiofsd for each virtiofs volume. */
export function shareHelpers(options: MachineOptions): HelperCommand[] {
  return options.volumes.flatMap((volume, at) =>
    volume.driver === '9p' ? [] : [virtiofsd(volume, socketOf(options, at), options)],
  );
}

/** The sockets of the volumes. */
export function shareSockets(options: MachineOptions): string[] {
  return shareHelpers(options).map(({ socket }) => socket);
}

/** Owners, modes and links of the guest are kept in attributes beside the files: its root is not root here. */
function plan9Args({ source, tag, readOnly }: Volume, at: number): string[] {
  const id = `share${String(at)}`;
  const writable = { security_model: 'mapped-xattr', multidevs: 'remap', readonly: readOnly ? 'on' : undefined };
  return [
    ...['-fsdev', optionList('local', { id, path: source, ...writable })],
    ...['-device', optionList('virtio-9p-pci', { id: `${id}-device`, fsdev: id, mount_tag: tag })],
  ];
}

function virtiofsArgs({ tag }: Volume, socket: string, at: number): string[] {
  const id = `share${String(at)}`;
  return [
    ...['-chardev', optionList('socket', { id, path: socket })],
    ...['-device', optionList('vhost-user-fs-pci', { id: `${id}-device`, chardev: id, tag })],
  ];
}

function socketOf({ paths }: MachineOptions, at: number): string {
  return `${paths.dir}/fs${String(at)}.sock`;
}

function virtiofsd({ source, readOnly }: Volume, socket: string, { id, parts }: MachineOptions): HelperCommand {
  const found = parts?.virtiofsd;
  if (found === undefined) throw virtiofsdMissing(source, id);
  if (found.kind === 'rust') {
    const args = [`--socket-path=${socket}`, `--shared-dir=${source}`, ...(readOnly ? ['--readonly'] : [])];
    return { command: found.command, args, socket };
  }
  if (readOnly) {
    throw new RangeError(
      `volumes: ${JSON.stringify(source)} cannot be read-only by this virtiofsd; its driver must be 9p`,
    );
  }
  return { command: found.command, args: [`--socket-path=${socket}`, '-o', `source=${escapeFuse(source)}`], socket };
}

/** FUSE's option lists have their own escape. */
function escapeFuse(value: string): string {
  return value.replaceAll(/[\\,]/g, (character) => `\\${character}`);
}

function virtiofsdMissing(source: string, id: string): ContainerError {
  return new ContainerError(`Cannot share ${JSON.stringify(source)} by virtiofs: there is no virtiofsd`, {
    code: 'ERR_CONTAINER_TOOL_MISSING',
    op: 'hypervisor.command',
    id,
    path: source,
    hint: 'Install virtiofsd (Debian 12 has it in qemu-system-common), or share the directory by 9p.',
  });
}
