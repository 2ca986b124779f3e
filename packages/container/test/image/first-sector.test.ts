import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { localMedium } from '@core/io';
import { Service } from '@core/process';
import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import { firstSectorOf } from '../../src/image/first-sector.ts';
import { ImageBytes } from '../../src/image/image-bytes.ts';
import type { DiskImage } from '../../src/image/image.ts';
import { withFiles } from './support/image-folder.ts';
import { put, qcow2, vmdk } from './support/made-images.ts';

const SIZE = 1_048_576;

/** Every way in which qemu-img writes a disk; and that it was really seen. */
const KINDS: readonly (readonly [DiskImage['format'], readonly string[], boolean])[] = [
  ['raw', [], true],
  ['qcow2', [], true],
  ['qcow2', ['-o', 'compat=0.10'], true],
  ['qcow2', ['-c'], true],
  ['qcow2', ['-c', '-o', 'cluster_size=512'], true],
  ['qcow2', ['-o', 'extended_l2=on'], true],
  ['qcow2', ['-c', '-o', 'compression_type=zstd'], false],
  ['vmdk', ['-o', 'subformat=monolithicSparse'], true],
  ['vmdk', ['-o', 'subformat=streamOptimized'], true],
  ['vmdk', ['-o', 'subformat=monolithicFlat'], false],
];

async function seen(format: DiskImage['format'], path: string): Promise<Uint8Array | undefined> {
  await using handle = await localMedium().open(path);
  return await firstSectorOf(format, await ImageBytes.of(handle));
}

/** The first sector of a disk as qemu-img writes it, and as it is seen here. */
async function roundTrip(content: Uint8Array, [format, options]: (typeof KINDS)[number]): Promise<Buffer | undefined> {
  let sector: Uint8Array | undefined;
  await withFiles({ disk: content }, async (folder) => {
    await using service = new Service();
    const args = ['convert', '-q', '-f', 'raw', '-O', format, ...options, `${folder}/disk`, `${folder}/made`];
    await service.run('qemu-img', args);
    sector = await seen(format, `${folder}/made`);
  });
  return sector === undefined ? undefined : Buffer.from(sector);
}

describe('Good', () => {
  for (const kind of KINDS) {
    const [format, options, isSeen] = kind;
    needs('qemu-img')(`firstSectorOf() sees what a guest sees in ${format} ${options.join(' ')}`, async () => {
      const text = Buffer.alloc(SIZE, 'a boot loader that can be compressed ');
      const mixed = Buffer.concat([randomBytes(512), text], SIZE);
      for (const content of [text, mixed, Buffer.alloc(SIZE)]) {
        const sector = await roundTrip(content, kind);
        const isZero = content[0] === 0; // what is zero is not written, compressed or not
        if (isSeen || isZero) expect(sector ?? Buffer.alloc(512)).toEqual(content.subarray(0, 512));
        else expect(sector).toBeUndefined();
      }
    });
  }

  it('firstSectorOf() takes what a short file has not for zero', async () => {
    await withFiles({ disk: 'short' }, async (folder) => {
      expect(Buffer.from((await seen('raw', `${folder}/disk`)) ?? [])).toEqual(
        Buffer.concat([Buffer.from('short'), Buffer.alloc(507)]),
      );
    });
  });

  needs('qemu-img')('firstSectorOf() sees parts that are zero, or not there, for zero', async () => {
    await withFiles({}, async (folder) => {
      await using service = new Service();
      const path = `${folder}/made`;
      await service.run('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', 'extended_l2=on', path, '1M']);
      for (const command of ['write -P 7 4k 4k', 'write -P 7 0 4k', 'write -z 0 4k']) {
        await service.run('qemu-io', ['-f', 'qcow2', '-c', command, path]);
        const isSeven = command === 'write -P 7 0 4k';
        expect((await seen('qcow2', path))?.every((byte) => byte === (isSeven ? 7 : 0))).toBe(true);
      }
    });
  });
});

describe('Bad', () => {
  it('firstSectorOf() sees nothing where the content is elsewhere', async () => {
    await withFiles({ over: qcow2({ backing: '/a' }), parts: vmdk('', 0n) }, async (folder) => {
      expect(await seen('qcow2', `${folder}/over`)).toBeUndefined();
      expect(await seen('vmdk', `${folder}/parts`)).toBeUndefined();
      writeFileSync(`${folder}/text`, '# Disk DescriptorFile\n');
      expect(await seen('vmdk', `${folder}/text`)).toBeUndefined();
    });
  });
});

describe('Ugly', () => {
  it('firstSectorOf() does not follow tables that lead out of the file', async () => {
    const far = qcow2();
    new DataView(far.buffer).setBigUint64(196_608, 0x00ff_ffff_ffff_fe00n);
    const stream = vmdk();
    new DataView(stream.buffer).setBigUint64(56, 0xffff_ffff_ffff_ffffn, true);
    const grains = vmdk();
    new DataView(grains.buffer).setBigUint64(56, 1n << 50n, true);
    await withFiles({ far, stream, grains, tiny: put(new Uint8Array(100), 0, 'KDMV') }, async (folder) => {
      expect(await seen('qcow2', `${folder}/far`)).toEqual(new Uint8Array(512));
      for (const name of ['stream', 'grains']) await expect(seen('vmdk', `${folder}/${name}`)).resolves.not.toThrow();
    });
  });
});
