import { dirname, join } from 'node:path';

import { type CancelOptions, localMedium } from '@core/io';

import { ImageBytes } from './image-bytes.ts';
import { readQcow2 } from './qcow2.ts';
import { imageUnsafe, imageUnsupported } from './refusals.ts';
import { readVmdk } from './vmdk.ts';

/** An image that is being looked at. */
export interface OpenedImage extends CancelOptions {
  /** As its user calls it. */
  readonly path: string;
  /** Where it is on the disk, without links on the way. */
  readonly realPath: string;
  readonly bytes: ImageBytes;
  readonly allowBackingFile: boolean;
}

const LOCAL = localMedium();

/**
 * Refuses a qcow2 file that cannot be used, or that refers to another file.
 *
 * @throws `ERR_CONTAINER_IMAGE_UNSUPPORTED`, `ERR_CONTAINER_IMAGE_UNSAFE`
 */
export function checkQcow2({ path, bytes, allowBackingFile }: OpenedImage): void {
  const header = readQcow2(bytes);
  if (typeof header === 'string') throw imageUnsupported(path, header);
  if (allowBackingFile) return;
  if (header.backingFile !== undefined)
    throw imageUnsafe(path, `its backing file is ${JSON.stringify(header.backingFile)}`);
  if (header.dataFile !== undefined) throw imageUnsafe(path, `its content is in ${JSON.stringify(header.dataFile)}`);
}

/**
 * Refuses a vmdk file that cannot be used, that was made from another one, or whose content lies elsewhere than in files
 * beside it.
 *
 * @throws `ERR_CONTAINER_IMAGE_UNSUPPORTED`, `ERR_CONTAINER_IMAGE_UNSAFE`
 */
export async function checkVmdk(image: OpenedImage): Promise<void> {
  const { path, bytes, allowBackingFile } = image;
  const found = await readVmdk(bytes);
  if (typeof found === 'string') throw imageUnsupported(path, found);
  if (allowBackingFile) return;
  if (found.parent !== undefined) throw imageUnsafe(path, `it was made from ${JSON.stringify(found.parent)}`);
  for (const extent of new Set(found.extents)) await checkExtent(extent, image);
}

/** A part of a vmdk is a file beside it, and refers to nothing further. */
async function checkExtent(name: string, { path, realPath, signal }: OpenedImage): Promise<void> {
  const shown = JSON.stringify(name);
  if (/[/\\:]/.test(name) || name === '..')
    throw imageUnsafe(path, `its content is in ${shown}, elsewhere than beside it`);
  const place = join(dirname(realPath), name); // where QEMU looks for it
  if (!(await LOCAL.isFile(place, { signal }))) throw imageUnsupported(path, `its part ${shown} is missing`);
  const { kind } = await LOCAL.stat(place, { follow: false, signal });
  if (kind !== 'file') throw imageUnsafe(path, `its part ${shown} is a link`);
  await using handle = await LOCAL.open(place, { signal });
  const bytes = await ImageBytes.of(handle);
  if (!bytes.has(0, 'KDMV')) return;
  const found = await readVmdk(bytes);
  if (typeof found === 'string') throw imageUnsupported(place, found);
  if (found.extents.length > 0 || found.parent !== undefined)
    throw imageUnsafe(path, `its part ${shown} names further files`);
}
