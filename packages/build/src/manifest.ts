import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import type { Artifact } from './artifact.ts';
import { decodeManifest, type ManifestArtifact, type ManifestFile, type ReleaseManifest } from './manifest-codec.ts';
import { pathBelow } from './paths.ts';

/**
 * Name of the file in the folder of a release that says what the release is.
 *
 * @example
 * ```ts
 * import { MANIFEST_FILE } from '@core/build';
 *
 * assert.equal(MANIFEST_FILE, 'manifest.json');
 * ```
 */
export const MANIFEST_FILE: string = 'manifest.json';

/**
 * The manifest of the release in a folder; `undefined` where there is none.
 *
 * @throws `ERR_BUILD_MANIFEST_INVALID`
 *
 * @example
 * ```ts
 * import { readManifest } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * assert.equal(await readManifest(new MemoryMedium(), 'dist'), undefined);
 * ```
 */
export async function readManifest(
  medium: Medium,
  outputDir: string,
  options: CancelOptions = {},
): Promise<ReleaseManifest | undefined> {
  const path = pathBelow(outputDir, MANIFEST_FILE);
  try {
    return decodeManifest(await medium.read(path, options), path);
  } catch (error) {
    if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The paths of everything that a release consists of, its manifest included. */
export function pathsOf(manifest: ReleaseManifest): string[] {
  const { artifacts, archives, files, attestations, signatures, checksumFile } = manifest;
  const named = [...artifacts, ...archives, ...files, ...attestations, ...signatures].map(({ path }) => path);
  return [...named, ...(checksumFile === undefined ? [] : [checksumFile]), MANIFEST_FILE];
}

/** An artifact with size and digest as a manifest names it, its path from the folder of the release. */
export function manifestArtifact(artifact: Artifact, path: string): ManifestArtifact {
  const { os, arch, kind = 'binary', size = 0, checksum = '' } = artifact;
  return { path, os, arch, kind, size, sha256: checksum };
}

/** A file with size and digest as a manifest names it. */
export function manifestFile({ size = 0, checksum = '' }: Artifact, path: string): ManifestFile {
  return { path, size, sha256: checksum };
}
