import type { CancelOptions } from '@core/io';

/** How an archive is packed: `gz`, `xz` and `zst` are tar files that are compressed so. */
export type ArchiveFormat = 'gz' | 'xz' | 'zip' | 'zst';

interface NamedEntry {
  /** Its name in the archive: `/` between names, none of them `.` or `..`, none at the beginning or end. */
  readonly name: string;
}

/** A file in an archive under way. */
export interface FileEntry extends NamedEntry {
  readonly kind: 'file';
  /** How many bytes {@link content} gives, exactly. */
  readonly size: number;
  readonly executable: boolean;
  /** The bytes; read once. A chunk is good until the next one, of whichever entry, is asked for: what is kept is copied. */
  content(): AsyncIterable<Uint8Array>;
}

/** A directory in an archive under way. */
export interface DirectoryEntry extends NamedEntry {
  readonly kind: 'dir';
}

/** A symbolic link in an archive under way. */
export interface LinkEntry extends NamedEntry {
  readonly kind: 'symlink';
  /** What it says: relative, and inside the archive. */
  readonly target: string;
}

/** One thing that goes into an archive. */
export type EncodedEntry = DirectoryEntry | FileEntry | LinkEntry;

/**
 * What decides the bytes of an archive beside its entries, how many blocks are packed at a time, and a signal that ends
 * what runs in other threads: the contents themselves are cancelled by whoever gives them.
 */
export interface EncodeOptions extends CancelOptions {
  /** Seconds since the epoch: the time of every entry. */
  readonly mtime: number;
  /** 1 (quick) to 9 (small). */
  readonly level: number;
  /** How many blocks are compressed side by side; the bytes do not depend on it. */
  readonly workers: number;
}

/** One format of archives. Same entries and same options (but for `workers`) give the same bytes, everywhere. */
export interface ArchiveEncoder {
  readonly format: ArchiveFormat;
  /** With its dot: `.tar.gz` */
  readonly extension: string;
  /** The bytes of the archive, its entries in the order given. Memory does not grow with the size of an entry. */
  encode(entries: readonly EncodedEntry[], options: EncodeOptions): AsyncIterable<Uint8Array>;
}
