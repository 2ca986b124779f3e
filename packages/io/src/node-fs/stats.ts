import type { DriverStat } from '../driver.ts';
import type { DirEntry, FileKind } from '../medium.ts';
import { CONSTANTS } from './constants.ts';

const TYPE_BITS: Record<FileKind, number> = {
  file: CONSTANTS.S_IFREG,
  dir: CONSTANTS.S_IFDIR,
  symlink: CONSTANTS.S_IFLNK,
  other: 0o010000, // a fifo stands for all that is neither
};

const BLOCK_BYTES = 4096;
const SECTOR_BYTES = 512;

/** The questions that Node's `Stats` and `Dirent` answer. */
class Kinded {
  readonly #kind: FileKind;

  constructor(kind: FileKind) {
    this.#kind = kind;
  }

  isFile(): boolean {
    return this.#kind === 'file';
  }

  isDirectory(): boolean {
    return this.#kind === 'dir';
  }

  isSymbolicLink(): boolean {
    return this.#kind === 'symlink';
  }

  isFIFO(): boolean {
    return this.#kind === 'other';
  }

  isBlockDevice(): boolean {
    return false;
  }

  isCharacterDevice(): boolean {
    return false;
  }

  isSocket(): boolean {
    return false;
  }
}

/**
 * What Node's `Stats` tells. Of the four times a medium knows one: all are its `mtime`. The owner is that of the process,
 * `ino` 0 where the medium knows no number, `nlink` always 1.
 */
export class NodeStats extends Kinded {
  readonly dev: number = 0;
  readonly mode: number;
  readonly nlink: number = 1;
  readonly uid: number = process.getuid?.() ?? 0;
  readonly gid: number = process.getgid?.() ?? 0;
  readonly rdev: number = 0;
  readonly blksize: number = BLOCK_BYTES;
  readonly ino: number;
  readonly size: number;
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;
  readonly atime: Date;
  readonly mtime: Date;
  readonly ctime: Date;
  readonly birthtime: Date;

  constructor({ kind, mode, size, mtimeMs, ino = 0 }: DriverStat) {
    super(kind);
    this.mode = mode | TYPE_BITS[kind];
    this.ino = ino;
    this.size = size;
    this.blocks = Math.ceil(size / SECTOR_BYTES);
    this.atimeMs = this.mtimeMs = this.ctimeMs = this.birthtimeMs = mtimeMs;
    this.atime = new Date(mtimeMs);
    this.mtime = new Date(mtimeMs);
    this.ctime = new Date(mtimeMs);
    this.birthtime = new Date(mtimeMs);
  }
}

const WHOLE = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks'] as const;
const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'] as const;

/** The same with `{ bigint: true }`: whole numbers as bigints, times also in nanoseconds. */
export type NodeBigIntStats = Kinded &
  Readonly<
    Record<(typeof WHOLE)[number] | `${(typeof TIMES)[number]}${'Ms' | 'Ns'}`, bigint> &
      Record<(typeof TIMES)[number], Date>
  >;

export function toBigIntStats(stat: DriverStat): NodeBigIntStats {
  const stats = new NodeStats(stat);
  const nanoseconds = BigInt(Math.round(stats.mtimeMs * 1e3)) * 1_000n;
  const fields = new Map<string, bigint | Date>(WHOLE.map((name) => [name, BigInt(stats[name])]));
  for (const name of TIMES) {
    fields.set(`${name}Ms`, nanoseconds / 1_000_000n);
    fields.set(`${name}Ns`, nanoseconds);
    fields.set(name, stats[name]);
  }
  return Object.assign(new Kinded(stat.kind), Object.fromEntries(fields)) as unknown as NodeBigIntStats;
}

/** One entry of a directory as `readdir` with `withFileTypes` gives it. */
export class NodeDirent<Name extends string | Buffer = string> extends Kinded {
  readonly name: Name;
  /** The directory as the caller wrote it. */
  readonly parentPath: string;
  /** The same as `parentPath`, as in Node. */
  readonly path: string;

  constructor(name: Name, parentPath: string, { kind }: Pick<DirEntry, 'kind'>) {
    super(kind);
    this.name = name;
    this.parentPath = parentPath;
    this.path = parentPath;
  }
}
