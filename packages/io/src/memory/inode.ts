import type { DriverStat } from '../driver.ts';
import type { Content } from '../medium.ts';
import { joinPath } from '../path.ts';

/** What every inode has: a number that no other one of its tree ever has, permission bits, a time. */
export interface InodeMeta {
  readonly ino: number;
  readonly mode: number;
  readonly mtimeMs: number;
}

/**
 * A file. Its content is never changed in place: what was handed out stays what it was, so that trees can share it.
 * Appending only writes behind it, into room that no other file has.
 *
 * Text stays the string that it was given until somebody asks for bytes.
 */
export class FileInode {
  readonly kind = 'file';
  readonly ino: number;
  mode: number;
  mtimeMs: number;
  #content: Content;
  #size: number;
  #room: Uint8Array | undefined;

  /** Bytes belong to the inode from here on. */
  constructor(meta: InodeMeta, content: Content, size: number = sizeOf(content)) {
    this.ino = meta.ino;
    this.mode = meta.mode;
    this.mtimeMs = meta.mtimeMs;
    this.#content = content;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  /** The content as text, where it is at hand. */
  get text(): string | undefined {
    return typeof this.#content === 'string' ? this.#content : undefined;
  }

  get bytes(): Uint8Array {
    if (typeof this.#content === 'string') this.#content = Buffer.from(this.#content);
    return this.#content;
  }

  append(added: Uint8Array): void {
    const old = this.bytes;
    const size = this.#size + added.length;
    if (this.#room === undefined || this.#room.length < size) {
      this.#room = new Uint8Array(Math.max(size, Math.ceil(this.#size * 1.5)));
      this.#room.set(old);
    }
    this.#room.set(added, this.#size);
    this.#content = this.#room.subarray(0, size);
    this.#size = size;
  }

  clone(): FileInode {
    return new FileInode(this, this.#content, this.#size);
  }
}

function sizeOf(content: Content): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

/** A symbolic link. */
export class LinkInode {
  readonly kind = 'symlink';
  readonly ino: number;
  readonly mode: number = 0o777;
  mtimeMs: number;
  readonly target: string;

  constructor(meta: Omit<InodeMeta, 'mode'>, target: string) {
    this.ino = meta.ino;
    this.mtimeMs = meta.mtimeMs;
    this.target = target;
  }

  get size(): number {
    return Buffer.byteLength(this.target);
  }

  clone(): LinkInode {
    return new LinkInode(this, this.target);
  }
}

/** A directory. It knows where it stands, so that `..` and "is this inside that" are a climb. */
export class DirInode {
  readonly kind = 'dir';
  readonly ino: number;
  mode: number;
  mtimeMs: number;
  readonly size: number = 0;
  readonly entries: Map<string, Inode> = new Map<string, Inode>();
  /** `undefined` for the root. */
  parent: DirInode | undefined;
  name = '';

  constructor(meta: InodeMeta) {
    this.ino = meta.ino;
    this.mode = meta.mode;
    this.mtimeMs = meta.mtimeMs;
  }

  set(name: string, inode: Inode): void {
    this.entries.set(name, inode);
    if (inode.kind !== 'dir') return;
    inode.parent = this;
    inode.name = name;
  }

  /** Whether this is `inode` or stands somewhere below it. */
  isWithin(inode: Inode): boolean {
    return this === inode || (this.parent?.isWithin(inode) ?? false);
  }

  /** Where it stands: its normalized path. */
  path(): string {
    return this.parent === undefined ? '' : joinPath(this.parent.path(), this.name);
  }

  clone(): DirInode {
    const copy = new DirInode(this);
    for (const [name, inode] of this.entries) copy.set(name, inode.clone());
    return copy;
  }
}

export type Inode = FileInode | LinkInode | DirInode;

/** What a primitive tells of an inode. */
export function statOf(inode: Inode): DriverStat {
  return { kind: inode.kind, size: inode.size, mode: inode.mode, mtimeMs: inode.mtimeMs, ino: inode.ino };
}

/** The bytes of all files of an inode and below it. */
export function bytesWithin(inode: Inode): number {
  if (inode.kind !== 'dir') return inode.kind === 'file' ? inode.size : 0;
  let sum = 0;
  for (const below of inode.entries.values()) sum += bytesWithin(below);
  return sum;
}

/** The paths of everything below a directory, as seen from it, each directory before its content. */
export function* pathsBelow(directory: DirInode): Generator<string> {
  for (const [name, inode] of directory.entries) {
    yield name;
    if (inode.kind !== 'dir') continue;
    for (const path of pathsBelow(inode)) yield joinPath(name, path);
  }
}
