import type { FileKind, Lock, LockOptions, MediumCapabilities, WatchEvent } from './medium.ts';

/** What a primitive may return: at once, or later. */
export type Awaitable<T> = T | Promise<T>;

/** What a primitive knows of a file. */
export interface DriverStat {
  readonly kind: FileKind;
  readonly size: number;
  /** Permission bits only. */
  readonly mode: number;
  /** Milliseconds since the epoch; fractions are kept. */
  readonly mtimeMs: number;
  /** Changes when the path is given another file, where the medium knows such a number. */
  readonly ino?: number;
}

/** One walk through a tree, for a driver that keeps something open from one list, or one open, to the next. */
export interface Walker {
  /** Put here by the driver; called when the walk is over. One that is left in the middle is never over. */
  release?: () => void;
}

/** One name in a directory, in any order. */
export interface DriverEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** How a primitive writes. */
export interface DriverWrite {
  /** Exact permission bits, or `undefined`: keep those of the replaced file. */
  readonly mode: number | undefined;
  readonly exclusive: boolean;
  readonly durable: boolean;
  readonly signal: AbortSignal | undefined;
  /** The bytes are the driver's from here on, nobody else holds them: they need not be copied. */
  readonly owned?: boolean;
}

/** How a primitive adds to the end. */
export type DriverAppend = Pick<DriverWrite, 'durable' | 'signal'>;

/** A new content under way: nothing of it can be seen before `commit`. */
export interface DriverSink {
  /** The bytes may be overwritten by the caller once this is done. */
  write(bytes: Uint8Array): Awaitable<void>;
  /** The content appears under its name. Where this fails, nothing is left. */
  commit(): Awaitable<void>;
  /** Nothing is left. Never fails. */
  abort(): Awaitable<void>;
}

/** An open file. Calls after `close` are kept away from it, and `close` waits for reads under way. */
export interface DriverHandle {
  /** Bytes of the file when it was opened, where that is known at once. */
  readonly initialSize?: number | undefined;
  /** How many bytes were read, 0 at the end. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Awaitable<number>;
  stat(): Awaitable<DriverStat>;
  close(): Awaitable<void>;
}

/**
 * The primitives of a medium: what {@link defineMedium} derives the rest from. The first group is required, the second
 * is for what can be done better than derived, or not at all without the medium's help.
 *
 * Paths arrive normalized (`a/b`, the root is `''`). A primitive refuses by throwing any error with a `code`
 * (`ErrnoSignal` is the cheapest); operation, path and sentence are added. It need not make parent directories, nor
 * look at arguments, nor at a signal that is aborted already.
 */
export interface MediumDriver {
  /** What is not named is false, and `sandbox` is `isolated`. */
  readonly capabilities?: Partial<MediumCapabilities>;

  /** `ENOENT`, `ENOTDIR`, `ELOOP`. Follows links on the way; the last one as `follow` says. */
  stat(path: string, follow: boolean): Awaitable<DriverStat>;
  /** `ENOENT`, `ENOTDIR`. `walker` is the same object for the lists of one walk, whose next is mostly near its last. */
  list(path: string, walker?: Walker): Awaitable<readonly DriverEntry[]>;
  /**
   * The whole file, a copy that nobody else holds. `EISDIR` for a directory. With `borrow` the bytes are neither changed
   * nor kept by the caller: they need not be copied, as long as they stay what they are.
   */
  read(path: string, signal: AbortSignal | undefined, borrow?: boolean): Awaitable<Uint8Array>;
  /** Replaces atomically. `ENOENT` where the parent is missing. The bytes must be copied if they are kept and not `owned`. */
  write(path: string, bytes: Uint8Array, options: DriverWrite): Awaitable<void>;
  /** Makes one directory. `EEXIST`, `ENOENT` where the parent is missing. */
  mkdir(path: string): Awaitable<void>;
  /** Removes a file, a link or an empty directory. `ENOENT`, `ENOTEMPTY`. Never the root. */
  remove(path: string): Awaitable<void>;
  /** As rename(2): replaces a file by a file and an empty directory by a directory, else `EISDIR`, `ENOTDIR`, `ENOTEMPTY`. */
  rename(from: string, to: string): Awaitable<void>;

  /** Derived: read, then write, one after the other inside this medium. */
  append?(path: string, bytes: Uint8Array, options: DriverAppend): Awaitable<void>;
  /** Derived: from `read`. `walker` is the same object for the files of one walk, whose next is mostly near its last. */
  open?(path: string, walker?: Walker): Awaitable<DriverHandle>;
  /** Derived: collect, then `write`. */
  create?(path: string, options: DriverWrite): Awaitable<DriverSink>;
  /** Derived: `list` and `remove`. `ENOENT` is fine. */
  removeAll?(path: string, signal: AbortSignal | undefined): Awaitable<void>;
  chmod?(path: string, mode: number): Awaitable<void>;
  utimes?(path: string, atime: Date, mtime: Date): Awaitable<void>;
  readLink?(path: string): Awaitable<string>;
  /** `ENOENT` where the parent is missing, `EEXIST` where something stands. */
  symlink?(target: string, path: string): Awaitable<void>;
  /** Derived: between callers of this medium. */
  lock?(path: string, options: LockOptions): Promise<Lock>;
  /** Paths of the events are normalized. */
  watch?(path: string, signal: AbortSignal | undefined): AsyncIterable<WatchEvent>;
  realPath?(path: string): Awaitable<string | undefined>;
  /**
   * Derived: where there is `realPath`, a path of the host, else one from the root. What the absolute target of the link
   * at `path` means here, `..` not resolved; `ERR_PATH_ESCAPES_ROOT` for what is outside.
   */
  absolute?(target: string, path: string): Awaitable<string>;

  /** Derived: {@link normalizePath}. For a medium whose paths mean something else, such as a working directory. */
  normalize?(path: string): string;
  /** Derived: the normalized path. How a result shows it, so that it can be handed back to the same medium. */
  present?(path: string): string;
}
