import type { Artifact } from '../artifact.ts';
import type { ProjectIdentity } from '../builder.ts';
import type { ProjectType } from '../project-type.ts';
import type { Target } from '../target.ts';
import type { Component } from './component.ts';

/** A file of a release with its digest. */
export type AttestedFile = Pick<Artifact, 'checksum' | 'path'>;

/** What statements about a release are made from. */
export interface ReleaseFacts {
  readonly project: Pick<ProjectIdentity, 'name' | 'version'>;
  readonly type: ProjectType;
  /** What is handed out: the archives, or where there are none what was built. */
  readonly files: readonly AttestedFile[];
  readonly components: readonly Component[];
  readonly targets: readonly Target[];
  /** Names of tools with their versions. */
  readonly tools: Readonly<Record<string, string>>;
  /** Where the sources are from, as far as it is known. */
  readonly source?: SourceRevision | undefined;
  /** The moment of `SOURCE_DATE_EPOCH`, where that is set: `2024-01-31T12:00:00Z`. */
  readonly createdAt?: string | undefined;
}

/** The commit that a project stands at. */
export interface SourceRevision {
  /** Hex: SHA-1 or SHA-256. */
  readonly commit: string;
  /** Of its repository, without a name or password that it may contain. */
  readonly url?: string | undefined;
}
