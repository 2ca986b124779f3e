import { type CancelOptions, type FileInfo, isCoreError, type Medium } from '@core/io';

import { BuildError } from './errors.ts';

/** What is to be looked at, and for which operation: both go into the sentence of a refusal. */
export interface FileQuestion extends CancelOptions {
  readonly path: string;
  /** `build.archive` */
  readonly op: string;
  /** What it is in the eyes of the caller: `artifact`, `extra file`. */
  readonly what: string;
}

/**
 * What is known of a file that must be there.
 *
 * @throws `ERR_BUILD_INVALID_ARTIFACT` for an empty path, `ERR_BUILD_ARTIFACT_NOT_FOUND`, `ERR_BUILD_ARTIFACT_NOT_FILE`.
 */
export async function statFile(medium: Medium, question: FileQuestion): Promise<FileInfo> {
  const info = await statThere(medium, question);
  if (info.kind !== 'file') throw notFile(question, info);
  return info;
}

/** As {@link statFile}, for whatever stands there. */
export async function statThere(medium: Medium, { path, op, what, signal }: FileQuestion): Promise<FileInfo> {
  if (path === '') {
    throw new BuildError(`Cannot use the ${what}: its path is empty`, { code: 'ERR_BUILD_INVALID_ARTIFACT', op, path });
  }
  try {
    return await medium.stat(path, { signal });
  } catch (cause) {
    if (!isCoreError(cause) || (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR')) throw cause;
    throw new BuildError(`Cannot use the ${what} ${JSON.stringify(path)}: there is no such file`, {
      code: 'ERR_BUILD_ARTIFACT_NOT_FOUND',
      op,
      path,
      cause,
    });
  }
}

/** The refusal of what is no file. */
export function notFile({ path, op, what }: FileQuestion, { kind }: Pick<FileInfo, 'kind'>): BuildError {
  const is = kind === 'dir' ? 'a directory' : 'not a regular file';
  return new BuildError(`Cannot use the ${what} ${JSON.stringify(path)}: it is ${is}`, {
    code: 'ERR_BUILD_ARTIFACT_NOT_FILE',
    op,
    path,
    hint: kind === 'dir' ? 'Only the directory of a macOS .app bundle can be archived.' : undefined,
  });
}
