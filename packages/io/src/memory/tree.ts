import { ErrnoSignal } from '../errno.ts';
import type { Content, WatchEvent } from '../medium.ts';
import { joinPath, parentPath } from '../path.ts';
import { checkTarget } from '../resolve.ts';
import { EventHub } from './events.ts';
import { bytesWithin, DirInode, FileInode, type Inode, type InodeMeta, LinkInode, pathsBelow } from './inode.ts';
import { resolve, type Spot } from './resolve.ts';

/** The longest target of a link in bytes, as on Linux. */
const TARGET_MAX_BYTES = 4095;

export interface TreeOptions {
  /** Milliseconds since the epoch, for every time that the tree notes. */
  readonly now: () => number;
  /** How many bytes all files together may have. */
  readonly maxBytes: number;
}

/** How {@link Tree.write} replaces: as `DriverWrite` says it. */
export interface TreeWrite {
  readonly mode: number | undefined;
  readonly exclusive: boolean;
}

const REPLACE: TreeWrite = { mode: undefined, exclusive: false };

/** Directories, files and links under one root, with the answers and the refusals that Linux gives. */
export class Tree {
  readonly events: EventHub = new EventHub();
  readonly #options: TreeOptions;
  #root: DirInode;
  #usedBytes = 0;
  #lastInode = 0;

  constructor(options: TreeOptions) {
    this.#options = options;
    this.#root = new DirInode(this.#meta(0o755));
  }

  get root(): DirInode {
    return this.#root;
  }

  /** Becomes as `other` is and shares the contents of its files; what happens to one later, the other does not see. */
  copyFrom(other: Tree): void {
    this.#root = other.#root.clone();
    this.#usedBytes = other.#usedBytes;
    this.#lastInode = other.#lastInode;
  }

  /** What stands at a path. */
  get(path: string, follow: boolean): Inode {
    const { inode } = resolve(this.#root, path, follow);
    if (inode === undefined) throw ErrnoSignal.of('ENOENT');
    return inode;
  }

  file(path: string): FileInode {
    const inode = this.get(path, true);
    if (inode.kind !== 'file') throw ErrnoSignal.of('EISDIR');
    return inode;
  }

  directory(path: string): DirInode {
    const inode = this.get(path, true);
    if (inode.kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
    return inode;
  }

  /** Where {@link write} would put so many bytes; refuses as it would. */
  prepare(path: string, sizeBytes: number, { exclusive }: TreeWrite): Spot {
    const spot = resolve(this.#root, path, !exclusive);
    if (exclusive && spot.inode !== undefined) throw ErrnoSignal.of('EEXIST');
    if (spot.inode?.kind === 'dir') throw ErrnoSignal.of('EISDIR');
    this.#checkRoom(sizeBytes - (spot.inode?.size ?? 0));
    return spot;
  }

  /** Puts a new file, so that whoever has the old one open keeps it. Bytes belong to the tree from here on. */
  write(path: string, content: Content, options: TreeWrite = REPLACE): void {
    const file = new FileInode(this.#meta(options.mode ?? 0o644), content);
    const spot = this.prepare(path, file.size, options);
    const old = spot.inode;
    if (old !== undefined && options.mode === undefined) file.mode = old.mode;
    this.#usedBytes += file.size - (old?.size ?? 0);
    this.#put(spot, file, file.mtimeMs);
    this.#tell(old === undefined ? 'create' : 'change', spot);
  }

  append(path: string, bytes: Uint8Array): void {
    const spot = resolve(this.#root, path, true);
    const { inode } = spot;
    if (inode === undefined) {
      this.write(path, new Uint8Array(bytes));
      return;
    }
    if (inode.kind !== 'file') throw ErrnoSignal.of('EISDIR');
    this.#checkRoom(bytes.length);
    if (bytes.length === 0) return;
    inode.append(bytes);
    inode.mtimeMs = this.#options.now();
    this.#usedBytes += bytes.length;
    this.#tell('change', spot);
  }

  mkdir(path: string): void {
    this.#make(path, () => new DirInode(this.#meta(0o755)));
  }

  /** What climbs over the root as it is written is refused before anything else; what does over links, when followed. */
  symlink(target: string, path: string): void {
    if (Buffer.byteLength(target) > TARGET_MAX_BYTES) throw ErrnoSignal.of('ENAMETOOLONG');
    if (target.startsWith('/')) checkTarget(target.replace(/^\/+/u, ''), '');
    else checkTarget(target, parentPath(path));
    this.#make(path, () => new LinkInode(this.#meta(0o777), target));
  }

  /** Removes a file, a link or an empty directory. */
  remove(path: string): void {
    const spot = resolve(this.#root, path, false);
    if (spot.inode === undefined) throw ErrnoSignal.of('ENOENT');
    if (spot.inode.kind === 'dir' && spot.inode.entries.size > 0) throw ErrnoSignal.of('ENOTEMPTY');
    this.#take(spot, spot.inode);
  }

  /** Removes with everything below, if it is there. */
  removeAll(path: string): void {
    const spot = resolve(this.#root, path, false);
    if (spot.inode !== undefined) this.#take(spot, spot.inode);
  }

  /** As rename(2), with its order of refusals. */
  rename(from: string, to: string): void {
    const source = resolve(this.#root, from, false);
    const target = resolve(this.#root, to, false);
    if (source.inode === undefined) throw ErrnoSignal.of('ENOENT');
    if (source.inode === target.inode) return;
    checkRename(source.inode, source.parent, target);
    const old = target.inode;
    this.#take(source, source.inode);
    this.#usedBytes += bytesWithin(source.inode) - (old === undefined ? 0 : bytesWithin(old));
    this.#put(target, source.inode, this.#options.now());
    this.#tell(old === undefined ? 'create' : 'change', target);
    this.#tellBelow('create', target, source.inode);
  }

  /** On what the path leads to. */
  chmod(path: string, mode: number): void {
    const spot = resolve(this.#root, path, true);
    if (spot.inode === undefined || spot.inode.kind === 'symlink') throw ErrnoSignal.of('ENOENT');
    spot.inode.mode = mode;
    this.#tell('change', spot);
  }

  /** On what the path leads to. */
  utimes(path: string, mtimeMs: number): void {
    const spot = resolve(this.#root, path, true);
    if (spot.inode === undefined) throw ErrnoSignal.of('ENOENT');
    spot.inode.mtimeMs = mtimeMs;
    this.#tell('change', spot);
  }

  /** The path that leads through no link to what `path` leads to. */
  realPath(path: string): string {
    const { parent, name, inode } = resolve(this.#root, path, true);
    if (inode === undefined) throw ErrnoSignal.of('ENOENT');
    return joinPath(parent.path(), name);
  }

  #meta(mode: number): InodeMeta {
    this.#lastInode += 1;
    return { ino: this.#lastInode, mode, mtimeMs: this.#options.now() };
  }

  #checkRoom(addedBytes: number): void {
    const { maxBytes } = this.#options;
    if (addedBytes <= 0 || this.#usedBytes + addedBytes <= maxBytes) return;
    throw new ErrnoSignal('ENOSPC', { hint: `This medium may hold ${String(maxBytes)} bytes.` });
  }

  #make(path: string, create: () => Inode): void {
    const spot = resolve(this.#root, path, false);
    if (spot.inode !== undefined) throw ErrnoSignal.of('EEXIST');
    const inode = create();
    this.#put(spot, inode, inode.mtimeMs);
    this.#tell('create', spot);
  }

  #put({ parent, name }: Spot, inode: Inode, timeMs: number): void {
    parent.set(name, inode);
    parent.mtimeMs = timeMs;
  }

  #take(spot: Spot, inode: Inode): void {
    this.#tellBelow('delete', spot, inode);
    this.#tell('delete', spot);
    this.#usedBytes -= bytesWithin(inode);
    spot.parent.entries.delete(spot.name);
    spot.parent.mtimeMs = this.#options.now();
  }

  #tell(type: WatchEvent['type'], { parent, name }: Spot): void {
    if (this.events.isHeard) this.events.emit({ type, path: joinPath(parent.path(), name) });
  }

  /** Of everything below: a directory is created before what is in it and deleted after it. */
  #tellBelow(type: 'create' | 'delete', { parent, name }: Spot, inode: Inode): void {
    if (!this.events.isHeard || inode.kind !== 'dir') return;
    const at = joinPath(parent.path(), name);
    const below = [...pathsBelow(inode)];
    if (type === 'delete') below.reverse();
    for (const path of below) this.events.emit({ type, path: joinPath(at, path) });
  }
}

function checkRename(source: Inode, from: DirInode, target: Spot): void {
  const replaced = target.inode;
  if (target.parent.isWithin(source)) throw ErrnoSignal.of('EINVAL');
  if (replaced !== undefined && from.isWithin(replaced)) throw ErrnoSignal.of('ENOTEMPTY');
  if (replaced === undefined) return;
  if (source.kind === 'dir' && replaced.kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
  if (source.kind !== 'dir' && replaced.kind === 'dir') throw ErrnoSignal.of('EISDIR');
  if (replaced.kind === 'dir' && replaced.entries.size > 0) throw ErrnoSignal.of('ENOTEMPTY');
}
