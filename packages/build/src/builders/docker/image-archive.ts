import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { type CancelOptions, localMedium, readJson, pump } from '@core/io';

import type { EncodedEntry } from '../../archive/encoder.ts';
import { fileContent } from '../../archive/file-content.ts';
import { tar } from '../../archive/tar.ts';
import type { Target } from '../../target.ts';
import { type Blob, type ImageContent, invalid } from './image-layout.ts';
import { fullName } from './image-names.ts';

/** How an image is packed. */
export interface ImageArchiveOptions extends CancelOptions {
  /** Where on the disk. */
  readonly path: string;
  readonly output: 'docker' | 'oci';
  readonly target: Target;
  /** What the image is called, the usual name first. */
  readonly references: readonly string[];
  /** The time of every entry, in seconds since 1970. */
  readonly epoch: number;
}

/**
 * Writes an image as one tar: an OCI layout, or what `docker load` reads
 * (https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format). The
 * same image gives the same bytes, whichever tool has made it. Where this fails nothing is left of it.
 *
 * @throws `ERR_BUILD_IMAGE_INVALID` where a part is not what its digest says.
 */
export async function writeImageArchive(content: ImageContent, options: ImageArchiveOptions): Promise<void> {
  const { epoch, output, path, signal } = options;
  const entries = output === 'oci' ? ociEntries(content, options) : await dockerEntries(content, options);
  await pump(tar(entries, { mtime: epoch }), localMedium().writeStream(path, { signal }));
}

function ociEntries(content: ImageContent, options: ImageArchiveOptions): EncodedEntry[] {
  const { manifest, config, layers } = content;
  const { references, target } = options;
  const [reference] = references;
  const named = reference === undefined ? {} : { annotations: annotationsOf(reference) };
  const { digest, mediaType, size } = manifest;
  const { arch: architecture, os } = target;
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ mediaType, digest, size, platform: { architecture, os }, ...named }],
  };
  const blobs = distinct([manifest, config, ...layers]);
  return [
    textEntry('oci-layout', { imageLayoutVersion: '1.0.0' }),
    textEntry('index.json', index),
    { kind: 'dir', name: 'blobs' },
    { kind: 'dir', name: 'blobs/sha256' },
    ...blobs.map((blob) => blobEntry(`blobs/sha256/${hexOf(blob)}`, blob, options)),
  ];
}

/** By the first, podman and others find the image; by the second, containerd and Docker. */
function annotationsOf(reference: string): Readonly<Record<string, string>> {
  return { 'org.opencontainers.image.ref.name': reference, 'io.containerd.image.name': fullName(reference) };
}

async function dockerEntries({ config, layers }: ImageContent, options: ImageArchiveOptions): Promise<EncodedEntry[]> {
  const text = await configForDocker(config, options);
  const name = `${createHash('sha256').update(text).digest('hex')}.json`;
  const nameOf = (layer: Blob) => `${hexOf(layer)}.tar`;
  const manifest = [{ Config: name, RepoTags: options.references, Layers: layers.map(nameOf) }];
  return [
    textEntry('manifest.json', manifest),
    rawEntry(name, Buffer.from(text)),
    ...distinct(layers).map((layer) => blobEntry(nameOf(layer), layer, options)),
  ];
}

interface DockerConfig extends Readonly<Record<string, unknown>> {
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The configuration without what it says of the container that it was made in, which differs from time to time. */
async function configForDocker({ path }: Blob, { signal }: CancelOptions): Promise<string> {
  const { container, container_config: its, ...image } = await readJson<DockerConfig>(localMedium(), path, { signal });
  if (container === undefined && its === undefined) return JSON.stringify(image);
  return JSON.stringify({ ...image, config: { ...image.config, Hostname: '' } });
}

function distinct(blobs: readonly Blob[]): Blob[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function hexOf({ digest }: Blob): string {
  return digest.slice('sha256:'.length);
}

function textEntry(name: string, value: unknown): EncodedEntry {
  return rawEntry(name, Buffer.from(JSON.stringify(value)));
}

function rawEntry(name: string, bytes: Buffer): EncodedEntry {
  return {
    ...{ kind: 'file', name, size: bytes.length, executable: false },
    content: () => Readable.from([bytes]),
  };
}

function blobEntry(name: string, blob: Blob, { signal, target }: ImageArchiveOptions): EncodedEntry {
  const { digest, path, size } = blob;
  return {
    ...{ kind: 'file', name, size, executable: false },
    async *content() {
      const hash = createHash('sha256');
      for await (const chunk of fileContent(localMedium(), { path, size, op: 'build.docker', signal })) {
        hash.update(chunk);
        yield chunk;
      }
      if (`sha256:${hash.digest('hex')}` !== digest) throw invalid(target, `its part ${digest} is damaged`);
    },
  };
}
