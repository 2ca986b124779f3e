import { isAbsolute } from 'node:path';

import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { type BootKind, bootKindOf } from './boot-kind.ts';
import { ImageBytes } from './image-bytes.ts';
import type { DiskImage, MachineImage } from './image.ts';
import { readQcow2 } from './qcow2.ts';
import { diskFormatOf } from './signatures.ts';

/** So many files are under a disk at most. */
const DEEPEST = 8;

/**
 * Whether a disk or CD surely holds nothing that a firmware boots: its first sector has no boot signature or neither
 * code nor an EFI partition, a CD has no boot record. `false` for a kernel, and for what cannot be told without running
 * it. Of a qcow2 file the files under it count, too.
 */
export async function lacksBootCode(
  medium: Medium,
  image: MachineImage,
  { signal }: CancelOptions = {},
): Promise<boolean> {
  signal?.throwIfAborted();
  return image.format !== 'kernel' && (await kindOf(medium, image, DEEPEST)) === 'none';
}

/**
 * The image with the firmware that it needs, as its own content or that of the files under it tells; as it is where
 * nothing can be told.
 */
export async function withFirmware(
  medium: Medium,
  image: MachineImage,
  { signal }: CancelOptions = {},
): Promise<MachineImage> {
  signal?.throwIfAborted();
  if (image.format === 'kernel' || image.firmware !== undefined) return image;
  const kind = await ifReadable(() => kindOf(medium, image, DEEPEST));
  return kind === 'uefi' ? { ...image, firmware: kind } : image;
}

async function kindOf(medium: Medium, { format, path }: DiskImage, depth: number): Promise<BootKind | undefined> {
  await using handle = await medium.open(path);
  const bytes = await ImageBytes.of(handle);
  const kind = await bootKindOf(format, bytes);
  if (kind !== undefined || format !== 'qcow2' || depth === 0) return kind;
  const header = readQcow2(bytes);
  const below = typeof header === 'object' && header.dataFile === undefined ? header.backingFile : undefined;
  if (below === undefined || !isAbsolute(below)) return undefined;
  return await ifReadable(() => kindUnder(medium, below, depth - 1));
}

async function kindUnder(medium: Medium, path: string, depth: number): Promise<BootKind | undefined> {
  await using handle = await medium.open(path);
  const format = diskFormatOf(await ImageBytes.of(handle), path);
  return format === undefined ? undefined : await kindOf(medium, { format, path }, depth);
}

/** What cannot be read is not known; the hypervisor says it better. */
async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isCoreError(error)) return undefined;
    throw error;
  }
}
