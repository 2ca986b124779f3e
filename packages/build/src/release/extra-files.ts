import { type CancelOptions, glob, type Medium, normalizePath } from '@core/io';

import type { ExtraFile } from '../archive/extra-files.ts';
import { BuildError } from '../errors.ts';
import { pathBelow } from '../paths.ts';

/** What goes into every archive where nothing is configured: as far as it is there. */
const USUAL: readonly string[] = ['README*', 'LICENSE*', 'LICENCE*', 'CHANGELOG*'];

/** Folders whose files are meant only by a pattern that names them. */
const FOREIGN: readonly string[] = ['node_modules', '.git'];

export interface ExtraFilesOptions extends CancelOptions {
  readonly patterns: readonly string[] | undefined;
  /** Normalized paths that are no part of the project: those of releases. */
  readonly isOurs: (path: string) => boolean;
}

/**
 * The files of a project that go into every archive, under the names that they have in the project.
 *
 * @throws `ERR_BUILD_FILES_UNMATCHED` where a name without wildcards is not there. A pattern may match nothing.
 */
export async function findExtraFiles(medium: Medium, dir: string, options: ExtraFilesOptions): Promise<ExtraFile[]> {
  const { patterns = USUAL, isOurs, signal } = options;
  const found = new Map<string, ExtraFile>();
  for (const pattern of patterns) {
    const ignore = FOREIGN.filter((name) => !pattern.includes(name)).map((name) => `**/${name}/**`);
    let matches = 0;
    for await (const { path } of glob(medium, pattern.replace(/^\.\//, ''), { cwd: dir, ignore, signal })) {
      const name = nameIn(dir, path);
      if (isOurs(normalizePath(path))) continue;
      found.set(name, { path, name });
      matches += 1;
    }
    if (matches === 0 && !/[*?[\]{}()!]/.test(pattern)) throw unmatched(dir, pattern);
  }
  return [...found.values()];
}

function nameIn(dir: string, path: string): string {
  const folder = normalizePath(dir);
  const whole = normalizePath(path);
  return folder === '' ? whole : whole.slice(folder.length + 1);
}

function unmatched(dir: string, pattern: string): BuildError {
  return new BuildError(`Cannot archive ${JSON.stringify(pathBelow(dir, pattern))}: there is no such file`, {
    code: 'ERR_BUILD_FILES_UNMATCHED',
    op: 'build.archive',
    path: pathBelow(dir, pattern),
    key: 'archive.files',
    hint: 'Correct archive.files in .core/build.yaml, or add the file.',
  });
}
