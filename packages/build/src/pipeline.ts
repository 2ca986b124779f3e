import { type Change, type Medium, MemoryMedium, overlay } from '@core/io';

import type { BuildProjectOptions, BuildProjectResult, PlannedChange } from './release/options.ts';
import { makeRelease } from './release/release.ts';

/**
 * Makes a release of a project: finds out what it is, reads its configuration, builds it for every target, signs
 * what was built, packs each target as an archive, writes what is asked for of SBOM and provenance, the checksums with
 * their signature and the manifest, reads all of it back, and only then puts it in the place of the release before. What fails or is cancelled leaves the old release as it was and nothing of the new one.
 *
 * In `outputDir` are `<os>_<arch>/<binary>`, `<name>.tar.gz` or `.zip`, `CHECKSUMS.txt` and `manifest.json`. Files of the
 * release before that the new one does not have are removed; other files there are never touched. A project is built by
 * one caller at a time; a second one waits.
 *
 * @throws `ERR_BUILD_NO_PROJECT`, `ERR_BUILD_UNSUPPORTED_TYPE`, `ERR_BUILD_CONFIG_INVALID`, `ERR_BUILD_NO_TARGETS`,
 * `ERR_BUILD_OUTPUT_OCCUPIED`, `ERR_BUILD_TOOL_MISSING`, `ERR_BUILD_COMMAND_FAILED`,
 * what the builder and {@link archiveAllWithFormat} throw, and `ERR_BUILD_RELEASE_INVALID` where what was written cannot
 * be read back.
 *
 * @example
 * ```ts
 * import { buildProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({
 *   'package.json': '{ "name": "hello", "version": "1.0.0", "bin": "cli.js" }',
 *   'cli.js': 'console.log("hello");',
 *   '.core/build.yaml': 'node: { output: script }',
 * });
 * const targets = [{ os: 'linux', arch: 'amd64' }];
 * const { archives, checksumFile } = await buildProject({ medium, dir: '', targets });
 * assert.deepEqual(archives.map(({ path }) => path), ['dist/hello_linux_amd64.tar.gz']);
 * assert.equal(checksumFile, 'dist/CHECKSUMS.txt');
 * ```
 */
export async function buildProject(options: BuildProjectOptions): Promise<BuildProjectResult> {
  const { dryRun = false, medium, signal } = options;
  signal?.throwIfAborted();
  if (!dryRun) return makeRelease(options);
  const layer = overlay(medium, new MemoryMedium());
  const result = await makeRelease({ ...options, medium: layer }, medium);
  const changes: PlannedChange[] = [];
  for (const change of await layer.changes({ signal })) changes.push({ ...change, ...(await sizeOf(layer, change)) });
  return { ...result, changes };
}

async function sizeOf(medium: Medium, { type, kind, path }: Change): Promise<Pick<PlannedChange, 'size'>> {
  return type === 'delete' || kind !== 'file' ? {} : { size: (await medium.stat(path)).size };
}
