export { archive, archiveWithFormat, archiveXz } from './archive/archive.ts';
export { archiveAll, archiveAllWithFormat, archiveAllXz } from './archive/archive-all.ts';
export type { EntryKind } from './archive/entry-tree.ts';
export type { ExtraFile } from './archive/extra-files.ts';
export { type ArchiveFormat, archiveFormats } from './archive/format.ts';
export type { ArchiveOptions, ArchiveProgress, ExtraFiles } from './archive/options.ts';
export type { ReadOptions } from './archive/read/archive-file.ts';
export { type ArchiveReader, readArchive } from './archive/read/archive-reader.ts';
export type { ReadEntry } from './archive/read/checked-entries.ts';
export type { Extraction, ExtractOptions } from './archive/read/extract.ts';
export type { ReadLimits } from './archive/read/limits.ts';
export type { Component, ComponentDigest } from './attest/component.ts';
export { findComponents } from './attest/components/find-components.ts';
export { createProvenance } from './attest/provenance.ts';
export type { AttestedFile, ReleaseFacts, SourceRevision } from './attest/release-facts.ts';
export { createSbom, type SbomFormat } from './attest/sbom.ts';
export type { Artifact, ArtifactKind } from './artifact.ts';
export {
  type Builder,
  type BuilderConfig,
  type BuilderOptions,
  type ProjectDescriber,
  type ProjectIdentity,
  type TargetChooser,
  type ToolReporter,
} from './builder.ts';
export { CppBuilder } from './builders/cpp/cpp-builder.ts';
export { DenoBuilder } from './builders/deno/deno-builder.ts';
export { DockerBuilder } from './builders/docker/docker-builder.ts';
export { GoBuilder } from './builders/go/go-builder.ts';
export { LinuxKitBuilder } from './builders/linuxkit/linuxkit-builder.ts';
export { NodeBuilder } from './builders/node/node-builder.ts';
export { PhpBuilder } from './builders/php/php-builder.ts';
export { PythonBuilder } from './builders/python/python-builder.ts';
export { builderFor, registerBuilder } from './builders/registry.ts';
export { RustBuilder } from './builders/rust/rust-builder.ts';
export { TaskfileBuilder } from './builders/taskfile/taskfile-builder.ts';
export { WailsBuilder } from './builders/wails/wails-builder.ts';
export { checksum, checksumAll } from './checksum/checksum.ts';
export { writeChecksumFile } from './checksum/checksum-file.ts';
export { type ChecksumReport, type MalformedLine, verifyChecksumFile, type VerifyOptions } from './checksum/verify.ts';
export type {
  ArchiveSettings,
  AttestSettings,
  BuildConfig,
  BuildHooks,
  BuildSettings,
  ChecksumSettings,
  DockerSettings,
  LinuxKitSettings,
  MacOsSignSettings,
  NodeSettings,
  ProjectSettings,
  SignSettings,
} from './config/build-config.ts';
export { BuildConfigError, type ConfigProblem } from './config/config-error.ts';
export { buildConfigSchema, type JsonSchema } from './config/json-schema.ts';
export {
  configExists,
  configPath,
  defaultConfig,
  loadConfig,
  type LoadConfigOptions,
  toTargets,
} from './config/load.ts';
export type { Environment } from './config/shape.ts';
export {
  type DetailedDiscovery,
  discover,
  discoverDetailed,
  type DiscoverDetailedOptions,
  type DiscoveredProject,
  primaryType,
  type ProjectMatch,
} from './discovery.ts';
export { BuildError, type BuildErrorCode, type BuildErrorOptions, type BuildErrorSubject } from './errors.ts';
export type { BuildEvent, BuildEventListener, BuildStep } from './events.ts';
export { MANIFEST_FILE, readManifest } from './manifest.ts';
export {
  decodeManifest,
  encodeManifest,
  type ManifestArtifact,
  type ManifestFile,
  type ReleaseManifest,
} from './manifest-codec.ts';
export { detectPackageManager, type PackageManager, type PackageManagerName } from './package-manager.ts';
export { buildProject } from './pipeline.ts';
export {
  isCppProject,
  isDenoProject,
  isDockerProject,
  isGoProject,
  isLinuxKitProject,
  isNodeProject,
  isPhpProject,
  isPythonProject,
  isRustProject,
  isTaskfileProject,
  isWailsProject,
} from './predicates.ts';
export { PROJECT_MARKERS, type ProjectMarker, type ProjectType } from './project-type.ts';
export { formatTarget, parseTarget, parseTargets, type Target } from './target.ts';
export type { BuildProjectOptions, BuildProjectResult, PlannedChange } from './release/options.ts';
export { type ReleaseReport, verifyRelease } from './release/verify-release.ts';
export type { OpenWorkspaceOptions, Workspace } from './workspace/types.ts';
export { openWorkspace } from './workspace/workspace.ts';
