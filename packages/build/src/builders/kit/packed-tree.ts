import { type CancelOptions, localMedium, type Medium } from '@core/io';

import type { FileEntry } from '../../archive/encoder.ts';
import { fileContent } from '../../archive/file-content.ts';
import { isExecutable } from '../../archive/reproducible.ts';
import { compareNames } from '../../order.ts';
import { pathBelow } from '../../paths.ts';
import { isWithin, realPathOf } from './copy-tree.ts';

/** A file that is packed; its content can be read more than once. */
export interface PackedFile extends FileEntry {
  /** Where it is on the disk; absent for one that was made up. */
  readonly path?: string;
}

export interface PackedTreeOptions extends CancelOptions {
  /** Whether a file is packed; its name is from the folder. */
  readonly keep: (name: string) => boolean;
  /** Whether to look into a folder at all; into all of them unless it is given. */
  readonly enter?: ((name: string) => boolean) | undefined;
}

/** The files below a folder of the disk, by name. Links inside it count as what they lead to, others not at all. */
export async function packedTree(dir: string, options: PackedTreeOptions): Promise<PackedFile[]> {
  const disk = localMedium();
  const top = (await disk.realPath(dir, { signal: options.signal })) ?? dir;
  const files: PackedFile[] = [];
  await collect({ disk, top, files, ...options }, '', [top]);
  return files.sort((a, b) => compareNames(a.name, b.name));
}

/** A file that exists only in what is packed. */
export function madeUpFile(name: string, content: string | Uint8Array, executable = false): PackedFile {
  const bytes = Buffer.from(content);
  const once = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  };
  return { kind: 'file', name, size: bytes.length, executable, content: once };
}

interface Collecting extends PackedTreeOptions {
  readonly disk: Medium;
  readonly top: string;
  readonly files: PackedFile[];
}

/** `branch` has the real folders that it came through: none is packed into itself. */
async function collect(work: Collecting, below: string, branch: readonly string[]): Promise<void> {
  const { disk, enter, files, keep, signal, top } = work;
  for (const entry of await disk.list(branch.at(-1) ?? top, { signal })) {
    const name = pathBelow(below, entry.name);
    const real = entry.kind === 'symlink' ? await realPathOf(disk, entry.path, { signal }) : entry.path;
    if (real === undefined || !isWithin(top, real)) continue;
    if (entry.kind === 'dir' || (entry.kind === 'symlink' && (await disk.isDir(real, { signal })))) {
      if (!branch.includes(real) && enter?.(name) !== false) await collect(work, name, [...branch, real]);
    } else if (keep(name) && (await disk.isFile(real, { signal })))
      files.push(await fileAt(disk, real, { name, signal }));
  }
}

async function fileAt(
  disk: Medium,
  path: string,
  { name, signal }: CancelOptions & { readonly name: string },
): Promise<PackedFile> {
  const { mode, size } = await disk.stat(path, { signal });
  const content = (): AsyncIterable<Uint8Array> => fileContent(disk, { path, size, op: 'build.package', signal });
  return { kind: 'file', name, path, size, executable: isExecutable(mode), content };
}
