import type { CancelOptions, Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import { checksum } from '../checksum/checksum.ts';
import { digestBundle } from './bundle-digest.ts';

/** An artifact with its digest and size; those of a bundle are of everything in it. */
export async function digestArtifact(medium: Medium, artifact: Artifact, options: CancelOptions): Promise<Artifact> {
  if (artifact.kind !== 'bundle') return checksum(medium, artifact, options);
  return { ...artifact, ...(await digestBundle(medium, artifact.path, options)) };
}
