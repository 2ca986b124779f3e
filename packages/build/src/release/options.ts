import type { CancelOptions, Change, Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import type { SbomFormat } from '../attest/sbom.ts';
import type { ArchiveSettings, BuildConfig, ChecksumSettings } from '../config/build-config.ts';
import type { BuildEventListener } from '../events.ts';
import type { ReleaseManifest } from '../manifest-codec.ts';
import type { ProjectType } from '../project-type.ts';
import type { Target } from '../target.ts';

/** What {@link buildProject} is asked for. */
export interface BuildProjectOptions extends CancelOptions {
  readonly medium: Medium;
  /** The project's folder in the medium. */
  readonly dir: string;
  /** In the place of those of the configuration. */
  readonly targets?: readonly Target[] | undefined;
  /** The folder of the release, from the project's; `dist` by default. With a leading `/` it is from the medium's root. */
  readonly outputDir?: string | undefined;
  /** In the place of what the configuration says; `false` makes no archives, and so no file of checksums. */
  readonly archive?: Partial<ArchiveSettings> | false | undefined;
  /** In the place of what the configuration says; `false` makes no file of checksums. */
  readonly checksum?: Partial<ChecksumSettings> | false | undefined;
  /** A bill of materials in this format, in the place of what the configuration says; `false` makes none. */
  readonly sbom?: SbomFormat | false | undefined;
  /** Whether to state how the release was made, in the place of what the configuration says. */
  readonly provenance?: boolean | undefined;
  /** Whether to sign, with the keys of the configuration; in the place of its `sign.enabled`. */
  readonly sign?: boolean | undefined;
  /** Build for real, and change nothing: everything is done in a layer over the medium. */
  readonly dryRun?: boolean | undefined;
  /** Of a project with several types, the one that is built; the most specific by default. */
  readonly type?: ProjectType | undefined;
  /** In the place of `.core/build.yaml`. */
  readonly config?: BuildConfig | undefined;
  readonly onEvent?: BuildEventListener | undefined;
}

/** What a dry run would have changed in the medium. */
export interface PlannedChange extends Change {
  /** In bytes, of a file that would be there. */
  readonly size?: number;
}

/** What {@link buildProject} made. Paths are in the medium. */
export interface BuildProjectResult {
  /** What was built, in the order of the targets. */
  readonly artifacts: readonly Artifact[];
  /** In the same order; none where no archives were asked for. */
  readonly archives: readonly Artifact[];
  readonly checksumFile?: string;
  readonly sbomFile?: string;
  readonly provenanceFile?: string;
  readonly signatures: readonly Artifact[];
  readonly manifest: ReleaseManifest;
  readonly manifestFile: string;
  /** Of a dry run: what would have been changed, each folder before its content. */
  readonly changes?: readonly PlannedChange[];
}
