import type { CancelOptions, Medium } from '@core/io';

import { statFile } from '../artifact-check.ts';
import type { Artifact } from '../artifact.ts';
import { sideBySide } from '../side-by-side.ts';
import { digestFile, type DigestOptions, sharedBy } from './digest.ts';
import { LANES } from './read-buffers.ts';

/**
 * Reads an artifact and gives it with its SHA-256 (lower-case hex) and its size, whatever it said of them before.
 *
 * @throws `ERR_BUILD_INVALID_ARTIFACT` for an empty path, `ERR_BUILD_ARTIFACT_NOT_FOUND`, `ERR_BUILD_ARTIFACT_NOT_FILE`.
 *
 * @example
 * ```ts
 * import { checksum } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/app.zip': 'abc' });
 * const artifact = await checksum(medium, { path: 'dist/app.zip', os: 'linux', arch: 'amd64' });
 * assert.equal(artifact.checksum, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
 * assert.equal(artifact.size, 3);
 * ```
 */
export function checksum(medium: Medium, artifact: Artifact, options: CancelOptions = {}): Promise<Artifact> {
  return withDigest(medium, artifact, options);
}

async function withDigest(medium: Medium, artifact: Artifact, options: DigestOptions): Promise<Artifact> {
  const { path } = artifact;
  try {
    // on Node 20 a spread with more behind it takes as long as opening the file
    return Object.assign({}, artifact, await digestFile(medium, path, options));
  } catch (error) {
    options.signal?.throwIfAborted();
    // only now: thousands of small files are opened in the time that looking at them beforehand would take
    await statFile(medium, { path, op: 'build.checksum', what: 'artifact', signal: options.signal });
    throw error;
  }
}

/**
 * Reads every artifact, several at a time, and gives them with digest and size, in the same order. Large ones are hashed
 * in threads, up to three, which go on for five seconds after the last and do not keep a process alive; where none may
 * be started, they are hashed like the others.
 *
 * @throws what {@link checksum} throws, for the first in the list that fails.
 *
 * @example
 * ```ts
 * import { checksumAll } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ a: 'one', b: 'three' });
 * const artifacts = ['a', 'b'].map((path) => ({ path, os: 'linux', arch: 'amd64' }));
 * const sizes = (await checksumAll(medium, artifacts)).map(({ size }) => size);
 * assert.deepEqual(sizes, [3, 5]);
 * ```
 */
export async function checksumAll(
  medium: Medium,
  artifacts: readonly Artifact[],
  options: CancelOptions = {},
): Promise<Artifact[]> {
  const shared = { ...options, ...sharedBy(artifacts.length) };
  const { results, failure } = await sideBySide(artifacts, LANES, (one) => withDigest(medium, one, shared));
  if (failure !== undefined) throw failure.error;
  return results.filter((result) => result !== undefined);
}
