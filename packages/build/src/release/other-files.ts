import { normalizePath } from '@core/io';

import type { Artifact } from '../artifact.ts';
import { checksum } from '../checksum/checksum.ts';
import { manifestFile } from '../manifest.ts';
import type { ManifestFile } from '../manifest-codec.ts';
import type { ReleasePlan } from './plan.ts';
import type { Staging } from './staging.ts';

/** What hooks and scripts have put into the folder of the release beside the artifacts. */
export async function otherFiles(
  { medium, signal }: ReleasePlan,
  staging: Staging,
  artifacts: readonly Artifact[],
): Promise<ManifestFile[]> {
  const known = new Set(artifacts.map(({ path }) => normalizePath(path)));
  const bundles = artifacts.filter(({ kind }) => kind === 'bundle').map(({ path }) => `${normalizePath(path)}/`);
  const files: ManifestFile[] = [];
  for await (const { kind, path } of medium.walk(staging.dir, { signal })) {
    const name = normalizePath(path);
    if (kind !== 'file' || known.has(name) || bundles.some((bundle) => name.startsWith(bundle))) continue;
    files.push(manifestFile(await checksum(medium, { path, os: '', arch: '' }, { signal }), staging.nameOf(path)));
  }
  return files;
}
