import { Buffer } from 'node:buffer';

import { ContainerError } from '../errors.ts';
import type { MachineImage } from '../image/image.ts';
import type { Accelerator, Hypervisor, MachineOptions } from './hypervisor.ts';

/** The shortest of what systems take: 104 bytes on macOS and the BSDs with the 0 at the end, 108 on Linux. */
const SOCKET_PATH_BYTES = 103;
/** What virtio-9p takes. */
const TAG_BYTES = 31;
const MIN_MEMORY_MB = 16;
const MAX_CPUS = 255;

const PLATFORMS: Readonly<Record<Accelerator, NodeJS.Platform | undefined>> = {
  kvm: 'linux',
  hvf: 'darwin',
  whpx: 'win32',
  tcg: undefined,
};

/**
 * Refuses what no machine of this hypervisor can be.
 *
 * @throws `ERR_CONTAINER_IMAGE_UNSUPPORTED`, `RangeError`
 */
export function checkMachine({ name, capabilities }: Hypervisor, image: MachineImage, options: MachineOptions): void {
  checkImage(name, capabilities.formats, image);
  checkKernel(image, options);
  if (!capabilities.architectures.includes(options.arch)) refuse('arch', options.arch, `what ${name} runs`);
  checkAccelerator(options);
  checkWhole('memoryMb', options.memoryMb, MIN_MEMORY_MB, Number.MAX_SAFE_INTEGER);
  checkWhole('cpus', options.cpus, 1, MAX_CPUS);
  checkPorts(options, capabilities.portForwarding);
  checkVolumes(options, capabilities.volumes);
  if (options.resumeFrom !== undefined && !capabilities.savedState) {
    throw new RangeError(`resumeFrom: ${name} has no saved states`);
  }
}

/** @throws `ERR_CONTAINER_PATH_TOO_LONG` for the path of a socket that the system cannot take. */
export function checkSockets(sockets: readonly string[], id: string): void {
  const longest = sockets.find((path) => Buffer.byteLength(path) > SOCKET_PATH_BYTES);
  if (longest === undefined) return;
  const length = String(Buffer.byteLength(longest));
  throw new ContainerError(`Cannot have a socket at ${JSON.stringify(longest)}: its path is ${length} bytes long`, {
    code: 'ERR_CONTAINER_PATH_TOO_LONG',
    op: 'hypervisor.command',
    id,
    path: longest,
    hint: `Sockets have paths of at most ${String(SOCKET_PATH_BYTES)} bytes: open the manager with a shorter stateDir.`,
  });
}

function checkImage(name: string, formats: readonly string[], { format, path }: MachineImage): void {
  if (formats.includes(format)) return;
  const what = format === 'kernel' ? 'a kernel' : `a ${format} image`;
  throw new ContainerError(`Cannot boot ${JSON.stringify(path)}: ${name} cannot boot ${what}`, {
    code: 'ERR_CONTAINER_IMAGE_UNSUPPORTED',
    op: 'hypervisor.command',
    path,
    hint: `${name} boots ${formats.join(', ')}. Disks are converted by qemu-img convert.`,
  });
}

function checkKernel(image: MachineImage, { arch }: MachineOptions): void {
  if (image.format !== 'kernel' || image.arch === undefined || image.arch === arch) return;
  const { path, arch: wanted } = image;
  throw new ContainerError(
    `Cannot boot ${JSON.stringify(path)}: it is a kernel for ${wanted}, and the machine is ${arch}`,
    {
      code: 'ERR_CONTAINER_IMAGE_UNSUPPORTED',
      op: 'hypervisor.command',
      path,
      hint: `Run it with { arch: '${wanted}' }.`,
    },
  );
}

function checkAccelerator({ accelerator, platform }: MachineOptions): void {
  const wanted = PLATFORMS[accelerator];
  if (wanted !== undefined && wanted !== platform) refuse('accelerator', accelerator, `what there is on ${platform}`);
}

function checkPorts({ ports, bindAddress }: MachineOptions, forwarding: boolean): void {
  if (ports.length > 0 && !forwarding) throw new RangeError('ports: this hypervisor forwards none');
  if (!isAddress(bindAddress)) refuse('bindAddress', bindAddress, 'an IPv4 address');
  for (const { host, guest } of ports) {
    checkWhole('a host port', host, 0, 65_535);
    checkWhole('a guest port', guest, 1, 65_535);
  }
  const hosts = ports.map(({ host }) => host).filter((host) => host !== 0);
  checkUnique('ports', hosts.map(String), 'forwarded once');
}

function isAddress(text: string): boolean {
  return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
}

function checkVolumes({ volumes }: MachineOptions, drivers: readonly string[]): void {
  for (const { driver, tag, source } of volumes) {
    if (!drivers.includes(driver)) refuse('volumes', driver, `one of: ${drivers.join(', ')}`);
    if (tag === '' || Buffer.byteLength(tag) > TAG_BYTES) refuse('a tag', tag, `of 1 to ${String(TAG_BYTES)} bytes`);
    if (source.includes('\0')) refuse('a volume', source, 'a path');
  }
  checkUnique(
    'volumes',
    volumes.map(({ tag }) => tag),
    'a tag of one volume',
  );
}

function checkUnique(name: string, values: readonly string[], wanted: string): void {
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  if (twice !== undefined) refuse(name, twice, wanted);
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const wanted = most === Number.MAX_SAFE_INTEGER ? `from ${String(least)} on` : `${String(least)} to ${String(most)}`;
  throw new RangeError(`${name} must be a whole number, ${wanted}, not ${String(value)}`);
}

function refuse(name: string, value: string, wanted: string): never {
  throw new RangeError(`${name} must be ${wanted}, not ${JSON.stringify(value)}`);
}
