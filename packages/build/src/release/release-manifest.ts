import type { Artifact } from '../artifact.ts';
import { MANIFEST_FILE, manifestArtifact, manifestFile } from '../manifest.ts';
import { decodeManifest, encodeManifest, type ManifestFile, type ReleaseManifest } from '../manifest-codec.ts';
import { pathBelow } from '../paths.ts';
import { releaseMoment } from './attestations.ts';
import type { ReleasePlan } from './plan.ts';
import type { Staging } from './staging.ts';

/** Everything that a release consists of, in its staging folder. */
export interface MadeFiles {
  readonly artifacts: readonly Artifact[];
  readonly archives: readonly Artifact[];
  readonly files: readonly ManifestFile[];
  readonly attestations: readonly Artifact[];
  readonly signatures: readonly Artifact[];
  /** Name of the file of checksums. */
  readonly checksumFile: string | undefined;
  readonly tools: Readonly<Record<string, string>>;
}

/** Writes the manifest of a release, and gives it as its readers get it. */
export async function writeManifest(plan: ReleasePlan, staging: Staging, made: MadeFiles): Promise<ReleaseManifest> {
  const { medium, project, signal, type } = plan;
  const { checksumFile, files, tools } = made;
  const createdAt = releaseMoment();
  const artifact = (one: Artifact) => manifestArtifact(one, staging.nameOf(one.path));
  const file = (one: Artifact) => manifestFile(one, staging.nameOf(one.path));
  const text = encodeManifest({
    project: { name: project.name, version: project.version, type },
    ...(createdAt === undefined ? {} : { createdAt }),
    artifacts: made.artifacts.map(artifact),
    archives: made.archives.map(artifact),
    files,
    attestations: made.attestations.map(file),
    ...(checksumFile === undefined ? {} : { checksumFile }),
    signatures: made.signatures.map(file),
    tools,
  });
  const path = pathBelow(staging.dir, MANIFEST_FILE);
  await medium.write(path, text, { signal });
  return decodeManifest(text, path);
}
