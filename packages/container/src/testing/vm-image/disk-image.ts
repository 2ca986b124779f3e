import { copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { ImageFormat } from '../../image/image.ts';
import { makeFile } from './cache.ts';
import { downloadPackages, extractFiles, packageFiles } from './debian-packages.ts';
import { GuestFiles } from './initramfs.ts';
import type { KernelImageFiles } from './kernel-image.ts';
import { runTool } from './run-tool.ts';

type DiskFormat = Exclude<ImageFormat, 'kernel'>;

/** What boots a CD, and a disk that a CD was copied to. */
const LOADER: Readonly<Record<string, readonly string[]>> = {
  isolinux: ['*/isolinux.bin', '*/isohdpfx.bin'],
  'syslinux-common': ['*/modules/bios/ldlinux.c32'],
};

/**
 * The image as a CD or a disk; its path. One CD serves for all: with a boot sector for disks it is a raw disk as it
 * stands, and the others are conversions of that.
 */
export async function buildDiskImage(
  image: KernelImageFiles,
  format: DiskFormat,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = join(image.dir, `${image.name}.${format}`);
  if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  const iso = format === 'iso' ? '' : await buildDiskImage(image, 'iso', signal);
  await makeFile(path, async (file) => {
    if (format === 'iso') await makeIso(file, image, signal);
    else if (format === 'raw') await copyFile(iso, file);
    else await runTool(['qemu-img', 'convert', '-f', 'raw', '-O', format, iso, file], { signal });
  });
  return path;
}

async function makeIso(file: string, image: KernelImageFiles, signal: AbortSignal | undefined): Promise<void> {
  const work = join(dirname(file), 'work');
  const tree = join(work, 'tree');
  await mkdir(join(tree, 'isolinux'), { recursive: true });
  const loader = await extractLoader(join(work, 'loader'), image, signal);
  await copyFile(loader.path(/\/isolinux\.bin$/), join(tree, 'isolinux', 'isolinux.bin'));
  await copyFile(loader.path(/\/ldlinux\.c32$/), join(tree, 'isolinux', 'ldlinux.c32'));
  await writeFile(join(tree, 'isolinux', 'isolinux.cfg'), loaderConfig(image.cmdline));
  await copyFile(image.kernel, join(tree, 'kernel'));
  await copyFile(image.initrd, join(tree, 'initrd.img'));
  const boot = ['-b', 'isolinux/isolinux.bin', '-c', 'isolinux/boot.cat', '-no-emul-boot', '-boot-load-size', '4'];
  const disk = ['-boot-info-table', '-isohybrid-mbr', loader.path(/\/isohdpfx\.bin$/)];
  await runTool(['xorriso', '-as', 'mkisofs', '-quiet', '-o', file, '-V', 'CORETEST', ...boot, ...disk, tree], {
    signal,
  });
  await rm(work, { recursive: true });
}

async function extractLoader(
  into: string,
  { cacheDir }: KernelImageFiles,
  signal: AbortSignal | undefined,
): Promise<GuestFiles> {
  const files = await packageFiles({ cacheDir, names: Object.keys(LOADER), signal });
  const packages = await downloadPackages(cacheDir, files, signal);
  for (const file of files) {
    await extractFiles(join(packages, file), LOADER[file.slice(0, file.indexOf('_'))] ?? [], { into, signal });
  }
  return GuestFiles.read(into);
}

function loaderConfig(cmdline: string): string {
  const entry = ['LABEL linux', 'KERNEL /kernel', 'INITRD /initrd.img', `APPEND ${cmdline}`];
  return ['SERIAL 0 115200', 'DEFAULT linux', 'PROMPT 0', 'TIMEOUT 0', ...entry, ''].join('\n');
}
