import { writeFileSync } from 'node:fs';

import { localMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { lacksBootCode, withFirmware } from '../../src/image/boot-code.ts';
import { openImage } from '../../src/image/open-image.ts';
import { withFiles } from './support/image-folder.ts';
import { iso, put, qcow2, vmdk } from './support/made-images.ts';

const local = localMedium();
const SIGNATURE = '\x55\xaa';

/** A disk with an MBR: with code, or a partition of a type, or neither. */
function disk({ code = '', type = 0 }: { readonly code?: string; readonly type?: number } = {}): Uint8Array {
  const bytes = put(put(new Uint8Array(4096), 0, code), 510, SIGNATURE);
  bytes[446 + 16 + 4] = type;
  return bytes;
}

/** A CD with a boot record and a catalog for a platform. */
function bootableIso(platform: number): Uint8Array {
  const bytes = put(iso(), 17 * 2048, '\0CD001\x01EL TORITO SPECIFICATION');
  new DataView(bytes.buffer).setUint32(17 * 2048 + 0x47, 19, true);
  bytes[19 * 2048] = 1;
  bytes[19 * 2048 + 1] = platform;
  return bytes;
}

/** What an image is found to be, by its name alone. */
async function found(name: string, content: Uint8Array): Promise<unknown> {
  let image: unknown;
  await withFiles({ [name]: content }, async (folder) => {
    const path = `${folder}/${name}`;
    image = { ...(await openImage(local, path)), path: name };
  });
  return image;
}

describe('Good', () => {
  it('openImage() takes a disk with a boot loader, and a CD with a boot record', async () => {
    expect(await found('a.raw', disk({ code: '\xeb\x63' }))).toEqual({ format: 'raw', path: 'a.raw' });
    expect(await found('a.iso', bootableIso(0))).toEqual({ format: 'iso', path: 'a.iso' });
  });

  it.each<[string, Uint8Array]>([
    ['gpt.raw', disk({ type: 0xee })],
    ['esp.raw', disk({ type: 0xef })],
    ['efi.iso', bootableIso(0xef)],
  ])('openImage() knows that only UEFI boots %s', async (name, content) => {
    expect(await found(name, content)).toMatchObject({ firmware: 'uefi' });
  });

  it('openImage() takes the boot loader of a disk for more than its EFI partition', async () => {
    expect(await found('a.raw', disk({ code: '\xeb\x63', type: 0xee }))).not.toHaveProperty('firmware');
  });

  it('openImage() takes what it cannot look into', async () => {
    await withFiles({ 'over.qcow2': qcow2({ backing: '/a' }) }, async (folder) => {
      const options = { allowBackingFile: true };
      expect(await openImage(local, `${folder}/over.qcow2`, options)).toMatchObject({ format: 'qcow2' });
    });
  });
});

describe('Ugly', () => {
  it('withFirmware() finds out through overlays what boots a disk, and leaves alone what it cannot look at', async () => {
    await withFiles({ 'efi.raw': disk({ type: 0xee }), 'bios.raw': disk({ code: 'a' }) }, async (folder) => {
      for (const [name, firmware] of [
        ['efi.raw', 'uefi'],
        ['bios.raw', undefined],
        ['none', undefined],
      ] as const) {
        writeFileSync(`${folder}/over`, qcow2({ backing: `${folder}/${name}` }));
        const image = { format: 'qcow2', path: `${folder}/over` } as const;
        expect(await withFirmware(local, image)).toEqual(firmware === undefined ? image : { ...image, firmware });
      }
      const known = { format: 'raw', path: '/none', firmware: 'uefi' } as const;
      expect(await withFirmware(local, known)).toBe(known);
      const gone = { format: 'raw', path: '/none' } as const;
      expect(await withFirmware(local, gone)).toBe(gone);
      const kernel = { format: 'kernel', path: '/none', cmdline: '' } as const;
      expect(await withFirmware(local, kernel)).toBe(kernel);
    });
  });
});

describe('Bad', () => {
  it.each<[string, Uint8Array]>([
    ['blank.raw', new Uint8Array(1_048_576)],
    ['blank.qcow2', qcow2()],
    ['blank.vmdk', vmdk()],
    ['data.raw', disk({ type: 0x83 })],
    ['data.iso', iso()],
    ['short.iso', iso().subarray(0, 17 * 2048)],
    ['lost.iso', bootableIso(0).subarray(0, 18 * 2048)],
  ])('lacksBootCode() sees that nothing boots %s', async (name, content) => {
    await withFiles({ [name]: content }, async (folder) => {
      const image = await openImage(local, `${folder}/${name}`);
      expect(await lacksBootCode(local, image)).toBe(true);
    });
  });
});
