import type { NodeFileHandle } from './file-handle.ts';
import type { NodeBigIntStats, NodeDirent, NodeStats } from './stats.ts';
import type { NodeFsConstants } from './constants.ts';

/** A path as `node:fs` takes it; a URL must be a `file:` URL. */
export type NodePath = string | Uint8Array | URL;

/** What is written: text, bytes, or a (possibly asynchronous) series of these. */
export type NodeContent =
  | string
  | NodeJS.ArrayBufferView
  | Iterable<string | NodeJS.ArrayBufferView>
  | AsyncIterable<string | NodeJS.ArrayBufferView>;

/** An encoding of text, as `node:fs` names it. */
/** How text is spelled in bytes; `buffer` and nothing mean bytes. */
export type NodeEncoding = BufferEncoding | 'buffer' | null | undefined;
/** How a file is opened: `r`, `w+`, `ax` or a number of `constants`. */
/** How a file is opened: `r+`, `wx`, or a number made of `O_…`. */
export type NodeFlags = string | number | undefined;
/** Permission bits, as a number or as octal text. */
/** Permission bits: a number, or a text of octal digits. */
export type NodeMode = number | string | undefined;
/** A time, as `utimes` takes it: a date, seconds, or seconds as text. */
/** A date, or seconds since the epoch. */
export type NodeTime = number | string | Date;

interface Text {
  readonly encoding: BufferEncoding;
}
interface Bytes {
  readonly encoding?: 'buffer' | null | undefined;
}

/** As the options of `fs.promises.readFile`. */
/** How `readFile` reads. */
export interface NodeReadFileOptions {
  readonly encoding?: NodeEncoding;
  readonly flag?: NodeFlags;
  readonly signal?: AbortSignal | undefined;
}

/** As the options of `fs.promises.writeFile`. */
/** How `writeFile` and `appendFile` write. */
export interface NodeWriteFileOptions {
  readonly encoding?: NodeEncoding;
  /** Bits of a new file, less the umask; a file that is replaced keeps its own. */
  readonly mode?: NodeMode;
  readonly flag?: NodeFlags;
  /** Return only when the content has reached the disk. */
  readonly flush?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As the options of `fs.promises.mkdir`. */
/** How `mkdir` makes directories. */
export interface NodeMkdirOptions {
  readonly recursive?: boolean | undefined;
  readonly mode?: NodeMode;
}

/** As the options of `fs.promises.readdir`. */
/** What `readdir` gives. */
export interface NodeReaddirOptions {
  readonly encoding?: NodeEncoding;
  readonly withFileTypes?: boolean | undefined;
  /** Links to directories are not entered. */
  readonly recursive?: boolean | undefined;
}

/** As the options of `fs.promises.rm`. */
/** What `rm` may remove. */
export interface NodeRmOptions {
  readonly recursive?: boolean | undefined;
  readonly force?: boolean | undefined;
}

/** As the options of `fs.promises.stat`. */
/** How `stat` and `lstat` tell numbers. */
export interface NodeStatOptions {
  readonly bigint?: boolean | undefined;
}

type Target = NodePath | NodeFileHandle;

interface ReadFile {
  (path: Target, options: (NodeReadFileOptions & Text) | BufferEncoding): Promise<string>;
  (path: Target, options?: (NodeReadFileOptions & Bytes) | 'buffer' | null): Promise<Buffer>;
  (path: Target, options: NodeReadFileOptions | NodeEncoding): Promise<string | Buffer>;
}

interface Readdir {
  (path: NodePath, options: NodeReaddirOptions & { readonly withFileTypes: true }): Promise<NodeDirent[]>;
  (
    path: NodePath,
    options: { readonly encoding: 'buffer'; readonly recursive?: boolean } | 'buffer',
  ): Promise<Buffer[]>;
  (path: NodePath, options?: NodeReaddirOptions | BufferEncoding | null): Promise<string[]>;
}

interface Readlink {
  (path: NodePath, options: { readonly encoding: 'buffer' } | 'buffer'): Promise<Buffer>;
  (path: NodePath, options?: { readonly encoding?: BufferEncoding | null } | BufferEncoding | null): Promise<string>;
}

interface Stat {
  (path: NodePath, options?: NodeStatOptions & { readonly bigint?: false | undefined }): Promise<NodeStats>;
  (path: NodePath, options: NodeStatOptions & { readonly bigint: true }): Promise<NodeBigIntStats>;
}

type Write = (path: Target, data: NodeContent, options?: NodeWriteFileOptions | NodeEncoding) => Promise<void>;
type RealPath = (
  path: NodePath,
  options?: { readonly encoding?: BufferEncoding | null } | BufferEncoding | null,
) => Promise<string>;

/** The part of `fs.promises` that a medium can be. Every function can be taken from the object and used alone. */
export interface NodeFsPromises {
  readonly constants: NodeFsConstants;
  readonly access: (path: NodePath, mode?: number) => Promise<void>;
  readonly appendFile: Write;
  readonly chmod: (path: NodePath, mode: number | string) => Promise<void>;
  readonly copyFile: (from: NodePath, to: NodePath, mode?: number) => Promise<void>;
  readonly lstat: Stat;
  readonly mkdir: (path: NodePath, options?: NodeMkdirOptions | NodeMode | null) => Promise<string | undefined>;
  readonly mkdtemp: (prefix: NodePath) => Promise<string>;
  readonly open: (path: NodePath, flags?: NodeFlags, mode?: NodeMode) => Promise<NodeFileHandle>;
  readonly readFile: ReadFile;
  readonly readdir: Readdir;
  readonly readlink: Readlink;
  readonly realpath: RealPath;
  readonly rename: (from: NodePath, to: NodePath) => Promise<void>;
  readonly rm: (path: NodePath, options?: NodeRmOptions) => Promise<void>;
  readonly rmdir: (path: NodePath) => Promise<void>;
  readonly stat: Stat;
  /** `type` is Windows' affair and says nothing here. */
  readonly symlink: (target: NodePath, path: NodePath, type?: string | null) => Promise<void>;
  readonly truncate: (path: NodePath, length?: number) => Promise<void>;
  readonly unlink: (path: NodePath) => Promise<void>;
  readonly utimes: (path: NodePath, atime: NodeTime, mtime: NodeTime) => Promise<void>;
  readonly writeFile: Write;
}
