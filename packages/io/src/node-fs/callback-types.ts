import type { NodeReadOptions } from './file-handle.ts';
import type { NodeBigIntStats, NodeDirent, NodeStats } from './stats.ts';
import type {
  NodeEncoding,
  NodeFlags,
  NodeFsPromises,
  NodeMode,
  NodePath,
  NodeReaddirOptions,
  NodeReadFileOptions,
  NodeStatOptions,
} from './types.ts';

type Failure = NodeJS.ErrnoException | null;

/** What Node calls back with: an error, or `null` and the result. */
export type NodeCallback<T> = (error: Failure, result: T) => void;

/** Every way to leave optional arguments out before the callback. */
type Forms<A extends unknown[]> =
  Required<A> extends [...infer Rest, infer Last]
    ? | [...Rest, Last]
      | (A extends [...Rest, Last] ? never : A extends [...infer Shorter, Last?] ? Forms<Shorter> : never)
    : [];

/** Where there is no result the callback gets none. */
type Told<R> = [R] extends [string | undefined] ? NodeCallback<R> : (error: Failure) => void;

type WithCallback<F> = F extends (...args: infer A) => Promise<infer R>
  ? (...args: [...Forms<A>, Told<R>]) => void
  : never;

/** Methods that are the same as those of `promises`, but for the callback at the end. */
type Plain =
  | 'access'
  | 'appendFile'
  | 'chmod'
  | 'copyFile'
  | 'mkdir'
  | 'rename'
  | 'rm'
  | 'rmdir'
  | 'symlink'
  | 'truncate'
  | 'unlink'
  | 'utimes'
  | 'writeFile';

interface Stat {
  (path: NodePath, done: NodeCallback<NodeStats>): void;
  (path: NodePath, options: NodeStatOptions & { readonly bigint: true }, done: NodeCallback<NodeBigIntStats>): void;
  (path: NodePath, options: NodeStatOptions | undefined, done: NodeCallback<NodeStats>): void;
}

type Encoded = NodeEncoding | { readonly encoding?: NodeEncoding };

interface RealPath {
  (path: NodePath, done: NodeCallback<string>): void;
  (path: NodePath, options: Encoded, done: NodeCallback<string>): void;
}

interface ReadFile {
  (path: NodePath, done: NodeCallback<Buffer>): void;
  (
    path: NodePath,
    options: (NodeReadFileOptions & { readonly encoding: BufferEncoding }) | BufferEncoding,
    done: NodeCallback<string>,
  ): void;
  (path: NodePath, options: NodeReadFileOptions | null | undefined, done: NodeCallback<Buffer>): void;
}

interface Readdir {
  (path: NodePath, done: NodeCallback<string[]>): void;
  (
    path: NodePath,
    options: NodeReaddirOptions & { readonly withFileTypes: true },
    done: NodeCallback<NodeDirent[]>,
  ): void;
  (path: NodePath, options: NodeReaddirOptions | NodeEncoding, done: NodeCallback<string[]>): void;
}

interface Readlink {
  (path: NodePath, done: NodeCallback<string>): void;
  (path: NodePath, options: Encoded, done: NodeCallback<string | Buffer>): void;
}

interface Open {
  (path: NodePath, done: NodeCallback<number>): void;
  (path: NodePath, flags: NodeFlags, done: NodeCallback<number>): void;
  (path: NodePath, flags: NodeFlags, mode: NodeMode | null, done: NodeCallback<number>): void;
}

type Transferred<T> = (error: Failure, bytes: number, buffer: T) => void;

interface Read {
  <T extends NodeJS.ArrayBufferView>(fd: number, to: T | NodeReadOptions<T>, done: Transferred<T>): void;
  <T extends NodeJS.ArrayBufferView>(
    fd: number,
    buffer: T,
    offset: number,
    length: number,
    position: number | bigint | null,
    done: Transferred<T>,
  ): void;
}

interface Write {
  <T extends NodeJS.ArrayBufferView | string>(fd: number, data: T, done: Transferred<T>): void;
  <T extends NodeJS.ArrayBufferView>(
    fd: number,
    buffer: T,
    offset: number,
    length: number,
    position: number | null,
    done: Transferred<T>,
  ): void;
  (fd: number, text: string, position: number | null, encoding: BufferEncoding, done: Transferred<string>): void;
}

/** The part of `node:fs` with callbacks that a medium can be. Every function can be taken from the object. */
export interface NodeFsCallbacks extends Readonly<{ [K in Plain]: WithCallback<NodeFsPromises[K]> }> {
  readonly stat: Stat;
  readonly lstat: Stat;
  readonly realpath: RealPath & { readonly native: RealPath };
  readonly exists: (path: NodePath, done: (exists: boolean) => void) => void;
  readonly mkdtemp: (prefix: NodePath, done: NodeCallback<string>) => void;
  readonly readFile: ReadFile;
  readonly readdir: Readdir;
  readonly readlink: Readlink;
  /** Gives a number of this object's own: it says nothing to any other `fs`. */
  readonly open: Open;
  readonly close: (fd: number, done?: (error: Failure) => void) => void;
  readonly fstat: (fd: number, ...rest: [NodeCallback<NodeStats>] | [NodeStatOptions, NodeCallback<NodeStats>]) => void;
  readonly fsync: (fd: number, done: (error: Failure) => void) => void;
  readonly ftruncate: (fd: number, ...rest: [(error: Failure) => void] | [number, (error: Failure) => void]) => void;
  readonly read: Read;
  readonly write: Write;
}
