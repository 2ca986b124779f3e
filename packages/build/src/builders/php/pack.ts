import { type CancelOptions, localMedium, pump } from '@core/io';

import { sourceDate } from '../../archive/reproducible.ts';
import { tar } from '../../archive/tar.ts';
import { pathBelow } from '../../paths.ts';
import { madeUpFile, type PackedFile } from '../kit/packed-tree.ts';
import { phar } from './phar.ts';
import { runningStub, withoutShebang } from './stub.ts';

/** What is packed, and where. */
export interface PhpPack extends CancelOptions {
  readonly files: readonly PackedFile[];
  /** The file of the program; without it there is nothing to run. */
  readonly entry: string | undefined;
  /** Folder for what is made. */
  readonly root: string;
}

/** Makes one file of a project that is ready to run; gives its path and what its name ends with. */
export async function packProject(pack: PhpPack): Promise<{ readonly file: string; readonly ending: string }> {
  const { entry, files, root, signal } = pack;
  const ending = entry === undefined ? '.tar' : '.phar';
  const file = pathBelow(root, `packed${ending}`);
  const mode = entry === undefined ? 0o644 : 0o755;
  const mtime = sourceDate();
  const bytes =
    entry === undefined
      ? tar(files, { mtime })
      : phar(await withProgram(files, entry, { signal }), { mtime, stub: runningStub(entry) });
  await pump(bytes, localMedium().writeStream(file, { mode, signal }));
  return { file, ending };
}

/** The files with the program as it can be included. */
async function withProgram(
  files: readonly PackedFile[],
  entry: string,
  { signal }: CancelOptions,
): Promise<PackedFile[]> {
  const program = files.find(({ name }) => name === entry);
  const text = program?.path === undefined ? '' : await localMedium().readBytes(program.path, { signal });
  const changed = madeUpFile(entry, withoutShebang(Buffer.from(text)), true);
  return files.map((file) => (file === program ? changed : file));
}
