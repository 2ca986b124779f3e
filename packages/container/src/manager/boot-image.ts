import { copy } from '@core/io';

import type { Container } from '../container.ts';
import type { Hypervisor } from '../hypervisors/hypervisor.ts';
import type { MachineImage } from '../image/image.ts';
import { createDisk, createOverlay } from '../image/overlay.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import type { ManagerContext } from './context.ts';
import type { PlannedDisk } from './find-disks.ts';

/** A machine, and what it is made from. */
export interface Parts {
  readonly container: Container;
  readonly image: MachineImage;
  readonly hypervisor: Hypervisor;
}

/** What a machine boots from: the image where nobody can or may write to something else, else what stands in its place. */
export function bootImage({ realStateDir }: ManagerContext, { container, image, hypervisor }: Parts): MachineImage {
  if (image.format === 'kernel' || !hasOverlay(container)) return image;
  const format = hypervisor.capabilities.overlay === 'qcow2' ? 'qcow2' : image.format;
  return { format, path: machinePaths(realStateDir, container.id).overlay };
}

/** Makes what is to be written in the place of the image, and the new disks. */
export async function makeDisks(
  context: ManagerContext,
  { disks, ...parts }: Parts & { readonly disks: readonly PlannedDisk[] },
  signal: AbortSignal | undefined,
): Promise<void> {
  await ensureOverlay(context, parts, signal);
  for (const [index, disk] of disks.entries()) {
    const path = parts.container.disks[index]?.path;
    if (!('sizeMb' in disk) || path === undefined) continue;
    await createDisk(path, disk.sizeMb, { service: context.service, signal });
  }
}

/** Makes what is to be written in the place of the image, where it is not there: its maker may have been killed. */
export async function ensureOverlay(
  { service, localDisk, realStateDir }: ManagerContext,
  { container, image, hypervisor }: Parts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { overlay } = machinePaths(realStateDir, container.id);
  if (!hasOverlay(container) || (await localDisk.exists(overlay, { signal }))) return;
  if (hypervisor.capabilities.overlay === 'qcow2') await createOverlay(image, overlay, { service, signal });
  else await copy(localDisk, image.path, localDisk, overlay, { signal });
}

/** Whether the machine writes to a disk of its own in the place of its image. */
function hasOverlay({ format, writeImage }: Container): boolean {
  return !writeImage && format !== 'iso' && format !== 'kernel';
}
