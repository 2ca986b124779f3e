import { CoreError, type CoreErrorOptions } from '@core/io';

import type { Artifact } from './artifact.ts';

/** The permanent codes of `@core/build`. */
export type BuildErrorCode =
  // project, configuration, builders
  | 'ERR_BUILD_CONFIG_INVALID'
  | 'ERR_BUILD_UNSUPPORTED_TYPE'
  | 'ERR_BUILD_UNSUPPORTED_TARGET'
  | 'ERR_BUILD_NO_PROJECT'
  | 'ERR_BUILD_NO_TARGETS'
  | 'ERR_BUILD_NO_ENTRY'
  | 'ERR_BUILD_PACKAGE_INVALID'
  | 'ERR_BUILD_DEPENDENCIES_MISSING'
  | 'ERR_BUILD_BUNDLE_FAILED'
  | 'ERR_BUILD_RUNTIME_UNAVAILABLE'
  | 'ERR_BUILD_OUTPUT_MISSING'
  | 'ERR_BUILD_IMAGE_INVALID'
  | 'ERR_BUILD_OUTPUT_OCCUPIED'
  | 'ERR_BUILD_SIGNER_UNAVAILABLE'
  | 'ERR_BUILD_SIGN_NOT_CONFIGURED'
  | 'ERR_BUILD_SIGN_KEY_NOT_FOUND'
  | 'ERR_BUILD_SIGN_KEY_UNUSABLE'
  | 'ERR_BUILD_SIGN_PASSWORD_WRONG'
  | 'ERR_BUILD_SIGN_FAILED'
  | 'ERR_BUILD_NOTARIZATION_REFUSED'
  | 'ERR_BUILD_SIGNATURE_INVALID'
  | 'ERR_BUILD_TOOL_MISSING'
  | 'ERR_BUILD_COMMAND_FAILED'
  // targets and artifacts
  | 'ERR_BUILD_INVALID_TARGET'
  | 'ERR_BUILD_INVALID_ARTIFACT'
  | 'ERR_BUILD_ARTIFACT_NOT_FOUND'
  | 'ERR_BUILD_ARTIFACT_NOT_FILE'
  | 'ERR_BUILD_ARTIFACT_CHANGED'
  | 'ERR_BUILD_FILES_UNMATCHED'
  // writing archives
  | 'ERR_BUILD_FORMAT_UNSUPPORTED'
  | 'ERR_BUILD_COMPRESSION_FAILED'
  | 'ERR_BUILD_DUPLICATE_ARCHIVE'
  | 'ERR_BUILD_DUPLICATE_ENTRY'
  | 'ERR_BUILD_INVALID_SOURCE_DATE'
  // checksum files
  | 'ERR_BUILD_CHECKSUM_DUPLICATE'
  // releases
  | 'ERR_BUILD_MANIFEST_INVALID'
  | 'ERR_BUILD_RELEASE_INVALID'
  // reading archives
  | 'ERR_BUILD_ARCHIVE_UNKNOWN_FORMAT'
  | 'ERR_BUILD_ARCHIVE_UNSUPPORTED'
  | 'ERR_BUILD_ARCHIVE_TRUNCATED'
  | 'ERR_BUILD_ARCHIVE_CORRUPT'
  | 'ERR_BUILD_ARCHIVE_CHECKSUM'
  | 'ERR_BUILD_ARCHIVE_SIZE_MISMATCH'
  | 'ERR_BUILD_ARCHIVE_TRAILING_DATA'
  | 'ERR_BUILD_ARCHIVE_OVERLAP'
  | 'ERR_BUILD_ARCHIVE_PATH_ESCAPES'
  | 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE'
  | 'ERR_BUILD_ARCHIVE_NAME_INVALID'
  | 'ERR_BUILD_ARCHIVE_DUPLICATE'
  | 'ERR_BUILD_ARCHIVE_LINK_ESCAPES'
  | 'ERR_BUILD_ARCHIVE_THROUGH_LINK'
  | 'ERR_BUILD_ARCHIVE_SPECIAL_FILE'
  | 'ERR_BUILD_ARCHIVE_TOO_LARGE'
  | 'ERR_BUILD_ARCHIVE_TOO_MANY'
  | 'ERR_BUILD_ARCHIVE_RATIO'
  | 'ERR_BUILD_ARCHIVE_TARGET_EXISTS';

/** What a {@link BuildError} is about; every field is there only where it is known. */
export interface BuildErrorSubject {
  /** The file or directory it is about, as the caller wrote it. */
  readonly path?: string | undefined;
  /** The name of an entry inside the archive at `path`. */
  readonly entry?: string | undefined;
  /** `linux/amd64` */
  readonly target?: string | undefined;
  readonly projectType?: string | undefined;
  /** The tool that is missing. */
  readonly tool?: string | undefined;
  /** The command line that failed, without secrets. */
  readonly command?: string | undefined;
  readonly exitCode?: number | undefined;
  /** The end of what the command said. */
  readonly output?: string | undefined;
  /** The key of the configuration: `archive.format`. */
  readonly key?: string | undefined;
  /** Counted from 1. */
  readonly line?: number | undefined;
  /** Counted from 1. */
  readonly column?: number | undefined;
  /** What was finished, and is kept, when something else of the same list failed. */
  readonly completed?: readonly Artifact[] | undefined;
}

const SUBJECT: readonly (keyof BuildErrorSubject)[] = [
  'path',
  'entry',
  'target',
  'projectType',
  'tool',
  'command',
  'exitCode',
  'output',
  'key',
  'line',
  'column',
  'completed',
];

/** What a {@link BuildError} is made from. */
export interface BuildErrorOptions extends CoreErrorOptions, BuildErrorSubject {
  readonly code: BuildErrorCode;
}

/**
 * A release step that could not be done: `code` says which condition, the other fields what it is about.
 *
 * @example
 * ```ts
 * import { BuildError } from '@core/build';
 *
 * const error = new BuildError('Cannot archive "dist/app": it is a directory', {
 *   code: 'ERR_BUILD_ARTIFACT_NOT_FILE',
 *   op: 'build.archive',
 *   path: 'dist/app',
 * });
 * assert.equal(error.code, 'ERR_BUILD_ARTIFACT_NOT_FILE');
 * assert.equal(error.path, 'dist/app');
 * assert.equal('line' in error, false);
 * ```
 */
export class BuildError extends CoreError implements BuildErrorSubject {
  declare readonly code: BuildErrorCode;
  declare readonly path?: string;
  declare readonly entry?: string;
  declare readonly target?: string;
  declare readonly projectType?: string;
  declare readonly tool?: string;
  declare readonly command?: string;
  declare readonly exitCode?: number;
  declare readonly output?: string;
  declare readonly key?: string;
  declare readonly line?: number;
  declare readonly column?: number;
  declare readonly completed?: readonly Artifact[];

  constructor(message: string, options: BuildErrorOptions) {
    super(message, options);
    for (const field of SUBJECT) {
      const value = options[field];
      if (value !== undefined) Object.defineProperty(this, field, { value, enumerable: true });
    }
  }
}
