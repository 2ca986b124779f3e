import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { localMedium } from '@core/io';
import { Service } from '@core/process';
import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import type { MachineImage } from '../../src/image/image.ts';
import { openImage } from '../../src/image/open-image.ts';
import { createDisk, createOverlay } from '../../src/image/overlay.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { NASTY } from '../hypervisors/support/real-machine.ts';
import { withFiles } from './support/image-folder.ts';

const local = localMedium();
const needsImg = needs('qemu-img');
const WITHOUT_TOOLS = { defaults: { env: { PATH: '/nowhere' }, inheritEnv: false } };

interface Info {
  readonly format: string;
  readonly 'virtual-size': number;
  readonly 'full-backing-filename'?: string;
  readonly 'backing-filename-format'?: string;
}

/** What `qemu-img` says of a disk, and that it and all below it can be opened. */
async function infoOf(path: string, service: Service): Promise<Info> {
  const { stdout } = await service.run('qemu-img', ['info', '--backing-chain', '--output=json', path], {
    capture: true,
  });
  const [info] = JSON.parse(stdout) as readonly [Info];
  return info;
}

async function withService(work: (folder: string, service: Service) => Promise<void>): Promise<void> {
  await withFiles({}, async (folder) => {
    await using service = new Service();
    await work(folder, service);
  });
}

describe('Good', () => {
  for (const format of ['qcow2', 'raw', 'vmdk'] as const) {
    needsImg(`createOverlay() lays a disk over ${format}, whatever file and folder are called`, async () => {
      await withService(async (root, service) => {
        const folder = `${root}/${NASTY}`;
        mkdirSync(folder);
        const image: MachineImage = { format, path: `${folder}/${NASTY}.${format}` };
        await service.run('qemu-img', ['create', '-q', '-f', format, image.path, '8M']);
        const before = readFileSync(image.path);
        await createOverlay(image, `${folder}/over,lay`, { service });
        expect(await infoOf(`${folder}/over,lay`, service)).toMatchObject({
          format: 'qcow2',
          'virtual-size': 8_388_608,
          'full-backing-filename': image.path,
          'backing-filename-format': format,
        });
        await service.run('qemu-io', ['-f', 'qcow2', '-c', 'write -P 7 0 64k', `${folder}/over,lay`]);
        expect(readFileSync(image.path).equals(before)).toBe(true);
        await containerRefusalOf(() => openImage(local, `${folder}/over,lay`), 'ERR_CONTAINER_IMAGE_UNSAFE');
      });
    });
  }

  needsImg('createDisk() makes a disk that takes no room until it is written to', async () => {
    await withService(async (folder, service) => {
      await createDisk(`${folder}/data`, 2_000_000, { service });
      expect(await infoOf(`${folder}/data`, service)).toMatchObject({ 'virtual-size': 2_000_000 * 1_048_576 });
      expect(await openImage(local, `${folder}/data`)).toMatchObject({ format: 'qcow2' });
    });
  });

  needsImg('openImage() takes what qemu-img makes, in every kind that is whole', async () => {
    const kinds: readonly (readonly [string, string])[] = [
      ...['compat=0.10', 'lazy_refcounts=on', 'compression_type=zstd', 'extended_l2=on', 'cluster_size=2M'].map(
        (option) => ['qcow2', option] as const,
      ),
      ...['monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat', 'streamOptimized'].map(
        (subformat) => ['vmdk', `subformat=${subformat}`] as const,
      ),
    ];
    await withService(async (folder, service) => {
      for (const [format, option] of kinds) {
        const path = `${folder}/${option}.${format}`;
        await service.run('qemu-img', ['create', '-q', '-f', format, '-o', option, path, '8M']);
        expect(await openImage(local, path)).toEqual({ format, path });
      }
    });
  });
});

describe('Bad', () => {
  it('createOverlay() and createDisk() refuse paths that are not absolute, and images that nobody writes to', async () => {
    await using service = new Service();
    const disk = { format: 'raw', path: '/a' } as const;
    await expect(createOverlay({ ...disk, path: 'nbd:a' }, '/b', { service })).rejects.toThrow(TypeError);
    await expect(createOverlay(disk, '-f', { service })).rejects.toThrow(TypeError);
    await expect(createOverlay({ format: 'iso', path: '/a' }, '/b', { service })).rejects.toThrow('an ISO');
    await expect(createOverlay({ format: 'kernel', path: '/a', cmdline: '' }, '/b', { service })).rejects.toThrow(
      'kernel',
    );
    await expect(createDisk('a', 1, { service })).rejects.toThrow(TypeError);
    for (const sizeMb of [0, 1.5, Number.NaN, 8_388_609]) {
      await expect(createDisk('/a', sizeMb, { service })).rejects.toThrow(RangeError);
    }
  });

  it('createDisk() tells how to get qemu-img', async () => {
    await using service = new Service(WITHOUT_TOOLS);
    const error = await containerRefusalOf(() => createDisk('/tmp/a', 1, { service }), 'ERR_CONTAINER_TOOL_MISSING');
    expect(error.hint).toContain('qemu-utils');
  });

  needsImg('createOverlay() says with its own words what qemu-img could not do', async () => {
    await withService(async (folder, service) => {
      const make = () => createOverlay({ format: 'qcow2', path: `${folder}/none` }, `${folder}/over`, { service });
      const error = await containerRefusalOf(make, 'ERR_CONTAINER_DISK_FAILED');
      expect(error.output).toContain('No such file or directory');
      expect(existsSync(`${folder}/over`)).toBe(false);
    });
  });

  needsImg('createOverlay() does not take an image for what it is not', async () => {
    await withService(async (folder, service) => {
      writeFileSync(`${folder}/raw`, new Uint8Array(4096));
      const make = () => createOverlay({ format: 'qcow2', path: `${folder}/raw` }, `${folder}/over`, { service });
      expect((await containerRefusalOf(make, 'ERR_CONTAINER_DISK_FAILED')).output).toContain('not in qcow2 format');
    });
  });
});

describe('Ugly', () => {
  it('createDisk() rejects with the reason of the signal, and makes nothing', async () => {
    await withService(async (folder, service) => {
      const reason = new Error('enough');
      const made = createDisk(`${folder}/data`, 1, { service, signal: AbortSignal.abort(reason) });
      await expect(made).rejects.toBe(reason);
      expect(existsSync(`${folder}/data`)).toBe(false);
    });
  });
});
