import { basename, dirname, join } from 'node:path';

import { type CancelOptions, copy, localMedium } from '@core/io';

import { folderOf, nameOf, pathBelow } from '../../paths.ts';
import { isBundle } from '../kit/made-files.ts';
import type { CMakeTarget } from './file-api.ts';
import type { Products } from './products.ts';

/** Where products go. */
export interface PuttingOptions extends CancelOptions {
  /** Folder on the disk. */
  readonly outDir: string;
  /** What the main program is called there. */
  readonly program: string;
}

/** What only linkers read. */
const FOR_LINKERS = /\.(?:a|lib|exp|pdb)$/i;

const disk = localMedium();

/** Copies programs and libraries out of a build, all beside each other. */
export async function putFiles({ libraries, main, programs }: Products, options: PuttingOptions): Promise<void> {
  for (const program of programs) {
    const name = program === main ? options.program : program.fileName;
    await putProgram(program, { ...options, program: name });
  }
  for (const library of libraries) {
    for (const file of await libraryFiles(library, { ...options, forPrograms: programs.length > 0 })) {
      await put(file, basename(file), options);
    }
  }
}

/** A target that is built only when it is asked for has no file; a macOS bundle is the folder around it. */
async function putProgram({ fileName, files }: CMakeTarget, options: PuttingOptions): Promise<void> {
  const file = files.find((path) => basename(path) === fileName);
  if (file === undefined || !(await disk.isFile(file, options))) return;
  const bundle = /^.*?\.app(?=\/)/.exec(file)?.[0];
  if (bundle === undefined) await put(file, options.program, options);
  else await put(bundle, basename(bundle), options);
}

/**
 * The files of a library. One with versions has several names, which are links: a program looks for those that are
 * neither the file itself nor the one that linkers look for.
 */
async function libraryFiles(
  { files }: CMakeTarget,
  { forPrograms, signal }: CancelOptions & { readonly forPrograms: boolean },
): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    if ((forPrograms && FOR_LINKERS.test(file)) || !(await disk.isFile(file, { signal }))) continue;
    const real = await disk.realPath(file, { signal });
    const names: string[] = [];
    for (const { kind, path } of await disk.list(dirname(file), { signal })) {
      if (kind === 'symlink' && path !== file && (await disk.realPath(path, { signal })) === real) names.push(path);
    }
    const needed = names.length === 0 ? [real ?? file] : names;
    found.push(...(forPrograms ? needed : new Set([file, ...names, real ?? file])));
  }
  return found;
}

/** Copies what was installed; what is in the folder of the programs comes to the top. */
export async function putTree(tree: string, { main, programs }: Products, options: PuttingOptions): Promise<void> {
  const { signal } = options;
  const files: string[] = [];
  for await (const { kind, path } of disk.walk(tree, { signal })) {
    if (kind !== 'dir' && (await disk.isFile(path, { signal }))) files.push(path.slice(tree.length + 1));
  }
  const folders = new Set(
    programs.flatMap(({ fileName }) => files.filter((file) => nameOf(file) === fileName)).map(folderOf),
  );
  for (const file of files) {
    const onTop = folders.has(folderOf(file)) && !file.split('/').some(isBundle);
    const name = onTop ? nameOf(file) : file;
    await put(pathBelow(tree, file), name === main?.fileName ? options.program : name, options);
  }
}

async function put(from: string, name: string, { outDir, signal }: PuttingOptions): Promise<void> {
  await copy(disk, from, disk, join(outDir, name), { signal });
}
