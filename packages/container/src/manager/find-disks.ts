import type { Medium } from '@core/io';

import type { DataDisk } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { openImage } from '../image/open-image.ts';
import type { DiskRequest } from '../run-options.ts';

/** A disk that is there, or one that is to be made in the machine's own directory. */
export type PlannedDisk = DataDisk | { readonly sizeMb: number };

/** How the disks of a machine are found. */
export interface FindDisksOptions {
  readonly medium: Medium;
  readonly allowBackingFile?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The disks beside the image: those that are there, and those that will be.
 *
 * @throws `ERR_CONTAINER_IMAGE_NOT_FOUND`, `ERR_CONTAINER_IMAGE_UNSAFE`
 */
export async function findDisks(requests: readonly DiskRequest[], options: FindDisksOptions): Promise<PlannedDisk[]> {
  const disks: PlannedDisk[] = [];
  for (const request of requests) disks.push('sizeMb' in request ? request : await findDisk(request, options));
  return disks;
}

/** Where each disk is, or will be; `dir` is the machine's own directory. */
export function placeDisks(disks: readonly PlannedDisk[], dir: string): DataDisk[] {
  return disks.map((disk, index) =>
    'sizeMb' in disk ? { path: `${dir}/disk${String(index)}.qcow2`, format: 'qcow2' } : disk,
  );
}

async function findDisk({ path, format }: DataDisk, options: FindDisksOptions): Promise<DataDisk> {
  const { medium, allowBackingFile, signal } = options;
  if (!(await medium.isFile(path, { signal }))) throw notFound(path);
  if (format === 'qcow2') await openImage(medium, path, { allowBackingFile, signal }); // what it refers to is looked at
  const real = await medium.realPath(path, { signal });
  if (real === undefined) throw notFound(path);
  return { path: real, format };
}

function notFound(path: string): ContainerError {
  return new ContainerError(`Cannot attach the disk ${JSON.stringify(path)}: there is no such file`, {
    code: 'ERR_CONTAINER_IMAGE_NOT_FOUND',
    op: 'container.run',
    path,
    hint: 'Ask for a new one with `{ sizeMb }`.',
  });
}
