import type { ImageBytes } from './image-bytes.ts';
import type { ImageFormat } from './image.ts';

/** Endings of raw disks: what else fits a file with such a name, it is meant as a disk. */
const RAW_ENDING = /\.(?:raw|img|dd)$/i;
const SECTOR_BYTES = 512;

/** What is not booted, by the bytes that tell it. */
const OTHERS: readonly (readonly [position: number, bytes: string, what: string])[] = [
  [0, 'vhdxfile', 'a VHDX disk'],
  [0, 'conectix', 'a VHD disk'],
  [0x40, '\x7f\x10\xda\xbe', 'a VirtualBox disk (VDI)'],
  [0, 'QED\0', 'a QED disk'],
  [0, 'COWD', 'a vmdk of an old kind'],
  [0, '\x1f\x8b', 'compressed by gzip'],
  [0, '\xfd7zXZ\0', 'compressed by xz'],
  [0, '\x28\xb5\x2f\xfd', 'compressed by zstd'],
  [0, 'BZh', 'compressed by bzip2'],
  [0, 'PK\x03\x04', 'a zip archive'],
  [0, '070701', 'an initrd (a cpio archive)'],
  [257, 'ustar', 'a tar archive'],
  [0, 'hsqs', 'a squashfs file system'],
  [0, '\x7fELF', 'an ELF program'],
];

/** A disk's format by its content, and by its name where its content leaves two of them open. */
export function diskFormatOf(bytes: ImageBytes, path: string): Exclude<ImageFormat, 'kernel'> | undefined {
  if (bytes.has(0, 'QFI\xfb')) return 'qcow2';
  if (bytes.has(0, 'KDMV') || bytes.has(0, '# Disk DescriptorFile')) return 'vmdk';
  const isNamedRaw = RAW_ENDING.test(path);
  // an ISO that is a bootable disk at the same time is what it is called
  if (bytes.has(0x8001, 'CD001') && !(isNamedRaw && isPartitioned(bytes))) return 'iso';
  if (isPartitioned(bytes)) return 'raw';
  return isNamedRaw && bytes.size >= SECTOR_BYTES && otherKindOf(bytes) === undefined ? 'raw' : undefined;
}

/** What a file looks like that machines do not boot. */
export function otherKindOf(bytes: ImageBytes): string | undefined {
  return OTHERS.find(([position, text]) => bytes.has(position, text))?.[2];
}

/** An MBR, or a GPT on a disk with sectors of 512 or 4,096 bytes. */
function isPartitioned(bytes: ImageBytes): boolean {
  return bytes.has(510, '\x55\xaa') || bytes.has(512, 'EFI PART') || bytes.has(4096, 'EFI PART');
}
