import type { Architecture, Volume } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { ownArchitecture } from '../hypervisors/qemu/qemu-hypervisor.ts';
import type { MachineImage } from '../image/image.ts';
import { openImage } from '../image/open-image.ts';
import type { RunOptions } from '../run-options.ts';
import { findVolumes } from '../volumes/find-volumes.ts';
import { parseVolumes } from '../volumes/parse-volumes.ts';
import { volumeDriver } from '../volumes/volume-driver.ts';
import type { ManagerContext } from './context.ts';
import { findDisks, type PlannedDisk } from './find-disks.ts';
import { findHypervisor, type UsableHypervisor } from './find-hypervisor.ts';

/** All that is known of a machine before anything of it is there. */
export interface Plan extends UsableHypervisor {
  readonly image: MachineImage;
  readonly arch: Architecture;
  readonly volumes: readonly Volume[];
  readonly disks: readonly PlannedDisk[];
  readonly sshKey: string | undefined;
}

/**
 * Looks at everything that a machine is to be made of, and makes nothing.
 *
 * @throws `ERR_CONTAINER_IMAGE_NOT_FOUND`, `ERR_CONTAINER_IMAGE_UNSUPPORTED`, `ERR_CONTAINER_IMAGE_UNSAFE`,
 *   `ERR_CONTAINER_VOLUME_NOT_FOUND`, `ERR_CONTAINER_KEY_NOT_FOUND`, `ERR_CONTAINER_HYPERVISOR_UNAVAILABLE`.
 */
export async function plan(context: ManagerContext, path: string, options: RunOptions): Promise<Plan> {
  const { medium } = context;
  const { allowBackingFile, signal } = options;
  const image = await openImage(medium, path, { allowBackingFile, signal });
  const arch = architectureOf(image, options);
  const sshKey = await findKey(context, options);
  const disks = await findDisks(options.disks ?? [], { medium, allowBackingFile, signal });
  const requests = parseVolumes(options.volumes);
  const found = await findVolumes(requests, { medium, driver: '9p', signal }); // before a program is asked anything
  const usable = await findHypervisor(context, { arch, signal });
  const volumes = found.map((volume) => ({ ...volume, driver: volumeDriver(usable, volume.readOnly) }));
  refuseUnfit(image, options, usable);
  return { ...usable, image, arch, volumes, disks, sshKey };
}

/** Refuses options that have no meaning for this image or this hypervisor. */
function refuseUnfit(image: MachineImage, options: RunOptions, { hypervisor }: UsableHypervisor): void {
  if (options.cmdline !== undefined && image.format !== 'kernel') {
    throw new TypeError(`cmdline is for kernel images, and ${JSON.stringify(image.path)} is ${image.format}`);
  }
  const { capabilities, name } = hypervisor;
  const wantsPorts = Object.keys(options.ports ?? {}).length > 0 || (options.publish ?? []).length > 0;
  if (!capabilities.portForwarding && (wantsPorts || options.sshPort !== undefined)) {
    throw new RangeError(`ports must not be given for ${name}, which forwards none`);
  }
  if (capabilities.volumes.length === 0 && Object.keys(options.volumes ?? {}).length > 0) {
    throw new RangeError(`volumes must not be given for ${name}, which has none`);
  }
}

async function findKey({ medium }: ManagerContext, { sshKey, signal }: RunOptions): Promise<string | undefined> {
  if (sshKey === undefined) return undefined;
  const isThere = await medium.isFile(sshKey, { signal });
  const real = isThere ? await medium.realPath(sshKey, { signal }) : undefined;
  if (real !== undefined) return real;
  throw new ContainerError(`Cannot use the SSH key ${JSON.stringify(sshKey)}: there is no such file`, {
    code: 'ERR_CONTAINER_KEY_NOT_FOUND',
    op: 'container.run',
    path: sshKey,
    hint: 'Give the path of the private key whose public one the image knows.',
  });
}

/** What the kernel is made for, else what was asked for, else what this system is. */
function architectureOf(image: MachineImage, { arch }: RunOptions): Architecture {
  const made = image.format === 'kernel' ? image.arch : undefined;
  if (arch !== undefined && made !== undefined && arch !== made) {
    throw new RangeError(
      `arch must be ${JSON.stringify(made)} for ${JSON.stringify(image.path)}, not ${JSON.stringify(arch)}`,
    );
  }
  return arch ?? made ?? ownArchitecture();
}
