import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { localMedium, MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { openImage } from '../../src/image/open-image.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { withFiles } from './support/image-folder.ts';
import { armImage, bzImage, iso, put, qcow2, vmdk } from './support/made-images.ts';

const local = localMedium();
const disk = new Uint8Array(4096);
const mbr = put(new Uint8Array(4096), 510, '\x55\xaa');

describe('Good', () => {
  it.each<[string, string, Uint8Array, string]>([
    ['an ISO', 'web.iso', iso(), 'iso'],
    ['an ISO under a foreign name', 'web.bin', iso({ isohybrid: true }), 'iso'],
    ['an ISO called a disk that it is not', 'web.raw', iso(), 'iso'],
    ['an ISO that is a disk too, and called one', 'web.raw', iso({ isohybrid: true }), 'raw'],
    ['an ISO that is a disk too, and called an image', 'web.IMG', iso({ isohybrid: true }), 'raw'],
    ['a qcow2 disk', 'web', qcow2(), 'qcow2'],
    ['a qcow2 disk of version 2', 'web.img', qcow2({ version: 2 }), 'qcow2'],
    ['a sparse vmdk', 'web.vmdk', vmdk('createType="monolithicSparse"\nRW 8 SPARSE "web.vmdk"\n'), 'vmdk'],
    ['a disk with an MBR', 'web', mbr, 'raw'],
    ['a disk with a GPT', 'web', put(new Uint8Array(4096), 512, 'EFI PART'), 'raw'],
    ['a disk with a GPT and large sectors', 'web', put(new Uint8Array(8192), 4096, 'EFI PART'), 'raw'],
    ['a disk by its name', 'web.raw', disk, 'raw'],
  ])('openImage() knows %s', async (_what, name, content, format) => {
    await withFiles({ [name]: content }, async (folder) => {
      expect(await openImage(local, `${folder}/${name}`)).toEqual({ format, path: `${folder}/${name}` });
    });
  });

  it.each<[string, Uint8Array, string]>([
    ['a bzImage', bzImage(), 'x86_64'],
    ['an Image', armImage(), 'aarch64'],
    ['a packed Image', gzipSync(armImage()), 'aarch64'],
    ['an Image that unpacks itself', put(new Uint8Array(4096), 0, 'MZ\0\0zimg'), 'aarch64'],
    ['an uncompressed kernel with a PVH entry', elf({ note: 18 }), 'x86_64'],
  ])('openImage() knows %s', async (_what, content, arch) => {
    await withFiles({ 'vmlinuz-6.1': content }, async (folder) => {
      const path = `${folder}/vmlinuz-6.1`;
      expect(await openImage(local, path)).toEqual({ format: 'kernel', path, cmdline: '', arch });
    });
  });

  it.each(['web', 'web-kernel', 'web-initrd.img', 'web-cmdline'])(
    'openImage() finds what LinuxKit made by the name of %s',
    async (name) => {
      const files = { 'web-kernel': bzImage(), 'web-initrd.img': 'cpio', 'web-cmdline': 'console=ttyS0\n quiet\n' };
      await withFiles(files, async (folder) => {
        expect(await openImage(local, `${folder}/${name}`)).toEqual({
          format: 'kernel',
          path: `${folder}/web-kernel`,
          initrd: `${folder}/web-initrd.img`,
          cmdline: 'console=ttyS0 quiet',
          arch: 'x86_64',
        });
      });
    },
  );

  it('openImage() does without the initrd and the command line of a kernel', async () => {
    await withFiles({ 'web-kernel': bzImage() }, async (folder) => {
      expect(await openImage(local, `${folder}/web`)).toMatchObject({ path: `${folder}/web-kernel`, cmdline: '' });
    });
  });

  it('openImage() takes a file for what it is, whatever lies beside it', async () => {
    await withFiles({ web: mbr, 'web-kernel': bzImage() }, async (folder) => {
      expect(await openImage(local, `${folder}/web`)).toMatchObject({ format: 'raw' });
    });
  });

  it('openImage() follows a link', async () => {
    await withFiles({ 'web.iso': iso() }, async (folder) => {
      symlinkSync('web.iso', `${folder}/latest`);
      expect(await openImage(local, `${folder}/latest`)).toMatchObject({ format: 'iso' });
    });
  });
});

describe('Bad', () => {
  it.each(['', 'a\0b', 7 as unknown as string])('openImage() refuses %j', async (path) => {
    await expect(openImage(local, path)).rejects.toThrow(TypeError);
  });

  it.each(['none', 'none/below', 'file/below', 'loop', 'x'.repeat(400), 'x'.repeat(250)])(
    'openImage() finds no image at %s',
    async (name) => {
      await withFiles({ file: mbr }, async (folder) => {
        symlinkSync('loop', `${folder}/loop`);
        const open = () => openImage(local, `${folder}/${name}`);
        const error = await containerRefusalOf(open, 'ERR_CONTAINER_IMAGE_NOT_FOUND');
        expect(error).toMatchObject({ path: `${folder}/${name}`, hint: expect.stringContaining('-kernel') });
      });
    },
  );

  it.each<[string, string | Uint8Array, string]>([
    ['empty.raw', '', 'it is empty'],
    ['short.raw', 'x'.repeat(511), 'nothing in it tells'],
    ['text.iso', 'x'.repeat(50_000), 'nothing in it tells'],
    ['disk.vdi', put(new Uint8Array(1024), 0x40, '\x7f\x10\xda\xbe'), 'VirtualBox'],
    ['disk.vhdx', put(new Uint8Array(1024), 0, 'vhdxfile'), 'VHDX'],
    ['disk.img', gzipSync('a disk'), 'compressed by gzip'],
    ['damaged.img', put(gzipSync('a disk'), 2, 'xxxxxxxxxx'), 'compressed by gzip'],
    ['bomb.gz', gzipSync(new Uint8Array(100_000_000)), 'compressed by gzip'],
    ['web-initrd.img', put(new Uint8Array(1024), 0, '070701'), 'an initrd'],
    ['program', elf({ note: 1 }), 'an ELF program'],
    ['old.qcow2', qcow2({ version: 1 }), 'version 1'],
    ['new.qcow2', qcow2({ features: 1n << 40n }), 'features that are unknown'],
    ['secret.qcow2', qcow2({ crypt: 2 }), 'encrypted'],
    ['cut.qcow2', qcow2().subarray(0, 60), 'cut off'],
    ['cut3.qcow2', qcow2().subarray(0, 100), 'cut off'],
    ['cut-tables.qcow2', qcow2().subarray(0, 100_000), 'cut off, or damaged'],
    ['far.qcow2', qcow2({ l1Offset: 1n << 63n }), 'cut off, or damaged'],
    ['clusters.qcow2', qcow2({ clusterBits: 40 }), 'clusters'],
    ['header.qcow2', qcow2({ headerBytes: 0x7fff_fff8 }), 'damaged'],
    ['small-header.qcow2', qcow2({ headerBytes: 8 }), 'damaged'],
    ['name.qcow2', qcow2({ backing: 'a', backingLength: 0xffff_ffff }), 'backing file has no possible name'],
    ['place.qcow2', qcow2({ backing: 'a', backingOffset: 1n << 62n }), 'backing file has no possible name'],
    ['cut.vmdk', vmdk().subarray(0, 40), 'cut off'],
    ['far.vmdk', vmdk('', 16n, 1n << 50n), 'damaged'],
    ['long.vmdk', `# Disk DescriptorFile\n${' '.repeat(2_000_000)}`, 'larger than any'],
    ['part.vmdk', '# Disk DescriptorFile\nRW 8 FLAT "none-flat.vmdk" 0\n', '"none-flat.vmdk" is missing'],
  ])('openImage() refuses %s', async (name, content, why) => {
    await withFiles({ [name]: content }, async (folder) => {
      const open = () => openImage(local, `${folder}/${name}`);
      expect((await containerRefusalOf(open, 'ERR_CONTAINER_IMAGE_UNSUPPORTED')).message).toContain(why);
    });
  });

  it('openImage() refuses a kernel of LinuxKit that is none, and a command line that is no text', async () => {
    await withFiles({ 'a-kernel': 'no', 'b-kernel': bzImage(), 'b-cmdline': 'a\0b' }, async (folder) => {
      for (const name of ['a', 'a-kernel', 'b']) {
        await containerRefusalOf(() => openImage(local, `${folder}/${name}`), 'ERR_CONTAINER_IMAGE_UNSUPPORTED');
      }
    });
    await withFiles({ 'c-kernel': bzImage(), 'c-cmdline': 'a'.repeat(100_000) }, async (folder) => {
      await containerRefusalOf(() => openImage(local, `${folder}/c`), 'ERR_CONTAINER_IMAGE_UNSUPPORTED');
    });
  });

  it('openImage() refuses what is on no disk', async () => {
    const medium = new MemoryMedium();
    await medium.write('web.iso', iso());
    await containerRefusalOf(() => openImage(medium, 'web.iso'), 'ERR_CONTAINER_IMAGE_UNSUPPORTED');
  });
});

describe('Ugly', () => {
  it.each<[string, Uint8Array | string, string]>([
    ['a backing file', qcow2({ backing: '/etc/passwd' }), '"/etc/passwd"'],
    ['a backing file, in version 2', qcow2({ version: 2, backing: 'base.qcow2' }), '"base.qcow2"'],
    ['a backing file over the network', qcow2({ backing: 'json:{"driver":"nbd"}' }), 'nbd'],
    [
      'a data file',
      qcow2({
        features: 4n,
        extensions: [
          [1, 'raw'],
          [0x44_41_54_41, '/etc/shadow'],
        ],
      }),
      '"/etc/shadow"',
    ],
    ['a data file without a name', qcow2({ features: 4n }), '""'],
    ['a parent', vmdk('parentFileNameHint="/etc/passwd"\n'), '"/etc/passwd"'],
    ['a parent, where QEMU looks for it', put(vmdk('', 16n, 50n), 600, 'parentFileNameHint="/a"'), '"/a"'],
    ['nothing of its own', vmdk('RW 8 FLAT "/etc/passwd" 0\n', 0n), '"/etc/passwd"'],
    ['a path', '# Disk DescriptorFile\nRW 8 FLAT "/etc/passwd" 0\n', '"/etc/passwd"'],
    ['a path over several lines', '# Disk DescriptorFile\nRW\n8\nFLAT\n"../passwd"\n0', '"../passwd"'],
    ['a protocol', '# Disk DescriptorFile\nRW 8 SPARSE "nbd:localhost:1"\n', 'nbd'],
    ['the folder above', '# Disk DescriptorFile\nRW 8 SPARSE ".."\n', '".."'],
  ])('openImage() refuses an image with %s, unless it may', async (_what, content, named) => {
    await withFiles({ 'web.disk': content }, async (folder) => {
      const open = () => openImage(local, `${folder}/web.disk`);
      const error = await containerRefusalOf(open, 'ERR_CONTAINER_IMAGE_UNSAFE');
      expect(error.message).toContain(named.replaceAll('"', '"'));
      expect(error.hint).toContain('allowBackingFile');
      expect(await openImage(local, `${folder}/web.disk`, { allowBackingFile: true })).toMatchObject({
        path: `${folder}/web.disk`,
      });
    });
  });

  it('openImage() takes a vmdk whose parts are beside it, and looks into them', async () => {
    const describe = (part: string): string => `# Disk DescriptorFile\nversion=1\nRW 8 FLAT "${part}" 0\nddb.a = "x"\n`;
    const parts = { 'flat.vmdk': disk, 'deep.vmdk': vmdk('RW 8 FLAT "/etc/passwd" 0', 0n) };
    await withFiles({ ...parts, 'a.vmdk': describe('flat.vmdk'), 'b.vmdk': describe('deep.vmdk') }, async (folder) => {
      expect(await openImage(local, `${folder}/a.vmdk`)).toMatchObject({ format: 'vmdk' });
      await containerRefusalOf(() => openImage(local, `${folder}/b.vmdk`), 'ERR_CONTAINER_IMAGE_UNSAFE');
    });
  });

  it('openImage() takes no link for a part of a vmdk', async () => {
    await withFiles({ 'a.vmdk': '# Disk DescriptorFile\nRW 8 FLAT "part" 0\n' }, async (folder) => {
      symlinkSync('/etc/passwd', `${folder}/part`);
      await containerRefusalOf(() => openImage(local, `${folder}/a.vmdk`), 'ERR_CONTAINER_IMAGE_UNSAFE');
    });
  });

  it('openImage() opens neither a directory nor a pipe, in which nobody writes', async () => {
    await withFiles({}, async (folder) => {
      mkdirSync(`${folder}/dir`);
      spawnSync('mkfifo', [`${folder}/pipe`]);
      for (const name of ['dir', 'pipe']) {
        const open = () => openImage(local, `${folder}/${name}`);
        const error = await containerRefusalOf(open, 'ERR_CONTAINER_IMAGE_UNSUPPORTED');
        expect(error.message).toMatch(/directory|regular/);
      }
    });
  });

  it('openImage() rejects with the reason of the signal', async () => {
    const reason = new Error('enough');
    await expect(openImage(local, '/none', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

/** An ELF file for x86_64 with one Xen note of this type. */
function elf({ note }: { readonly note: number }): Uint8Array {
  const file = put(new Uint8Array(512), 0, '\x7fELF\x02\x01');
  const view = new DataView(file.buffer);
  view.setUint16(18, 62, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(56, 2, true);
  view.setUint32(64, 1, true);
  view.setUint32(120, 4, true);
  view.setBigUint64(128, 256n, true);
  view.setBigUint64(152, 200n, true);
  for (const [at, type] of [
    [256, 6],
    [276, note],
  ] as const) {
    view.setUint32(at, 4, true);
    view.setUint32(at + 4, 4, true);
    view.setUint32(at + 8, type, true);
    put(file, at + 12, 'Xen\0');
  }
  return file;
}
