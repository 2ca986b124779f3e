import type { DiskImage, MachineImage } from '../../image/image.ts';
import type { MachineOptions } from '../hypervisor.ts';

/** The image, unless it is a kernel, and the data disks after it; a guest finds these as `virtio-data0`, … by id too. */
export function driveArgs(image: MachineImage, options: MachineOptions): string[] {
  return [
    ...(image.format === 'kernel' ? [] : imageArgs(image, options)),
    ...options.disks.flatMap(({ path, format }, at) => {
      const name = `data${String(at)}`;
      return [
        ...nodeArgs(name, format, path),
        '-device',
        `virtio-blk-pci,id=${name}-disk,drive=${name},serial=${name}`,
      ];
    }),
  ];
}

function imageArgs({ format, path }: DiskImage, { arch }: MachineOptions): string[] {
  if (format !== 'iso') {
    return [...nodeArgs('image', format, path), '-device', 'virtio-blk-pci,id=image-disk,drive=image,bootindex=0'];
  }
  const drive = ['-blockdev', JSON.stringify({ ...node('image', 'raw', path), 'read-only': true })];
  // the virt board has no AHCI
  return arch === 'x86_64'
    ? [...drive, '-device', 'ide-cd,id=image-disk,drive=image,bootindex=0']
    : [
        ...[...drive, '-device', 'virtio-scsi-pci,id=scsi0'],
        ...['-device', 'scsi-cd,id=image-disk,bus=scsi0.0,drive=image,bootindex=0'],
      ];
}

function nodeArgs(name: string, format: string, path: string): string[] {
  return ['-blockdev', JSON.stringify({ ...node(name, format, path), discard: 'unmap' })];
}

/** As JSON, no path needs escaping, and none is taken for a protocol (`nbd:…`). The format is never guessed. */
function node(name: string, format: string, path: string): Readonly<Record<string, unknown>> {
  return { 'node-name': name, driver: format, file: { driver: 'file', filename: path } };
}
