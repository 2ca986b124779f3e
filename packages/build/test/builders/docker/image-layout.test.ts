import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { writeImageArchive } from '../../../src/builders/docker/image-archive.ts';
import { readLayout } from '../../../src/builders/docker/image-layout.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { readOciArchive } from './support/read-image.ts';

const target = { os: 'linux', arch: 'amd64' };
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const hex = (text: string) => createHash('sha256').update(text).digest('hex');
const part = (text: string, mediaType = 'application/x') => ({
  mediaType,
  digest: `sha256:${hex(text)}`,
  size: text.length,
});

const CONFIG = JSON.stringify({ os: 'linux', architecture: 'amd64' });
const manifestOf = (layers: readonly string[] = [], config = CONFIG) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: part(config),
    layers: layers.map((one) => part(one)),
  });

/** One file a blob beside the manifest. */
const flat = (layers: readonly string[] = [], more: Files = {}): Files => ({
  'manifest.json': manifestOf(layers),
  ...Object.fromEntries([CONFIG, ...layers].map((text) => [hex(text), text])),
  ...more,
});
const read = (files: Files) => readLayout(tempDir(files), { target });
const refusal = (reason: string) => ({
  code: 'ERR_BUILD_IMAGE_INVALID',
  target: 'linux/amd64',
  message: expect.stringContaining(reason),
});

async function archived(files: Files): Promise<string> {
  const path = join(tempDir(), 'image.tar');
  const content = await read(files);
  await writeImageArchive(content, { path, output: 'oci', target, references: [], epoch: 315_532_800 });
  return path;
}

describe('Good', () => {
  it('writeImageArchive packs each part once, and names nothing that has no name', async () => {
    const layer = '\0'.repeat(1024); // the end of a tar, and nothing before it
    const image = await readOciArchive(await archived(flat([layer, layer])));
    const blobs = [manifestOf([layer, layer]), CONFIG, layer].map((text) => `blobs/sha256/${hex(text)}`);
    expect(image.names).toEqual(['oci-layout', 'index.json', ...blobs]);
    expect(image.annotations).toEqual({});
  });

  it('readLayout knows a manifest without a type of its own', async () => {
    const manifest = JSON.stringify({ config: part(CONFIG), layers: [] });
    expect((await read(flat([], { 'manifest.json': manifest }))).manifest.mediaType).toBe(MANIFEST);
  });
});

describe('Bad', () => {
  it('readLayout refuses what is not one image for the target', async () => {
    const other = JSON.stringify({ os: 'linux', architecture: 'arm64' });
    const files = { 'manifest.json': manifestOf([], other), [hex(other)]: other };
    await expect(read(files)).rejects.toMatchObject(refusal('it is for linux/arm64'));
    await expect(read(flat([], { 'manifest.json': '{}' }))).rejects.toMatchObject(refusal('names no configuration'));
    const index = (manifests: readonly object[]) => ({ 'index.json': { schemaVersion: 2, manifests } });
    await expect(read(index([]))).rejects.toMatchObject(refusal('it holds 0 images'));
    const two = [part(manifestOf()), part(manifestOf())];
    await expect(read(index(two))).rejects.toMatchObject(refusal('it holds 2 images'));
  });

  it('readLayout refuses a digest that leads elsewhere', async () => {
    const manifest = { config: { ...part(CONFIG), digest: 'sha256:../../../etc/passwd' }, layers: [] };
    await expect(read({ 'manifest.json': manifest })).rejects.toMatchObject(refusal('it has a part called'));
  });
});

describe('Ugly', () => {
  it('writeImageArchive refuses a part that is damaged, and leaves nothing', async () => {
    const files = flat(['layer'], { [hex('layer')]: 'lawyr' });
    const path = join(tempDir(), 'image.tar');
    const options = { path, output: 'oci', target, references: [], epoch: 315_532_800 } as const;
    await expect(writeImageArchive(await read(files), options)).rejects.toMatchObject(refusal('is damaged'));
    expect(existsSync(path)).toBe(false);
    const longer = await read(flat(['layer'], { [hex('layer')]: 'layer, and more' }));
    await expect(writeImageArchive(longer, options)).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_CHANGED' });
    expect(existsSync(path)).toBe(false);
  });
});
