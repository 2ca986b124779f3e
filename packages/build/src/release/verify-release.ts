import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { verifyChecksumFile } from '../checksum/verify.ts';
import { BuildError } from '../errors.ts';
import { MANIFEST_FILE, readManifest } from '../manifest.ts';
import { type ManifestArtifact, type ManifestFile, type ReleaseManifest } from '../manifest-codec.ts';
import { pathBelow } from '../paths.ts';
import { digestArtifact } from './digest-artifact.ts';
import { archiveProblems } from './verify-archive.ts';

/** What {@link verifyRelease} found. */
export interface ReleaseReport {
  readonly ok: boolean;
  readonly manifest: ReleaseManifest;
  /** One sentence for each thing that is not as it should be. */
  readonly problems: readonly string[];
}

/**
 * Reads a release back: every file is as long as the manifest says and has its digest, every archive can be read to its
 * end and holds the program that was built for its target, and the file of checksums names every archive with its digest.
 * What is wrong is a result.
 *
 * @throws `ERR_BUILD_RELEASE_INVALID` where there is no manifest, `ERR_BUILD_MANIFEST_INVALID` where it cannot be read.
 *
 * @example
 * ```ts
 * import { verifyRelease } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * await assert.rejects(verifyRelease(new MemoryMedium(), 'dist'), { code: 'ERR_BUILD_RELEASE_INVALID' });
 * ```
 */
export async function verifyRelease(
  medium: Medium,
  outputDir: string,
  options: CancelOptions = {},
): Promise<ReleaseReport> {
  const manifest = await readManifest(medium, outputDir, options);
  if (manifest === undefined) throw noManifest(outputDir);
  const release = { medium, outputDir, manifest };
  const problems: string[] = [];
  for (const check of [checkFiles, checkArchives, checkChecksumFile]) problems.push(...(await check(release, options)));
  return { ok: problems.length === 0, manifest, problems };
}

interface Release {
  readonly medium: Medium;
  readonly outputDir: string;
  readonly manifest: ReleaseManifest;
}

async function checkFiles({ medium, outputDir, manifest }: Release, options: CancelOptions): Promise<string[]> {
  const { artifacts, archives, files, attestations, signatures } = manifest;
  const problems: string[] = [];
  for (const file of [...artifacts, ...archives, ...files, ...attestations, ...signatures]) {
    const problem = await fileProblem(medium, pathBelow(outputDir, file.path), { file, ...options });
    if (problem !== undefined) problems.push(`${file.path}: ${problem}`);
  }
  return problems;
}

async function fileProblem(
  medium: Medium,
  path: string,
  { file, ...options }: CancelOptions & { readonly file: ManifestFile },
): Promise<string | undefined> {
  const kind = 'kind' in file ? (file as ManifestArtifact).kind : undefined;
  try {
    const found = await digestArtifact(medium, { path, os: '', arch: '', kind }, options);
    if (found.size !== file.size) return `it has ${String(found.size)} bytes, not ${String(file.size)}`;
    return found.checksum === file.sha256 ? undefined : 'its content is not what the manifest says';
  } catch (error) {
    return refusalOf(error);
  }
}

async function checkArchives({ medium, outputDir, manifest }: Release, options: CancelOptions): Promise<string[]> {
  const problems: string[] = [];
  for (const archive of manifest.archives) {
    const built = manifest.artifacts.filter(({ os, arch }) => os === archive.os && arch === archive.arch);
    for (const problem of await archiveProblems(medium, pathBelow(outputDir, archive.path), { built, ...options })) {
      problems.push(`${archive.path}: ${problem}`);
    }
  }
  return problems;
}

async function checkChecksumFile({ medium, outputDir, manifest }: Release, options: CancelOptions): Promise<string[]> {
  const { checksumFile } = manifest;
  if (checksumFile === undefined) return [];
  try {
    const report = await verifyChecksumFile(medium, pathBelow(outputDir, checksumFile), options);
    const unnamed = [...manifest.archives, ...manifest.attestations]
      .filter(({ path }) => !report.matched.includes(path))
      .map(({ path }) => path);
    return [
      ...report.malformed.map(({ line }) => `${checksumFile}: line ${String(line)} says nothing`),
      ...report.missing.map((name) => `${checksumFile}: ${name} is missing`),
      ...report.differing.map((name) => `${checksumFile}: ${name} is different`),
      ...unnamed.map((name) => `${checksumFile}: there is no right line for ${name}`),
    ];
  } catch (error) {
    return [`${checksumFile}: ${refusalOf(error)}`];
  }
}

/** What the world refused is a problem of the release; anything else is not. */
function refusalOf(error: unknown): string {
  if (isCoreError(error)) return error.message;
  throw error;
}

function noManifest(outputDir: string): BuildError {
  const path = pathBelow(outputDir, MANIFEST_FILE);
  return new BuildError(`Cannot verify ${JSON.stringify(outputDir)}: it has no ${MANIFEST_FILE}`, {
    code: 'ERR_BUILD_RELEASE_INVALID',
    op: 'build.verifyRelease',
    path,
    hint: 'Name the folder of a release.',
  });
}
