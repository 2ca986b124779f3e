import type { CancelOptions } from '@core/io';

import type { Artifact } from '../artifact.ts';
import type { ExtraFile } from './extra-files.ts';

/** How far an archive is. */
export interface ArchiveProgress {
  /** The archive under way. */
  readonly path: string;
  /** Bytes of content that have been read, of {@link totalBytes}. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Files by their paths, or with a name of their own. */
export type ExtraFiles = readonly (ExtraFile | string)[];

/** What may be asked of an archive. */
export interface ArchiveOptions extends CancelOptions {
  /** More files for every archive, or for that of each artifact, as paths or with a name of their own: README, LICENSE. */
  readonly files?: ExtraFiles | ((artifact: Artifact) => ExtraFiles) | undefined;
  /** Put everything into one directory that is named as the archive is. Off by default. */
  readonly wrap?: boolean | undefined;
  /** The archive's name without its extension; `<program>_<os>_<arch>` by default. */
  readonly name?: string | ((artifact: Artifact) => string) | undefined;
  /** 1 (quick) to 9 (small); 6 by default. Other levels give other bytes. */
  readonly level?: number | undefined;
  /** Blocks, or archives of a list, that are worked on side by side; by default the processors, 8 at most. */
  readonly workers?: number | undefined;
  /** Called after every chunk that was read. */
  readonly onProgress?: ((progress: ArchiveProgress) => void) | undefined;
}

/** The options with their defaults. */
export interface ArchiveSettings extends ArchiveOptions {
  readonly level: number;
  readonly workers: number;
}

/**
 * The options with their defaults.
 *
 * @throws `RangeError` for a level or a number of workers that cannot be.
 */
export function archiveSettings(options: ArchiveOptions, defaultWorkers: number): ArchiveSettings {
  const { level = 6, workers = defaultWorkers } = options;
  if (!Number.isInteger(level) || level < 1 || level > 9) {
    throw new RangeError(`level must be a whole number from 1 to 9, not ${String(level)}`);
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`workers must be a whole number from 1 up, not ${String(workers)}`);
  }
  return { ...options, level, workers };
}
