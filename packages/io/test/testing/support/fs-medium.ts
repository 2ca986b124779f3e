import type { DefinedMedium, DriverStat, FileKind } from '@core/io';
import { defineMedium } from '@core/io';

interface StatsLike {
  readonly size: number | bigint;
  readonly mode: number | bigint;
  readonly mtimeMs: number | bigint;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** What a third party's medium over something like `fs.promises` needs of it. */
export interface FsLike {
  stat(path: string): Promise<StatsLike>;
  lstat(path: string): Promise<StatsLike>;
  readdir(path: string): Promise<unknown[]>;
  readFile(path: string): Promise<string | Uint8Array>;
  writeFile(path: string, bytes: Uint8Array, options: { flag: string; mode?: number }): Promise<void>;
  appendFile(path: string, bytes: Uint8Array): Promise<void>;
  mkdir(path: string): Promise<unknown>;
  rmdir(path: string): Promise<void>;
  rm(path: string, options: { recursive: boolean; force: boolean }): Promise<void>;
  unlink(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  utimes(path: string, atime: Date, mtime: Date): Promise<void>;
  readlink(path: string): Promise<unknown>;
  symlink(target: string, path: string): Promise<void>;
}

/** The medium that a third party would write first: each primitive is one call, and every promise is claimed. */
export function fsMedium(fs: FsLike, root: string): DefinedMedium {
  const at = (path: string): string => `${root}/${path}`;
  return defineMedium({
    capabilities: { mode: true, mtime: true, symlink: true },
    stat: async (path, follow) => toDriverStat(await (follow ? fs.stat(at(path)) : fs.lstat(at(path)))),
    list: async (path) => {
      const names = (await fs.readdir(at(path))).map(String);
      return Promise.all(names.map(async (name) => ({ name, kind: kindOf(await fs.lstat(`${at(path)}/${name}`)) })));
    },
    read: async (path) => Buffer.from(await fs.readFile(at(path))),
    write: (path, bytes, { mode, exclusive }) =>
      fs.writeFile(at(path), bytes, { flag: exclusive ? 'wx' : 'w', ...(mode !== undefined && { mode }) }),
    append: (path, bytes) => fs.appendFile(at(path), bytes),
    mkdir: async (path) => {
      await fs.mkdir(at(path));
    },
    remove: async (path) => {
      if ((await fs.lstat(at(path))).isDirectory()) await fs.rmdir(at(path));
      else await fs.unlink(at(path));
    },
    removeAll: (path) => fs.rm(at(path), { recursive: true, force: true }),
    rename: (from, to) => fs.rename(at(from), at(to)),
    chmod: (path, mode) => fs.chmod(at(path), mode),
    utimes: (path, atime, mtime) => fs.utimes(at(path), atime, mtime),
    readLink: async (path) => String(await fs.readlink(at(path))),
    symlink: (target, path) => fs.symlink(target, at(path)),
  });
}

function kindOf(stats: StatsLike): FileKind {
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isDirectory()) return 'dir';
  return stats.isFile() ? 'file' : 'other';
}

function toDriverStat(stats: StatsLike): DriverStat {
  const { size, mode, mtimeMs } = stats;
  return { kind: kindOf(stats), size: Number(size), mode: Number(mode) & 0o7777, mtimeMs: Number(mtimeMs) };
}
