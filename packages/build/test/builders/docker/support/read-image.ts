import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { MemoryMedium } from '@core/io';

import { readArchive } from '../../../../src/index.ts';

/** An image that was read back from its archive. */
export interface ImageRead {
  /** Names of all entries, in their order. */
  readonly names: readonly string[];
  /** A part of it as text. */
  text(name: string): string;
  readonly config: ImageConfig;
  /** Files of all layers by their names, the last layer that has one. */
  readonly files: Readonly<Record<string, string>>;
}

interface ImageConfig {
  readonly os: string;
  readonly architecture: string;
  readonly created: string;
  readonly config: {
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Healthcheck?: { readonly Test: readonly string[] };
    readonly Hostname?: string;
  };
}

interface Descriptor {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Reads an OCI archive: index, manifest, configuration, layers. */
export async function readOciArchive(path: string): Promise<ImageRead & { readonly annotations: object }> {
  const entries = await unpack(readFileSync(path));
  const json = (name: string): unknown => JSON.parse(bytesOf(entries, name).toString());
  const blob = ({ digest }: Descriptor) => `blobs/${digest.replace(':', '/')}`;
  const index = json('index.json') as { readonly manifests: readonly Descriptor[] };
  const [image = { digest: '' }] = index.manifests;
  const manifest = json(blob(image)) as { readonly config: Descriptor; readonly layers: readonly Descriptor[] };
  const layers = manifest.layers.map((layer) => bytesOf(entries, blob(layer)));
  const { annotations = {} } = image;
  return { ...(await imageOf(entries, blob(manifest.config), layers)), annotations };
}

/** Reads what `docker load` reads. */
export async function readDockerArchive(path: string): Promise<ImageRead & { readonly tags: readonly string[] }> {
  const entries = await unpack(readFileSync(path));
  const [image] = JSON.parse(bytesOf(entries, 'manifest.json').toString()) as [
    { readonly Config: string; readonly RepoTags: readonly string[]; readonly Layers: readonly string[] },
  ];
  const layers = image.Layers.map((name) => bytesOf(entries, name));
  return { ...(await imageOf(entries, image.Config, layers)), tags: image.RepoTags };
}

async function imageOf(
  entries: ReadonlyMap<string, Buffer>,
  config: string,
  layers: readonly Buffer[],
): Promise<ImageRead> {
  const files: Record<string, string> = {};
  for (const layer of layers) for (const [name, bytes] of await unpack(layer)) files[name] = bytes.toString();
  return {
    names: [...entries.keys()],
    text: (name) => bytesOf(entries, name).toString(),
    config: JSON.parse(bytesOf(entries, config).toString()) as ImageConfig,
    files,
  };
}

function bytesOf(entries: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const bytes = entries.get(name);
  if (bytes === undefined) throw new Error(`there is no ${name} among ${[...entries.keys()].join(', ')}`);
  return bytes;
}

/** The files of a tar, compressed or not. */
async function unpack(bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const medium = new MemoryMedium();
  await medium.write('a.tar.gz', isPacked ? bytes : gzipSync(bytes, { level: 1 }));
  const files = new Map<string, Buffer>();
  const reader = await readArchive(medium, 'a.tar.gz');
  for await (const entry of reader.entries()) {
    if (entry.kind === 'file') files.set(entry.name, Buffer.from(await entry.bytes()));
  }
  return files;
}
