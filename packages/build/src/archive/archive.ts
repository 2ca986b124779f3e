import type { Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import { type ArchiveFormat, encoderFor } from './format.ts';
import { type ArchiveOptions, archiveSettings } from './options.ts';
import { planArchive } from './plan.ts';
import { defaultWorkers } from './reproducible.ts';
import { writeArchive } from './write-archive.ts';

/**
 * Packs an artifact as `.tar.gz`, or as `.zip` for Windows: {@link archiveWithFormat} with `gz`.
 *
 * @example
 * ```ts
 * import { archive } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/linux_amd64/app': 'the program' });
 * const packed = await archive(medium, { path: 'dist/linux_amd64/app', os: 'linux', arch: 'amd64' });
 * assert.equal(packed.path, 'dist/app_linux_amd64.tar.gz');
 * assert.equal(packed.checksum?.length, 64);
 * ```
 */
export function archive(medium: Medium, artifact: Artifact, options: ArchiveOptions = {}): Promise<Artifact> {
  return archiveWithFormat(medium, artifact, 'gz', options);
}

/**
 * Packs an artifact as `.tar.xz`, or as `.zip` for Windows: {@link archiveWithFormat} with `xz`.
 *
 * @example
 * ```ts
 * import { archiveXz } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/linux_amd64/app': 'the program' });
 * const packed = await archiveXz(medium, { path: 'dist/linux_amd64/app', os: 'linux', arch: 'amd64' });
 * assert.equal(packed.path, 'dist/app_linux_amd64.tar.xz');
 * ```
 */
export function archiveXz(medium: Medium, artifact: Artifact, options: ArchiveOptions = {}): Promise<Artifact> {
  return archiveWithFormat(medium, artifact, 'xz', options);
}

/**
 * Packs an artifact, and gives the artifact that is the archive, with its size and digest. For Windows the format is
 * zip, whatever is asked for.
 *
 * `dist/linux_amd64/app` becomes `dist/app_linux_amd64.tar.gz`; an artifact in any other folder gets its archive
 * beside it; a macOS `.app` bundle is packed as a tree. The same files give the same bytes on every run and machine:
 * entries by name, owner 0, modes 0755 or 0644, the time of `SOURCE_DATE_EPOCH` or 1980-01-01. Memory does not grow
 * with the size of a file. An archive that is there already is replaced when the new one is complete; where anything
 * fails nothing is left of the new one.
 *
 * @throws `ERR_BUILD_FORMAT_UNSUPPORTED`, `ERR_BUILD_COMPRESSION_FAILED` where memory is short,
 * `ERR_BUILD_INVALID_ARTIFACT`, `ERR_BUILD_ARTIFACT_NOT_FOUND`,
 * `ERR_BUILD_ARTIFACT_NOT_FILE`, `ERR_BUILD_ARTIFACT_CHANGED` for a file that is written to meanwhile,
 * `ERR_BUILD_DUPLICATE_ENTRY`, `ERR_BUILD_INVALID_SOURCE_DATE`.
 *
 * @example
 * ```ts
 * import { archiveWithFormat } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/linux_arm64/app': 'the program', 'README.md': 'what it is' });
 * const artifact = { path: 'dist/linux_arm64/app', os: 'linux', arch: 'arm64' };
 * const packed = await archiveWithFormat(medium, artifact, 'zip', { files: ['README.md'], wrap: true });
 * assert.equal(packed.path, 'dist/app_linux_arm64.zip');
 * ```
 */
export async function archiveWithFormat(
  medium: Medium,
  artifact: Artifact,
  format: ArchiveFormat,
  options: ArchiveOptions = {},
): Promise<Artifact> {
  const settings = archiveSettings(options, defaultWorkers());
  const encoder = encoderFor(artifact, format);
  settings.signal?.throwIfAborted();
  const plan = await planArchive(medium, artifact, { ...settings, extension: encoder.extension });
  return await writeArchive(medium, plan, { ...settings, encoder });
}
