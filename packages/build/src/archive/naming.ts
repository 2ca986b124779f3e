import type { Artifact } from '../artifact.ts';
import { folderOf, nameOf, pathBelow } from '../paths.ts';

/** What the files of a program end in on Windows only, and what therefore says nothing beside `windows`. */
const WINDOWS_ENDING = /\.(?:exe|cmd|js)$/i;

/** Where an artifact lies. */
interface Place {
  /** The folder that holds that of its target; its own where it is in no folder of its target. */
  readonly root: string;
  /** Its path from the folder of its target; else its own name. */
  readonly name: string;
}

/** What an artifact is called inside its archive: its path from the folder of its target, its own name elsewhere. */
export function entryName(artifact: Artifact): string {
  return placeOf(artifact).name;
}

/**
 * Where the archive of an artifact belongs: `dist/linux_amd64/app` → `dist/app_linux_amd64` and the extension. An
 * artifact that is in no folder of its target gets its archive beside it.
 *
 * @throws `RangeError` where `name` is not the name of a file.
 */
export function archivePath(artifact: Artifact, extension: string, name: string = archiveName(artifact)): string {
  if (!/^[^/\0]+$/.test(name) || name === '.' || name === '..') {
    throw new RangeError(`The name of an archive must be that of a file, not ${JSON.stringify(name)}`);
  }
  return pathBelow(placeOf(artifact).root, `${name}${extension}`);
}

function archiveName(artifact: Artifact): string {
  const { os, arch } = artifact;
  return `${programName(artifact)}_${os}_${arch}`;
}

function programName({ path, os }: Artifact): string {
  const name = nameOf(path);
  const stem = os === 'windows' ? name.replace(WINDOWS_ENDING, '') : name.replace(/\.(?:exe|app)$/i, '');
  return stem === '' ? name : stem;
}

function placeOf({ path, os, arch }: Artifact): Place {
  const target = `${os}_${arch}`;
  let name = nameOf(path);
  for (let dir = folderOf(path); nameOf(dir) !== ''; dir = folderOf(dir)) {
    if (nameOf(dir) === target) return { root: folderOf(dir), name };
    name = `${nameOf(dir)}/${name}`;
  }
  return { root: folderOf(path), name: nameOf(path) };
}
