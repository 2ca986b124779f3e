import type { ArtifactKind } from './artifact.ts';
import { BuildError } from './errors.ts';
import { compareNames } from './order.ts';
import type { ProjectType } from './project-type.ts';

/** A file of a release. */
export interface ManifestFile {
  /** From the folder of the release. */
  readonly path: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A file of a release that was made for one target. */
export interface ManifestArtifact extends ManifestFile {
  readonly os: string;
  readonly arch: string;
  readonly kind: ArtifactKind;
}

/** What {@link MANIFEST_FILE} says. Lists are sorted by path; nothing depends on when or where it was made. */
export interface ReleaseManifest {
  readonly project: { readonly name: string; readonly version: string; readonly type: ProjectType };
  /** The moment of `SOURCE_DATE_EPOCH`, where that is set: `2024-01-31T12:00:00Z`. */
  readonly createdAt?: string;
  /** What was built for the targets. */
  readonly artifacts: readonly ManifestArtifact[];
  readonly archives: readonly ManifestArtifact[];
  /** What hooks have put beside them. */
  readonly files: readonly ManifestFile[];
  /** Path of the file of checksums, where there is one. */
  readonly checksumFile?: string;
  /** The bill of materials and the statement of how it was made, where they were asked for. */
  readonly attestations: readonly ManifestFile[];
  readonly signatures: readonly ManifestFile[];
  /** Names and versions of what the bytes depend on. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Version of the format. */
const FORMAT = 1;

/**
 * A manifest as its file holds it: JSON with sorted lists and keys in a fixed order, a newline at the end.
 *
 * Keys: `format` (1), `project` { `name`, `version`, `type` }, `created_at`, `artifacts` and `archives` [{ `path`, `os`,
 * `arch`, `kind`, `size`, `sha256` }], `files`, `attestations` and `signatures` [{ `path`, `size`, `sha256` }], `checksum_file`, `tools`
 * { name: version }.
 *
 * @example
 * ```ts
 * import { decodeManifest, encodeManifest } from '@core/build';
 *
 * const manifest = {
 *   project: { name: 'hello', version: '1.0.0', type: 'node' },
 *   artifacts: [],
 *   archives: [],
 *   files: [],
 *   attestations: [],
 *   signatures: [],
 *   checksumFile: 'CHECKSUMS.txt',
 *   tools: {},
 * } as const;
 * const text = encodeManifest(manifest);
 * assert.equal(JSON.parse(text)['checksum_file'], 'CHECKSUMS.txt');
 * assert.deepEqual(decodeManifest(text, 'manifest.json'), manifest);
 * ```
 */
export function encodeManifest(manifest: ReleaseManifest): string {
  const { project, createdAt, checksumFile, tools } = manifest;
  const json = {
    format: FORMAT,
    project: { name: project.name, version: project.version, type: project.type },
    created_at: createdAt,
    artifacts: sorted(manifest.artifacts).map(encodeArtifact),
    archives: sorted(manifest.archives).map(encodeArtifact),
    files: sorted(manifest.files).map(encodeFile),
    attestations: sorted(manifest.attestations).map(encodeFile),
    checksum_file: checksumFile,
    signatures: sorted(manifest.signatures).map(encodeFile),
    tools: Object.fromEntries(Object.entries(tools).sort(([a], [b]) => compareNames(a, b))),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function sorted<T extends ManifestFile>(files: readonly T[]): T[] {
  return [...files].sort((a, b) => compareNames(a.path, b.path));
}

function encodeFile({ path, size, sha256 }: ManifestFile): ManifestFile {
  return { path, size, sha256 };
}

function encodeArtifact({ path, os, arch, kind, size, sha256 }: ManifestArtifact): ManifestArtifact {
  return { path, os, arch, kind, size, sha256 };
}

/**
 * What the file of a manifest says. Keys that are not known are passed over.
 *
 * @throws `ERR_BUILD_MANIFEST_INVALID` for anything else than a manifest of this format; `path` is for the message.
 *
 * @example
 * ```ts
 * import { decodeManifest } from '@core/build';
 *
 * assert.throws(() => decodeManifest('{}', 'dist/manifest.json'), { code: 'ERR_BUILD_MANIFEST_INVALID' });
 * ```
 */
export function decodeManifest(text: string, path: string): ReleaseManifest {
  try {
    return decode(JSON.parse(text) as unknown);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BuildError(`Cannot use ${JSON.stringify(path)}: it is not the manifest of a release: ${why}`, {
      code: 'ERR_BUILD_MANIFEST_INVALID',
      op: 'build.manifest',
      path,
      cause,
    });
  }
}

function decode(json: unknown): ReleaseManifest {
  const all = record(json, 'the file');
  if (all['format'] !== FORMAT) throw new TypeError(`format is not ${String(FORMAT)}`);
  const project = record(all['project'], 'project');
  const createdAt = all['created_at'];
  const checksumFile = all['checksum_file'];
  return {
    project: {
      name: text(project['name'], 'project.name'),
      version: text(project['version'], 'project.version'),
      type: text(project['type'], 'project.type') as ProjectType,
    },
    ...(createdAt === undefined ? {} : { createdAt: text(createdAt, 'created_at') }),
    artifacts: list(all['artifacts'], 'artifacts').map(decodeArtifact),
    archives: list(all['archives'], 'archives').map(decodeArtifact),
    files: list(all['files'], 'files').map(decodeFile),
    ...(checksumFile === undefined ? {} : { checksumFile: relativePath(checksumFile) }),
    attestations: list(all['attestations'], 'attestations').map(decodeFile),
    signatures: list(all['signatures'], 'signatures').map(decodeFile),
    tools: Object.fromEntries(
      Object.entries(record(all['tools'], 'tools')).map(([name, version]) => [name, text(version, `tools.${name}`)]),
    ),
  };
}

function decodeFile(json: unknown): ManifestFile {
  const file = record(json, 'a file');
  const { size } = file;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new TypeError('a size is no number');
  return { path: relativePath(file['path']), size, sha256: text(file['sha256'], 'sha256') };
}

function decodeArtifact(json: unknown): ManifestArtifact {
  const artifact = record(json, 'an artifact');
  return {
    ...decodeFile(json),
    os: text(artifact['os'], 'os'),
    arch: text(artifact['arch'], 'arch'),
    kind: text(artifact['kind'], 'kind') as ArtifactKind,
  };
}

function relativePath(value: unknown): string {
  const path = text(value, 'path');
  if (!isBelow(path)) throw new TypeError(`${JSON.stringify(path)} is not a path below the release`);
  return path;
}

/** Files of a release are below its folder: what is named as one is deleted when a new release is made. */
export function isBelow(path: unknown): path is string {
  return typeof path === 'string' && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError(`${name} is not an object`);
}

function list(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${name} is not a list`);
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${name} is not a text`);
}
