import type { FileInfo } from './medium.ts';

/** Constructs the object it is given, so that a subclass can put a private field on it: a cheap `WeakMap`. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- constructing is all it is for
class Itself {
  constructor(object: object) {
    return object;
  }
}

class Marked extends Itself {
  readonly #ino: number;

  constructor(info: FileInfo, ino: number) {
    super(info);
    this.#ino = ino;
  }

  static inodeOf(info: object): number | undefined {
    return #ino in info ? info.#ino : undefined;
  }
}

/** Remembers the file behind a path with its {@link FileInfo}, which stays plain data and does not show it. */
export function rememberInode(info: FileInfo, ino: number): void {
  new Marked(info, ino);
}

/** A number that changes when a path is given another file; `undefined` where the medium knows none. */
export function inodeOf(info: FileInfo): number | undefined {
  return Marked.inodeOf(info);
}
