import type { CancelOptions, Medium } from '@core/io';

import type { JournalLine } from './journal-entry.ts';

/**
 * When an append is done: `fsync` — it is on the disk (calls at once share one sync); `batch` — it is in the file, and on
 * the disk a quarter of a second later; `none` — it is in the file, and on the disk when the system likes.
 */
export type Durability = 'fsync' | 'batch' | 'none';

/** Where a journal is, and how it is kept. */
export interface JournalOptions extends CancelOptions {
  readonly medium: Medium;
  /** Folder on the medium; it is made where it is missing. */
  readonly baseDir: string;
  /** `fsync` unless it is given. */
  readonly durability?: Durability | undefined;
  /** What this writer is called in its lines, before eight random characters; `node` unless it is given. */
  readonly node?: string | undefined;
}

/** From when on lines are wanted. */
export interface ReplayOptions extends CancelOptions {
  readonly from?: Date | undefined;
}

/** Which lines are wanted. */
export interface EntriesOptions extends CancelOptions {
  /** `owner/name` */
  readonly repo?: string | undefined;
  /** From this moment on. */
  readonly from?: Date | undefined;
  /** Before this moment. */
  readonly to?: Date | undefined;
  readonly where?: ((line: JournalLine) => boolean) | undefined;
}
