import type { FileInfo } from './medium.ts';

const INODES = new WeakMap<FileInfo, number>();

/** Remembers the file behind a path beside its {@link FileInfo}, which does not show it. */
export function rememberInode(info: FileInfo, ino: number): void {
  INODES.set(info, ino);
}

/** A number that changes when a path is given another file; `undefined` where the medium knows none. */
export function inodeOf(info: FileInfo): number | undefined {
  return INODES.get(info);
}
