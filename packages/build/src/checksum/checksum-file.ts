import type { CancelOptions, Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import { BuildError } from '../errors.ts';
import { compareNames } from '../order.ts';
import { nameOf } from '../paths.ts';
import { checksumAll } from './checksum.ts';
import { type ChecksumLine, formatChecksumLine } from './checksum-line.ts';

/**
 * Writes a file that `sha256sum -c` checks in the folder where the artifacts lie beside it: a line for each, with its
 * digest and its last name, sorted by name. Digests that the artifacts bring along are taken as they are; the others
 * are computed. The file is replaced atomically.
 *
 * @throws `ERR_BUILD_CHECKSUM_DUPLICATE` where two artifacts (or one and the file itself) have the same last name, and
 * what `checksum` throws.
 *
 * @example
 * ```ts
 * import { writeChecksumFile } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/app.zip': 'abc' });
 * await writeChecksumFile(medium, [{ path: 'dist/app.zip', os: 'linux', arch: 'amd64' }], 'dist/CHECKSUMS.txt');
 * assert.equal(
 *   await medium.read('dist/CHECKSUMS.txt'),
 *   'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  app.zip\n',
 * );
 * ```
 */
export async function writeChecksumFile(
  medium: Medium,
  artifacts: readonly Artifact[],
  path: string,
  options: CancelOptions = {},
): Promise<void> {
  checkNames(artifacts, path);
  const lines = (await withChecksums(medium, artifacts, options)).sort((a, b) => compareNames(a.name, b.name));
  await medium.write(path, lines.map(formatChecksumLine).join(''), { signal: options.signal });
}

async function withChecksums(
  medium: Medium,
  artifacts: readonly Artifact[],
  options: CancelOptions,
): Promise<ChecksumLine[]> {
  const unknown = artifacts.filter((artifact) => artifact.checksum === undefined);
  const computed = await checksumAll(medium, unknown, options);
  const known = artifacts.filter((artifact) => artifact.checksum !== undefined);
  return [...known, ...computed].map(({ path, checksum = '' }) => ({ name: nameOf(path), checksum }));
}

/** Two lines of one name would leave it to the reader which file is meant. */
function checkNames(artifacts: readonly Artifact[], path: string): void {
  const taken = new Map([[nameOf(path), path]]);
  for (const artifact of artifacts) {
    const name = nameOf(artifact.path);
    const other = taken.get(name);
    if (other !== undefined) throw duplicate(path, name, [other, artifact.path]);
    taken.set(name, artifact.path);
  }
}

function duplicate(path: string, name: string, sources: readonly string[]): BuildError {
  const both = sources.map((source) => JSON.stringify(source)).join(' and ');
  return new BuildError(`Cannot write ${JSON.stringify(path)}: ${both} are both called ${JSON.stringify(name)}`, {
    code: 'ERR_BUILD_CHECKSUM_DUPLICATE',
    op: 'build.writeChecksumFile',
    path,
    hint: 'Give them names of their own, for example by archiving them for their targets.',
  });
}
