import { CONSTANTS } from './constants.ts';
import type { Descriptors } from './descriptors.ts';
import { mkdir, mkdtemp, rename, rm, rmdir, unlink } from './directories.ts';
import { NodeFileHandle } from './file-handle.ts';
import { access, lstat, readdir, readFile, readlink, realpath, stat } from './reading.ts';
import type {
  NodeContent,
  NodeEncoding,
  NodeFlags,
  NodeFsPromises,
  NodeMode,
  NodePath,
  NodeReadFileOptions,
  NodeWriteFileOptions,
} from './types.ts';
import type { Volume } from './volume.ts';
import { appendFile, chmod, copyFile, symlink, truncate, utimes, writeFile } from './writing.ts';

type FileOrPath = NodeFileHandle | NodePath;

/** Everything of `fs.promises` that a medium can be. */
export function toPromises(volume: Volume, descriptors: Descriptors): NodeFsPromises {
  const promises = {
    constants: CONSTANTS,
    access: access.bind(null, volume),
    appendFile: async (file: FileOrPath, data: NodeContent, options?: NodeWriteFileOptions | NodeEncoding) =>
      file instanceof NodeFileHandle ? file.appendFile(data, options) : appendFile(volume, file, data, options),
    chmod: chmod.bind(null, volume),
    copyFile: copyFile.bind(null, volume),
    lstat: lstat.bind(null, volume),
    mkdir: mkdir.bind(null, volume),
    mkdtemp: mkdtemp.bind(null, volume),
    open: (path: NodePath, flags?: NodeFlags, mode?: NodeMode) => descriptors.open(path, flags, mode),
    readFile: async (file: FileOrPath, options?: NodeReadFileOptions | NodeEncoding) =>
      file instanceof NodeFileHandle ? file.readFile(options) : readFile(volume, file, options),
    readdir: readdir.bind(null, volume),
    readlink: readlink.bind(null, volume),
    realpath: realpath.bind(null, volume),
    rename: rename.bind(null, volume),
    rm: rm.bind(null, volume),
    rmdir: rmdir.bind(null, volume),
    stat: stat.bind(null, volume),
    symlink: symlink.bind(null, volume),
    truncate: truncate.bind(null, volume),
    unlink: unlink.bind(null, volume),
    utimes: utimes.bind(null, volume),
    writeFile: async (file: FileOrPath, data: NodeContent, options?: NodeWriteFileOptions | NodeEncoding) =>
      file instanceof NodeFileHandle ? file.writeFile(data, options) : writeFile(volume, file, data, options),
  } satisfies Record<keyof NodeFsPromises, unknown>;
  // the overloads tell what each form gives; one function cannot
  return promises as unknown as NodeFsPromises;
}
