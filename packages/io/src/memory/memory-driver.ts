import type { DriverHandle, DriverSink, DriverStat, DriverWrite, MediumDriver } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import type { WatchEvent } from '../medium.ts';
import { isWithin, joinPath } from '../path.ts';
import { type FileInode, statOf } from './inode.ts';
import type { Tree } from './tree.ts';

/** The primitives of a medium, all of them, over a tree in memory. */
export function memoryDriver(tree: Tree): MediumDriver {
  return {
    capabilities: { mode: true, mtime: true, symlink: true, watch: true, sandbox: 'isolated' },
    stat: (path, follow) => statOf(tree.get(path, follow)),
    list: (path) => Array.from(tree.directory(path).entries, ([name, { kind }]) => ({ name, kind })),
    read: (path, _signal, borrow) => (borrow === true ? tree.file(path).bytes : new Uint8Array(tree.file(path).bytes)),
    write(path, bytes, options) {
      tree.write(path, options.owned === true ? bytes : new Uint8Array(bytes), options);
    },
    append(path, bytes) {
      tree.append(path, bytes);
    },
    mkdir(path) {
      tree.mkdir(path);
    },
    remove(path) {
      tree.remove(path);
    },
    removeAll(path) {
      tree.removeAll(path);
    },
    rename(from, to) {
      tree.rename(from, to);
    },
    open: (path) => new FileHandle(tree.file(path)),
    create: (path, options) => new TreeSink(tree, path, options),
    chmod(path, mode) {
      tree.chmod(path, mode);
    },
    utimes(path, _atime, mtime) {
      tree.utimes(path, mtime.getTime());
    },
    readLink(path) {
      const inode = tree.get(path, false);
      if (inode.kind !== 'symlink') throw ErrnoSignal.of('EINVAL');
      return inode.target;
    },
    symlink(target, path) {
      tree.symlink(target, path);
    },
    watch: (path, signal) => watch(tree, path, signal),
  };
}

/** Holds the file, not its name: what the name is given later is another file. */
class FileHandle implements DriverHandle {
  readonly initialSize: number;
  readonly #file: FileInode;

  constructor(file: FileInode) {
    this.initialSize = file.bytes.length;
    this.#file = file;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): number {
    const part = this.#file.bytes.subarray(position, position + length);
    buffer.set(part, offset);
    return part.length;
  }

  stat(): DriverStat {
    return statOf(this.#file);
  }

  close(): void {
    // nothing is open
  }
}

/** Collects parts and puts them as one file; refuses as soon as it can be known that they never will be. */
class TreeSink implements DriverSink {
  readonly #tree: Tree;
  readonly #path: string;
  readonly #options: DriverWrite;
  #parts: Uint8Array[] = [];
  #sizeBytes = 0;

  constructor(tree: Tree, path: string, options: DriverWrite) {
    tree.prepare(path, 0, options);
    this.#tree = tree;
    this.#path = path;
    this.#options = options;
  }

  write(bytes: Uint8Array): void {
    this.#tree.prepare(this.#path, this.#sizeBytes + bytes.length, this.#options);
    this.#parts.push(new Uint8Array(bytes));
    this.#sizeBytes += bytes.length;
  }

  commit(): void {
    const content = new Uint8Array(this.#sizeBytes);
    let at = 0;
    for (const part of this.#parts) {
      content.set(part, at);
      at += part.length;
    }
    this.#tree.write(this.#path, content, this.#options);
  }

  abort(): void {
    this.#parts = [];
  }
}

/** Events are spelled as the watched path was, wherever links on it lead. */
async function* watch(tree: Tree, path: string, signal: AbortSignal | undefined): AsyncGenerator<WatchEvent> {
  const real = tree.realPath(path);
  for await (const event of tree.events.listen(signal)) {
    if (!isWithin(real, event.path)) continue;
    const below = event.path.slice(real.length).replace(/^\//u, '');
    yield { type: event.type, path: joinPath(path, below) };
  }
}
