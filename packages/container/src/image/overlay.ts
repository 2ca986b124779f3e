import { isAbsolute } from 'node:path';

import type { MachineImage } from './image.ts';
import { type DiskOptions, makeDisk } from './qemu-img.ts';

const MOST_MB = 8 * 1024 * 1024;

/**
 * Makes a qcow2 disk over an image: it takes what the machine writes, and the image stays as it is. Its path must be
 * absolute, as that of the image is. It appears when it is whole, in the place of what is there.
 *
 * @throws `TypeError` for a path that is not absolute or an image that is no disk; `ERR_CONTAINER_TOOL_MISSING` without
 *   `qemu-img`; `ERR_CONTAINER_DISK_FAILED` with its own words.
 *
 * @example
 * ```ts
 * import { Service } from '@core/process';
 * import { createOverlay } from '@core/container';
 *
 * const service = new Service();
 * const made = createOverlay({ format: 'raw', path: '/nowhere/web.raw' }, '/nowhere/overlay.qcow2', { service });
 * await assert.rejects(made, /Cannot make the disk "\/nowhere\/overlay.qcow2"/);
 * await service.close();
 * ```
 */
export async function createOverlay(image: MachineImage, overlayPath: string, options: DiskOptions): Promise<void> {
  checkPath('image', image.path);
  checkPath('overlayPath', overlayPath);
  if (image.format === 'kernel' || image.format === 'iso') {
    throw new TypeError(
      `image must be a disk, not ${image.format === 'iso' ? 'an ISO' : 'a kernel'}: nothing writes to it`,
    );
  }
  await makeDisk(overlayPath, ['-F', image.format, '-b', image.path], options);
}

/**
 * Makes an empty qcow2 disk, which grows as it is written to. Its path must be absolute. It appears when it is
 * whole, in the place of what is there.
 *
 * @throws As {@link createOverlay}; `RangeError` for a size that is no whole number from 1 to 8,388,608.
 *
 * @example
 * ```ts
 * import { Service } from '@core/process';
 * import { createDisk } from '@core/container';
 *
 * const service = new Service();
 * await assert.rejects(createDisk('/tmp/data.qcow2', 0, { service }), RangeError);
 * await assert.rejects(createDisk('/nowhere/data.qcow2', 1024, { service }), /Cannot make the disk/);
 * await service.close();
 * ```
 */
export async function createDisk(path: string, sizeMb: number, options: DiskOptions): Promise<void> {
  checkPath('path', path);
  if (!Number.isSafeInteger(sizeMb) || sizeMb < 1 || sizeMb > MOST_MB) {
    throw new RangeError(`sizeMb must be a whole number from 1 to ${String(MOST_MB)}, not ${String(sizeMb)}`);
  }
  await makeDisk(path, [], options, [`${String(sizeMb)}M`]);
}

/** A relative path could begin with a dash, or with a word and a colon, which QEMU takes for a protocol. */
function checkPath(name: string, path: string): void {
  if (typeof path === 'string' && isAbsolute(path) && !path.includes('\0')) return;
  throw new TypeError(`${name} must have an absolute path, not ${JSON.stringify(path)}`);
}
