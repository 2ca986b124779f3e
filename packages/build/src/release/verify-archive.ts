import { createHash } from 'node:crypto';

import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { type ArchiveReader, readArchive } from '../archive/read/archive-reader.ts';
import type { ReadEntry } from '../archive/read/checked-entries.ts';
import { isExecutable } from '../archive/reproducible.ts';
import type { ManifestArtifact } from '../manifest-codec.ts';
import { nameOf } from '../paths.ts';
import { bundleDigest, type BundleEntry } from './bundle-digest.ts';

/** Archives of our own may hold as much as they like. */
const UNLIMITED = { maxBytes: Infinity, maxEntries: Infinity, maxRatio: Infinity };

/** Reads an archive to its end, and says what of all that was built for its target is not in it as it was built. */
export async function archiveProblems(
  medium: Medium,
  path: string,
  { built, ...options }: CancelOptions & { readonly built: readonly ManifestArtifact[] },
): Promise<string[]> {
  if (built.length === 0) return ['the manifest has nothing that was built for its target'];
  try {
    const held = await contentOf(await readArchive(medium, path, { limits: UNLIMITED, ...options }));
    return built.map((artifact) => heldProblem(held, artifact)).filter((problem) => problem !== undefined);
  } catch (error) {
    if (isCoreError(error)) return [error.message];
    throw error;
  }
}

/** Everything in an archive, with the digests of files. */
async function contentOf(reader: ArchiveReader): Promise<BundleEntry[]> {
  const held: BundleEntry[] = [];
  for await (const entry of reader.entries()) {
    const { name, kind, size, mode, target } = entry;
    const content = kind === 'file' ? await digestOf(entry) : target;
    held.push({ name, kind, executable: isExecutable(mode), size, content });
  }
  return held;
}

/** An artifact may lie in a folder of the archive. */
function heldProblem(held: readonly BundleEntry[], { kind, path, sha256 }: ManifestArtifact): string | undefined {
  const name = nameOf(path);
  const found = held.filter((entry) => nameOf(entry.name) === name && (entry.kind === 'dir') === (kind === 'bundle'));
  if (found.length === 0) return `${name} is not in it`;
  const digests = found.map((entry) => (kind === 'bundle' ? bundleIn(held, entry.name) : entry.content));
  return digests.includes(sha256) ? undefined : `${name} in it is not the one that was built`;
}

function bundleIn(held: readonly BundleEntry[], root: string): string {
  const inside = held.filter(({ name }) => name === root || name.startsWith(`${root}/`));
  return bundleDigest(inside.map((entry) => ({ ...entry, name: entry.name.slice(root.length + 1) }))).checksum;
}

async function digestOf(entry: ReadEntry): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of entry.content()) hash.update(chunk);
  return hash.digest('hex');
}
