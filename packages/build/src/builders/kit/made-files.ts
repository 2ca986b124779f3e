import { type CancelOptions, copy, type DirEntry, localMedium, type Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { compareNames } from '../../order.ts';
import { nameOf, pathBelow } from '../../paths.ts';
import type { MadeFile } from './command-targets.ts';

/** What macOS leaves in folders for itself. */
const LITTER = /^(?:\._.*|\.DS_Store)$/;

/** How {@link madeFilesIn} looks. */
export interface MadeFilesOptions extends CancelOptions {
  /** Names of the program, which becomes the first of the release: `hello`, `hello.exe`. */
  readonly programs: readonly string[];
}

/**
 * All that is in a folder of the disk for what was made: macOS bundles first, then the program, then what is beside it,
 * then what is in folders. A link becomes a file of its own, since not every archive can hold one. Where all is in
 * folders, the program is also put on top, where releases have it.
 *
 * @throws `ERR_BUILD_ARTIFACT_NOT_FILE` for a link to a folder or to nothing, a device, a pipe or a socket;
 * `ERR_BUILD_OUTPUT_MISSING` where all is in folders, and no program is among it.
 */
export async function madeFilesIn(folder: string, options: MadeFilesOptions): Promise<MadeFile[]> {
  const disk = localMedium();
  const names: string[] = [];
  for await (const name of namesBelow(disk, folder, options)) names.push(name);
  if (names.length > 0 && names.every((name) => name.includes('/'))) names.push(await lift(folder, names, options));
  const rank = (name: string): number =>
    [isBundle(name), options.programs.includes(name), !name.includes('/'), true].indexOf(true);
  return names
    .sort((a, b) => rank(a) - rank(b) || compareNames(a, b))
    .map((name) => ({ name, kind: isBundle(name) ? 'bundle' : 'binary' }));
}

/** Whether a name is that of a macOS bundle. */
export function isBundle(name: string): boolean {
  return name.endsWith('.app');
}

/** Puts the program on top; what may look for things around it finds it in its own place, too. */
async function lift(folder: string, names: readonly string[], { programs, signal }: MadeFilesOptions): Promise<string> {
  const program = names.find((name) => programs.includes(nameOf(name)));
  if (program === undefined) {
    throw new BuildError(`Cannot release ${JSON.stringify(folder)}: nothing is directly in it`, {
      code: 'ERR_BUILD_OUTPUT_MISSING',
      op: 'build.collect',
      path: folder,
      hint: `Let the build put ${programs[0] ?? 'the program'} there; beside it there may be folders.`,
    });
  }
  const disk = localMedium();
  await copy(disk, pathBelow(folder, program), disk, pathBelow(folder, nameOf(program)), { signal });
  return nameOf(program);
}

async function* namesBelow(disk: Medium, folder: string, { signal }: CancelOptions): AsyncGenerator<string> {
  for (const entry of await disk.list(folder, { signal })) {
    if (LITTER.test(entry.name)) continue;
    if (entry.kind === 'dir' && !isBundle(entry.name)) {
      for await (const below of namesBelow(disk, entry.path, { signal })) yield pathBelow(entry.name, below);
      continue;
    }
    if (entry.kind === 'symlink') await unlink(disk, entry, { signal });
    else if (entry.kind === 'other') throw noFile(entry.path, 'it is not a regular file');
    yield entry.name;
  }
}

/** Puts what a link leads to in its place. */
async function unlink(disk: Medium, { path }: DirEntry, { signal }: CancelOptions): Promise<void> {
  if (!(await disk.isFile(path, { signal }))) throw noFile(path, 'it is a link that does not lead to a file');
  const content = `${path}.linked`;
  await copy(disk, path, disk, content, { signal });
  await disk.delete(path, { signal });
  await disk.rename(content, path, { signal });
}

function noFile(path: string, why: string): BuildError {
  return new BuildError(`Cannot release ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_BUILD_ARTIFACT_NOT_FILE',
    op: 'build.collect',
    path,
    hint: 'Let the build put files there, and nothing else.',
  });
}
