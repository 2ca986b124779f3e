import { createHash } from 'node:crypto';

import type { CancelOptions, Medium } from '@core/io';

import type { EntryKind } from '../archive/entry-tree.ts';
import { bundleMembers } from '../archive/bundle.ts';
import { digestFile, type FileDigest } from '../checksum/digest.ts';
import { compareNames } from '../order.ts';

/** One thing in a bundle. */
export interface BundleEntry {
  /** From the bundle's folder; `''` for that itself. */
  readonly name: string;
  readonly kind: EntryKind;
  readonly executable: boolean;
  readonly size: number;
  /** The SHA-256 of a file, what a link says, `''` for a folder. */
  readonly content: string;
}

/**
 * One digest for a whole bundle, wherever it lies: SHA-256 over a line for each entry, by name, with its kind, whether
 * it can be run, its content and its name. The size is that of all files.
 */
export function bundleDigest(entries: readonly BundleEntry[]): FileDigest {
  const hash = createHash('sha256');
  let size = 0;
  for (const entry of [...entries].sort((a, b) => compareNames(a.name, b.name))) {
    const { kind, executable, content, name } = entry;
    hash.update(`${JSON.stringify([kind, kind === 'file' && executable, content, name])}\n`);
    size += entry.size;
  }
  return { checksum: hash.digest('hex'), size };
}

/** {@link bundleDigest} of a bundle in a medium. */
export async function digestBundle(medium: Medium, path: string, { signal }: CancelOptions): Promise<FileDigest> {
  const entries: BundleEntry[] = [];
  for (const { name, kind, path: place, size, executable, target } of await bundleMembers(medium, {
    path,
    name: '',
    signal,
  })) {
    const content = kind === 'file' ? (await digestFile(medium, place, { signal })).checksum : target;
    entries.push({ name: name.replace(/^\//, ''), kind, executable, size, content });
  }
  return bundleDigest(entries);
}
