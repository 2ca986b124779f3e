/** One thing in a tar stream. */
export interface TarEntry {
  /** With `/` between names, relative, without `.` and `..`. */
  readonly name: string;
  /** `hardlink`: the file of the name `target`, which came before. */
  readonly kind: 'dir' | 'file' | 'hardlink' | 'symlink';
  /** Permission bits. */
  readonly mode: number;
  /** What a link says; `''` for anything else. */
  readonly target: string;
  /** Bytes of the content; 0 for what has none. */
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** The unit of tar: headers have one, contents are filled up to the next. */
export const BLOCK = 512;

/** Marks an entry, by its type, whose content is the name or the target of the entry after it: GNU's, which all tars know. */
export const LONG_NAME = 'L';
export const LONG_TARGET = 'K';
