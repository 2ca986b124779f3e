import type { Readable, Writable } from 'node:stream';

import type { Walker } from './driver.ts';

/** What is written: text is stored as UTF-8. */
export type Content = string | Uint8Array;

/** What a path leads to. `other` is a fifo, a socket or a device. */
export type FileKind = 'file' | 'dir' | 'symlink' | 'other';

/** What is known of one file or directory at one moment. */
export interface FileInfo {
  /** Its last name; `''` for the root. */
  readonly name: string;
  /** Its normalized path, which can be handed back to the same medium. */
  readonly path: string;
  readonly kind: FileKind;
  /** In bytes. That of a directory says nothing. */
  readonly size: number;
  /** Permission bits only (`0o644`), without the type bits. */
  readonly mode: number;
  /** When the content last changed. */
  readonly mtime: Date;
}

/** One entry of a directory. */
export interface DirEntry {
  readonly name: string;
  /** Normalized path, from the medium's root. */
  readonly path: string;
  /** A link is `symlink`, whatever it leads to. */
  readonly kind: FileKind;
}

/** How an operation can be cancelled: it rejects with `signal.reason` itself and leaves nothing half-done. */
export interface CancelOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How a file is opened. */
export interface OpenOptions extends CancelOptions {
  /**
   * For whoever opens many files: the same object (`{}`) for all of them. A medium that can goes from the directory of one
   * to that of the next in fewer steps. What another process renames meanwhile may be noticed a moment later.
   */
  readonly walker?: Walker | undefined;
}

/** How a file is written. */
export interface WriteOptions extends CancelOptions {
  /** Exact permission bits, whatever the umask. Without it a replaced file keeps its own and a new one gets the default. */
  readonly mode?: number | undefined;
  /** Refuse with `EEXIST` where the path exists, also as a dangling link; no other writer can come in between. */
  readonly exclusive?: boolean | undefined;
  /** Return only when content and name have reached the disk. */
  readonly durable?: boolean | undefined;
}

/** How something is added to the end of a file. */
export interface AppendOptions extends CancelOptions {
  /** Return only when content and name have reached the disk. */
  readonly durable?: boolean | undefined;
}

/** How a stream writes. */
export interface WriteStreamOptions extends CancelOptions {
  /** As in {@link WriteOptions}. */
  readonly mode?: number | undefined;
  /** As in {@link WriteOptions}. */
  readonly exclusive?: boolean | undefined;
  /** As in {@link WriteOptions}. */
  readonly durable?: boolean | undefined;
}

/** What a stream reads. */
export interface ReadStreamOptions extends CancelOptions {
  /** First byte; 0 by default. */
  readonly start?: number | undefined;
  /** Last byte, itself included (as in `node:fs`); the end of the file by default. */
  readonly end?: number | undefined;
  /** Bytes of a chunk; 262,144 by default. */
  readonly highWaterMark?: number | undefined;
}

/** How a path is looked up. */
export interface StatOptions extends CancelOptions {
  /** `false`: look at a link itself, not at what it leads to. */
  readonly follow?: boolean | undefined;
}

/** How far a walk goes. */
export interface WalkOptions extends CancelOptions {
  /** 1: only the direct children; without it everything below. */
  readonly maxDepth?: number | undefined;
  /** Descend into directories behind links, inside the root, each real directory once on a branch. Off by default. */
  readonly follow?: boolean | undefined;
}

/** How long a lock is waited for. */
export interface LockOptions extends CancelOptions {
  /** Refuse with `ERR_LOCK_TIMEOUT` after so many milliseconds; without it wait for as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /**
   * Milliseconds after which a holder that gives no sign of life is taken for dead, for holders that cannot be looked
   * at from here (another machine or container). Without it such a lock is never taken over. A holder that can be seen
   * to live is never taken over, whatever this says.
   */
  readonly stale?: number | undefined;
}

/** A lock that is held: close it, or use `await using`, to let the next one in. The second close does nothing. */
export interface Lock extends AsyncDisposable {
  close(): Promise<void>;
}

/** One change that {@link Medium.watch} saw. A rename is a `delete` and a `create`. */
export interface WatchEvent {
  readonly type: 'change' | 'create' | 'delete';
  readonly path: string;
}

/** Random access to one open file, which stays readable when its name is replaced or deleted. */
export interface ReadHandle extends AsyncDisposable {
  /** Bytes of the file when it was opened, where the medium knows them without looking again; `stat` always does. */
  readonly initialSize?: number | undefined;
  /** Reads up to `length` bytes from byte `position` into `buffer` at `offset`: how many were read, 0 at the end. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  stat(): Promise<FileInfo>;
  close(): Promise<void>;
}

/** How well a medium keeps its callers inside its root. */
export type SandboxStrength =
  /** The kernel resolves every name from an open directory: no swap by another process can lead outside. */
  | 'kernel'
  /** Opening is race-free, the other operations are checked first and done afterwards. */
  | 'partial'
  /** Checked first, done afterwards: strong against hostile names and links, not against a concurrent attacker. */
  | 'checked'
  /** There is nothing outside: the medium is a world of its own. */
  | 'isolated'
  /** The medium reaches everything that its process reaches. */
  | 'none';

/** Plain data: which optional promises a medium keeps. */
export interface MediumCapabilities {
  /** Permission bits are kept and `chmod` works. */
  readonly mode: boolean;
  /** `utimes` works. */
  readonly mtime: boolean;
  /** Symbolic links can be made and read. */
  readonly symlink: boolean;
  /** `lock` excludes callers of one process. */
  readonly lock: boolean;
  /** `lock` also excludes other processes. */
  readonly sharedLock: boolean;
  readonly watch: boolean;
  /** Files have a path on a disk. */
  readonly realPath: boolean;
  /** `durable` reaches a disk. */
  readonly durable: boolean;
  /** Every write is refused with `EROFS`. */
  readonly readOnly: boolean;
  readonly sandbox: SandboxStrength;
}

/**
 * Files, wherever they are: one interface for a disk, for memory and for whatever can hold bytes under names.
 *
 * A path is a string with `/` between names on every system; `''`, `'.'` and `'/'` are the root; `.` and `..` are
 * resolved lexically and cannot climb over the root. Links are followed as long as they stay inside the root; one that
 * leads outside is refused with `ERR_PATH_ESCAPES_ROOT`.
 *
 * Every method rejects with an `IoError`; `TypeError` and `RangeError` are for wrong arguments.
 */
export interface Medium {
  readonly capabilities: MediumCapabilities;

  /** The whole file as text. Refuses with `ENOENT`, `EISDIR`, or `ERR_INVALID_UTF8` where text would be damaged. */
  read(path: string, options?: CancelOptions): Promise<string>;
  /** The whole file: the caller's own copy. */
  readBytes(path: string, options?: CancelOptions): Promise<Uint8Array>;
  /**
   * Makes or replaces a file **atomically**: a reader sees the old content or the new; a write that fails or is
   * interrupted leaves the old file and no temporary one. Missing parent directories are made. A replaced file keeps
   * its mode, a link its place: what it leads to is written.
   */
  write(path: string, content: Content, options?: WriteOptions): Promise<void>;
  /** Adds to the end in one piece: concurrent appends, also of other processes, never mix. Makes file and parents. */
  append(path: string, content: Content, options?: AppendOptions): Promise<void>;
  /** Makes a directory and its parents; fine where it stands. `EEXIST` or `ENOTDIR` where a file is in the way. */
  ensureDir(path: string, options?: CancelOptions): Promise<void>;

  /** Whether something is there. Only "not found" is `false`; a permission problem throws. Links are followed. */
  exists(path: string, options?: CancelOptions): Promise<boolean>;
  isFile(path: string, options?: CancelOptions): Promise<boolean>;
  isDir(path: string, options?: CancelOptions): Promise<boolean>;
  /** What is there; links inside the root are followed unless `follow` is false. */
  stat(path: string, options?: StatOptions): Promise<FileInfo>;
  /** The entries of a directory by code point of their names. */
  list(path: string, options?: CancelOptions): Promise<DirEntry[]>;
  /** Everything below a directory, depth first, each directory before its content, sorted as `list`. */
  walk(path: string, options?: WalkOptions): AsyncIterable<DirEntry>;

  /** Removes a file, a link (not what it leads to) or an empty directory: `ENOENT`, `ENOTEMPTY` otherwise. */
  delete(path: string, options?: CancelOptions): Promise<void>;
  /** Removes with everything below; a missing path is fine; links are removed, never followed. The root: `EPERM`. */
  deleteAll(path: string, options?: CancelOptions): Promise<void>;
  /**
   * Moves a file, link or directory; replaces a file (or an empty directory by a directory) atomically; makes the
   * parents of `to`. `EINVAL` for a directory into itself.
   */
  rename(from: string, to: string, options?: CancelOptions): Promise<void>;

  open(path: string, options?: OpenOptions): Promise<ReadHandle>;
  /** Back-pressured bytes; an error of opening arrives as the stream's error. */
  readStream(path: string, options?: ReadStreamOptions): Readable;
  /**
   * Atomic as `write`: the content appears when the stream finishes; destroying it leaves the old file, and nothing beside
   * it once the stream has closed. `pump` waits for that, where Node's `pipeline` does not.
   */
  writeStream(path: string, options?: WriteStreamOptions): Writable;
  /** Every chunk (or run of waiting chunks) is one `append`. */
  appendStream(path: string, options?: AppendOptions): Writable;

  /** Sets permission bits; `ERR_NOT_SUPPORTED` without the capability `mode`. */
  chmod(path: string, mode: number, options?: CancelOptions): Promise<void>;
  /** Sets access and modification time; `ERR_NOT_SUPPORTED` without the capability `mtime`. */
  utimes(path: string, atime: Date, mtime: Date, options?: CancelOptions): Promise<void>;
  /** What a link says; `EINVAL` for anything else, `ERR_NOT_SUPPORTED` without the capability `symlink`. */
  readLink(path: string, options?: CancelOptions): Promise<string>;
  /** Makes a link at `path` that says `target`; one that would lead outside the root is refused. Makes parents. */
  symlink(target: string, path: string, options?: CancelOptions): Promise<void>;

  /** Waits for the lock of a path and holds it: for callers of this process and, with `sharedLock`, of all others. */
  lock(path: string, options?: LockOptions): Promise<Lock>;
  /** Changes of a file, or of everything below a directory. Breaking out of the loop or the signal ends it. */
  watch(path: string, options?: CancelOptions): AsyncIterable<WatchEvent>;
  /** The absolute path on the disk for a child process, or `undefined` where there is no disk behind. */
  realPath(path: string, options?: CancelOptions): Promise<string | undefined>;
}
