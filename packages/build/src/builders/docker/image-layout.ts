import { type CancelOptions, localMedium, type Medium, readJson } from '@core/io';

import { digestFile } from '../../checksum/digest.ts';
import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';

/** A part of an image, in a file that is named by its digest. */
export interface Blob {
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
  /** On the disk. */
  readonly path: string;
}

/** An image as a tool has left it in a folder. */
export interface ImageContent {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string };
}

interface Manifest {
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  /** An index has these instead. */
  readonly manifests?: readonly Descriptor[];
}

export interface LayoutOptions extends CancelOptions {
  readonly target: Target;
}

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/**
 * The image in a folder: an OCI layout (https://github.com/opencontainers/image-spec/blob/main/image-layout.md), or one
 * file a blob beside `manifest.json`, as podman and buildah write it.
 *
 * @throws `ERR_BUILD_IMAGE_INVALID` where it is not one image for the target.
 */
export async function readLayout(folder: string, { signal, target }: LayoutOptions): Promise<ImageContent> {
  const disk = localMedium();
  const isLayout = await disk.isFile(`${folder}/index.json`, { signal });
  const place = isLayout ? `${folder}/blobs/sha256` : folder;
  const blob = ({ mediaType, digest, size }: Descriptor): Blob => {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw invalid(target, `it has a part called ${JSON.stringify(digest)}`);
    return { mediaType, digest, size, path: `${place}/${digest.slice('sha256:'.length)}` };
  };
  const json = (path: string) => readJson<Manifest>(disk, path, { signal });
  const manifest = isLayout ? await manifestOf(`${folder}/index.json`) : await loneManifest(disk, folder, { signal });
  const { config, layers = [] } = await json(manifest.path);
  if (config === undefined) throw invalid(target, 'its manifest names no configuration');
  const content = { manifest, config: blob(config), layers: layers.map(blob) };
  await checkPlatform(disk, content.config, { target, signal });
  return content;

  /** The one manifest of an index, also through an index of its own. */
  async function manifestOf(index: string): Promise<Blob> {
    const { manifests = [] } = await json(index);
    const images = manifests.filter(({ platform }) => platform?.os !== 'unknown');
    const [one, ...others] = images;
    if (one === undefined || others.length > 0) throw invalid(target, `it holds ${String(images.length)} images`);
    return one.mediaType.includes('index') || one.mediaType.includes('list') ? manifestOf(blob(one).path) : blob(one);
  }
}

/** The manifest that is no blob: it becomes one. */
async function loneManifest(disk: Medium, folder: string, { signal }: CancelOptions): Promise<Blob> {
  const path = `${folder}/manifest.json`;
  const { mediaType = MANIFEST_TYPE } = await readJson<Manifest>(disk, path, { signal });
  return { mediaType, path, ...(await digestOf(disk, path, { signal })) };
}

async function digestOf(
  disk: Medium,
  path: string,
  options: CancelOptions,
): Promise<{ readonly digest: string; readonly size: number }> {
  const { checksum, size } = await digestFile(disk, path, options);
  return { digest: `sha256:${checksum}`, size };
}

async function checkPlatform(disk: Medium, { path }: Blob, { target, signal }: LayoutOptions): Promise<void> {
  const config = await readJson<{ readonly os?: string; readonly architecture?: string }>(disk, path, { signal });
  const platform = `${String(config.os)}/${String(config.architecture)}`;
  if (platform !== formatTarget(target)) throw invalid(target, `it says of itself that it is for ${platform}`);
}

/** The refusal of an image that cannot be what was asked for. */
export function invalid(target: Target, reason: string): BuildError {
  return new BuildError(`Cannot use the image for ${formatTarget(target)}: ${reason}`, {
    code: 'ERR_BUILD_IMAGE_INVALID',
    op: 'build.docker',
    target: formatTarget(target),
    hint: 'See that the base images in the recipe are there for this platform, and what the build says of them.',
  });
}
