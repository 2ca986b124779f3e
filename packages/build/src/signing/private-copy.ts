import { randomUUID } from 'node:crypto';

import { type CancelOptions, copy, localMedium, type Medium } from '@core/io';

import { withPrivateFolder } from '../builders/kit/private-folder.ts';
import { nameOf, pathBelow } from '../paths.ts';
import { cannotSign, type Reason } from './failure.ts';

/** A folder on the disk that only this user can enter, for as long as something is worked on. */
export interface PrivateFolder {
  readonly disk: Medium;
  readonly path: string;
}

/** Does work that needs a folder of its own, which is removed afterwards, however the work ends. */
export function inPrivateFolder<T>(work: (folder: PrivateFolder) => Promise<T>): Promise<T> {
  return withPrivateFolder((path) => work({ disk: localMedium(), path }));
}

const MADE_NOTHING: Reason = {
  code: 'ERR_BUILD_SIGN_FAILED',
  why: 'the tool says that it has signed, and has made nothing',
  hint: 'See that the right tool is on the PATH.',
};

/** Works on a copy of a file or bundle: `name` in `folder`. It says where what it has made is, or that it changed nothing. */
export type Change = (folder: PrivateFolder, name: string) => Promise<string | undefined>;

/**
 * Changes a file, or a bundle, of a medium by tools that need it on a disk. The tools work on a private copy: until they
 * are done, and where they fail or this process dies, the original is as it was. A file is replaced atomically and keeps
 * its mode; a bundle by two renames.
 */
export async function changeInPlace(
  medium: Medium,
  path: string,
  change: Change,
  { signal }: CancelOptions,
): Promise<void> {
  await inPrivateFolder(async (folder) => {
    const { kind, mode } = await medium.stat(path, { signal });
    const name = nameOf(path);
    await copy(medium, path, folder.disk, pathBelow(folder.path, name), { signal });
    const made = await change(folder, name);
    if (made === undefined) return;
    if (!(await folder.disk.exists(made))) throw cannotSign({ path }, MADE_NOTHING);
    if (kind === 'dir') return replaceTree({ ...folder, path: made }, medium, path, { signal });
    if (medium.capabilities.mode) await folder.disk.chmod(made, mode);
    return copy(folder.disk, made, medium, path, { signal });
  });
}

async function replaceTree(
  made: PrivateFolder,
  medium: Medium,
  path: string,
  { signal }: CancelOptions,
): Promise<void> {
  const next = `${path}.next-${randomUUID()}`;
  const before = `${path}.before-${randomUUID()}`;
  try {
    await copy(made.disk, made.path, medium, next, { signal });
    await medium.rename(path, before);
    await medium.rename(next, path).catch(async (error: unknown) => {
      await medium.rename(before, path);
      throw error;
    });
  } finally {
    await medium.deleteAll(next);
  }
  await medium.deleteAll(before);
}

/** A file of a medium where a tool can read it: at its place where that is on a disk, else as a copy in the folder. */
export async function readable(
  medium: Medium,
  path: string,
  { folder, signal }: CancelOptions & { readonly folder: PrivateFolder },
): Promise<string> {
  const real = await medium.realPath(path, { signal });
  if (real !== undefined) return real;
  const place = pathBelow(folder.path, nameOf(path));
  await copy(medium, path, folder.disk, place, { signal });
  return place;
}
