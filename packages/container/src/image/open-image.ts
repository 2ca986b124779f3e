import { type CancelOptions, type FileInfo, isCoreError, type Medium } from '@core/io';

import { bootKindOf } from './boot-kind.ts';
import { ImageBytes } from './image-bytes.ts';
import type { MachineImage } from './image.ts';
import { kernelArchitectureOf } from './kernel.ts';
import { findLinuxKitOutput, type LinuxKitOutput } from './linuxkit-output.ts';
import { checkQcow2, checkVmdk, type OpenedImage } from './references.ts';
import { imageNotFound, imageUnsupported } from './refusals.ts';
import { diskFormatOf, otherKindOf } from './signatures.ts';

/** How an image is looked at. */
export interface OpenImageOptions extends CancelOptions {
  /** It may refer to other files. Only for images that you made yourself. */
  readonly allowBackingFile?: boolean | undefined;
}

const NOT_FOUND: readonly string[] = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/**
 * Finds out what an image is, by its content; its name decides where the content leaves it open: an ISO that is a disk
 * as well is a disk where it is called `.raw` or `.img`. What `linuxkit build` makes is named by any of its files
 * (`<name>-kernel`, `<name>-initrd.img`, `<name>-cmdline`) or by `<name>`. Nothing is written.
 *
 * @throws `TypeError` for a path that is no text; `ERR_CONTAINER_IMAGE_NOT_FOUND`; `ERR_CONTAINER_IMAGE_UNSUPPORTED`
 *   with what it looks like; `ERR_CONTAINER_IMAGE_UNSAFE` for one that refers to other files: the guest could read them.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { localMedium } from '@core/io';
 * import { openImage } from '@core/container';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const path = join(folder, 'disk.img');
 * writeFileSync(path, new Uint8Array(1_048_576));
 * assert.deepEqual(await openImage(localMedium(), path), { format: 'raw', path });
 * await assert.rejects(openImage(localMedium(), folder), { code: 'ERR_CONTAINER_IMAGE_UNSUPPORTED' });
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function openImage(medium: Medium, path: string, options: OpenImageOptions = {}): Promise<MachineImage> {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new TypeError(`image must be the path of a file, not ${JSON.stringify(path)}`);
  }
  const { allowBackingFile = false, signal } = options;
  const info = await look(medium, path, { signal });
  const output = info?.kind === 'dir' ? undefined : await findLinuxKitOutput(medium, path, { signal });
  if (output !== undefined && (info === undefined || isOneOf(output, path)))
    return kernelOf(medium, output, { signal });
  if (info === undefined) throw imageNotFound(path, 'there is no such file');
  if (info.kind !== 'file')
    throw imageUnsupported(path, `it is ${info.kind === 'dir' ? 'a directory' : 'no regular file'}`);
  const real = await realPath(medium, path, { signal });
  await using handle = await medium.open(path, { signal });
  const bytes = await ImageBytes.of(handle);
  return await inspect({ path, realPath: real, bytes, allowBackingFile, signal });
}

async function inspect(opened: OpenedImage): Promise<MachineImage> {
  const { path, realPath, bytes } = opened;
  if (bytes.size === 0) throw imageUnsupported(path, 'it is empty');
  const arch = await kernelArchitectureOf(bytes);
  if (arch !== undefined) return { format: 'kernel', path: realPath, cmdline: '', arch };
  const format = diskFormatOf(bytes, path);
  if (format === undefined) throw imageUnsupported(path, describeOther(bytes));
  if (format === 'qcow2') checkQcow2(opened);
  if (format === 'vmdk') await checkVmdk(opened);
  const kind = await bootKindOf(format, bytes);
  return { format, path: realPath, ...(kind === 'uefi' ? { firmware: 'uefi' } : {}) };
}

function describeOther(bytes: ImageBytes): string {
  const what = otherKindOf(bytes);
  return what === undefined ? 'nothing in it tells a disk, a CD or a kernel' : `it is ${what}`;
}

/** A plain file is what it is by its content, also where there is a `<file>-kernel` beside it. */
function isOneOf({ kernel, initrd }: LinuxKitOutput, path: string): boolean {
  return path === kernel || path === initrd || path.endsWith('-cmdline');
}

async function kernelOf(medium: Medium, output: LinuxKitOutput, options: CancelOptions): Promise<MachineImage> {
  const { kernel, initrd, cmdline } = output;
  await using handle = await medium.open(kernel, options);
  const bytes = await ImageBytes.of(handle);
  const arch = await kernelArchitectureOf(bytes);
  if (arch === undefined) throw imageUnsupported(kernel, `it is no Linux kernel: ${describeOther(bytes)}`);
  return {
    ...{ format: 'kernel', path: await realPath(medium, kernel, options), cmdline, arch },
    ...(initrd === undefined ? {} : { initrd: await realPath(medium, initrd, options) }),
  };
}

async function look(medium: Medium, path: string, options: CancelOptions): Promise<FileInfo | undefined> {
  try {
    return await medium.stat(path, options);
  } catch (error) {
    if (!isCoreError(error) || !NOT_FOUND.includes(error.code)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw imageNotFound(path, 'there is no such file', error);
  }
}

async function realPath(medium: Medium, path: string, options: CancelOptions): Promise<string> {
  const real = await medium.realPath(path, options);
  if (real !== undefined) return real;
  throw imageUnsupported(path, 'it is on no disk, where a hypervisor could open it', 'Copy it to a disk.');
}
