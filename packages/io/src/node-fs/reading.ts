import { ErrnoSignal } from '../errno.ts';
import { joinPath } from '../path.ts';
import { CONSTANTS } from './constants.ts';
import { checkedEncoding, fromBytes, fromText, withEncoding } from './content.ts';
import { called, outOfRange } from './errors.ts';
import { parseFlags } from './flags.ts';
import { OpenFile } from './open-file.ts';
import { type Place, toPlace } from './place.ts';
import { type NodeBigIntStats, NodeDirent, NodeStats, toBigIntStats } from './stats.ts';
import type { NodeEncoding, NodePath, NodeReaddirOptions, NodeReadFileOptions, NodeStatOptions } from './types.ts';
import type { Volume } from './volume.ts';

export async function readFile(
  volume: Volume,
  path: NodePath,
  options?: NodeReadFileOptions | NodeEncoding,
): Promise<string | Buffer> {
  const { encoding, flag, signal } = withEncoding(options);
  const flags = parseFlags(flag, 'r');
  const place = toPlace(path);
  checkedEncoding(encoding);
  const open = { syscall: 'open', path: place.given, signal };
  const bytes =
    flags.write || flags.noFollow || flags.directory
      ? await readOpened(await called(open, () => OpenFile.open(volume, place, flags)))
      : await called(open, () => readWhole(volume, place, signal));
  return fromBytes(bytes, encoding);
}

async function readWhole(volume: Volume, place: Place, signal: AbortSignal | undefined): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const path = await volume.locate(place);
  try {
    return await volume.driver.read(path, signal);
  } catch (error) {
    // a directory can be opened, but not read
    if ((error as { code?: unknown }).code !== 'EISDIR') throw error;
    return called({ syscall: 'read' }, () => Promise.reject(ErrnoSignal.of('EISDIR')));
  }
}

async function readOpened(file: OpenFile): Promise<Buffer> {
  try {
    return await called({ syscall: 'read' }, () => file.rest());
  } finally {
    await file.close();
  }
}

export async function readdir(
  volume: Volume,
  path: NodePath,
  options?: NodeReaddirOptions | NodeEncoding,
): Promise<(string | Buffer | NodeDirent<string | Buffer>)[]> {
  const { encoding, withFileTypes = false, recursive = false } = withEncoding(options);
  checkedEncoding(encoding);
  const place = toPlace(path);
  return called({ syscall: 'scandir', path: place.given }, async () => {
    const found: (string | Buffer | NodeDirent<string | Buffer>)[] = [];
    for await (const { name, kind, below } of entries(volume, await volume.locate(place), recursive)) {
      const shown = fromText(withFileTypes ? name : joinPath(below, name), encoding);
      const parent = below === '' ? place.given : `${place.given.replace(/\/+$/, '')}/${below}`;
      found.push(withFileTypes ? new NodeDirent(shown, parent, { kind }) : shown);
    }
    return found;
  });
}

interface Entry {
  readonly name: string;
  readonly kind: NodeStatsKind;
  /** The directory that it stands in, from where the listing began. */
  readonly below: string;
}

type NodeStatsKind = 'file' | 'dir' | 'symlink' | 'other';

async function* entries(volume: Volume, path: string, recursive: boolean, below = ''): AsyncGenerator<Entry> {
  for (const { name, kind } of await volume.driver.list(joinPath(path, below))) {
    yield { name, kind, below };
    if (recursive && kind === 'dir') yield* entries(volume, path, true, joinPath(below, name));
  }
}

export async function stat(
  volume: Volume,
  path: NodePath,
  options?: NodeStatOptions | null,
): Promise<NodeStats | NodeBigIntStats> {
  return look(volume, 'stat', path, options);
}

export async function lstat(
  volume: Volume,
  path: NodePath,
  options?: NodeStatOptions | null,
): Promise<NodeStats | NodeBigIntStats> {
  return look(volume, 'lstat', path, options);
}

async function look(
  volume: Volume,
  syscall: 'lstat' | 'stat',
  path: NodePath,
  options: NodeStatOptions | null | undefined,
): Promise<NodeStats | NodeBigIntStats> {
  const place = toPlace(path);
  const found = await called({ syscall, path: place.given }, () => volume.stat(place, syscall === 'stat'));
  return options?.bigint === true ? toBigIntStats(found) : new NodeStats(found);
}

/** Judges by the permission bits of the owner; a superuser may read and write everything. */
export async function access(volume: Volume, path: NodePath, mode: number = CONSTANTS.F_OK): Promise<void> {
  if (!Number.isInteger(mode) || mode < 0 || mode > 7) throw outOfRange('mode', '>= 0 && <= 7', mode);
  const place = toPlace(path);
  await called({ syscall: 'access', path: place.given }, async () => {
    const found = await volume.stat(place, true);
    if ((mode & CONSTANTS.W_OK) !== 0) volume.assertWritable();
    if ((mode & ~allowed(found.mode, found.kind === 'dir')) !== 0) throw ErrnoSignal.of('EACCES');
  });
}

function allowed(bits: number, isDirectory: boolean): number {
  if (process.getuid?.() !== 0) return (bits >> 6) & 7;
  const { R_OK, W_OK, X_OK } = CONSTANTS;
  return R_OK | W_OK | (isDirectory || (bits & 0o111) !== 0 ? X_OK : 0);
}

export async function readlink(
  volume: Volume,
  path: NodePath,
  options?: { readonly encoding?: NodeEncoding } | NodeEncoding,
): Promise<string | Buffer> {
  const place = toPlace(path);
  const target = await called({ syscall: 'readlink', path: place.given }, async () => {
    const at = await volume.locate(place);
    if (place.slash || volume.driver.readLink === undefined) {
      await volume.driver.stat(at, true); // it must exist, but no link can be here
      throw ErrnoSignal.of('EINVAL');
    }
    return volume.driver.readLink(at);
  });
  return fromText(target, withEncoding(options).encoding);
}

export async function realpath(
  volume: Volume,
  path: NodePath,
  options?: { readonly encoding?: NodeEncoding } | NodeEncoding,
): Promise<string | Buffer> {
  const place = toPlace(path);
  const real = await called({ syscall: 'realpath', path: place.given }, async () =>
    volume.realPath(await volume.locate(place)),
  );
  return fromText(real, withEncoding(options).encoding);
}
