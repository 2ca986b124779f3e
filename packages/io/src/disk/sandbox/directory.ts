/** A name as the disk has it: bytes where they are no UTF-8. */
export type Name = string | Buffer;

/** A directory to step down from. */
export interface Directory {
  /** What to put before a slash and a name. */
  readonly path: string;
  /** The directory of that name in this one; `ENOTDIR` for a link or anything else. */
  enter(name: Name): Directory;
  /** Whether it was deleted: nothing can be found or made in it any more. */
  isGone(): boolean;
  /** The second call does nothing. */
  close(): void;
}

/** The path of a name in a directory, as `node:fs` takes it. */
export function below(directory: string, name: Name): Name {
  return typeof name === 'string' ? `${directory}/${name}` : Buffer.concat([Buffer.from(`${directory}/`), name]);
}
