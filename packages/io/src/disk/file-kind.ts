import type { Dirent, Stats } from 'node:fs';

import type { DriverStat } from '../driver.ts';
import type { FileKind } from '../medium.ts';

/** What stands under a name: `other` is also what a file system does not tell in a list. */
export function kindOf(entry: Dirent | Stats): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'dir';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

export function driverStat(stats: Stats): DriverStat {
  const { size, mode, mtimeMs, ino } = stats;
  return { kind: kindOf(stats), size, mode: mode & 0o7777, mtimeMs, ino };
}
