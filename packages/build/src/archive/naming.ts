import type { Artifact } from '../artifact.ts';
import { folderOf, nameOf, pathBelow } from '../paths.ts';

/** What the files of a program end in on Windows only, and what therefore says nothing beside `windows`. */
const WINDOWS_ENDING = /\.(?:exe|cmd|js)$/i;

/** What an artifact is called inside its archive: its own name, ending included. */
export function entryName(artifact: Artifact): string {
  return nameOf(artifact.path);
}

/**
 * Where the archive of an artifact belongs: `dist/linux_amd64/app` → `dist/app_linux_amd64` and the extension. An
 * artifact in any other folder gets its archive beside it.
 *
 * @throws `RangeError` where `name` is not the name of a file.
 */
export function archivePath(artifact: Artifact, extension: string, name: string = archiveName(artifact)): string {
  if (!/^[^/\0]+$/.test(name) || name === '.' || name === '..') {
    throw new RangeError(`The name of an archive must be that of a file, not ${JSON.stringify(name)}`);
  }
  return pathBelow(archiveFolder(artifact), `${name}${extension}`);
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

function archiveFolder({ path, os, arch }: Artifact): string {
  const folder = folderOf(path);
  return nameOf(folder) === `${os}_${arch}` ? folderOf(folder) : folder;
}
