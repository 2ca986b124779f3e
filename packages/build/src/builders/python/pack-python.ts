import { type CancelOptions, localMedium, pump } from '@core/io';

import { defaultWorkers, sourceDate } from '../../archive/reproducible.ts';
import { zipEncoder } from '../../archive/zip.ts';
import { compareNames } from '../../order.ts';
import { madeUpFile, type PackedFile, packedTree } from '../kit/packed-tree.ts';
import type { Wheel } from './wheel.ts';

/** Strong enough for text, and quick. */
const LEVEL = 6;

const SHEBANG = Buffer.from('#!/usr/bin/env python3\n');

/** What pip writes down of an installation, and caches: none of it is the same twice. */
const TRACES =
  /(?:^|\/)(?:__pycache__\/.*|[^/]*\.pyc|[^/]*\.dist-info\/(?:INSTALLER|RECORD|REQUESTED|direct_url\.json))$/;

/** A library that is loaded by the system, which does not look into zip files. */
const MACHINE_CODE = /\.(?:dll|dylib|pyd|so(?:\.[\d.]+)?)$/i;

/**
 * Writes a wheel anew: backends follow the clock, the umask and the order of folders, this does not. What describes it
 * comes last, as its specification wishes.
 */
export async function rewriteWheel({ folder }: Wheel, path: string, { signal }: CancelOptions): Promise<void> {
  const files = await packedTree(folder, { keep: () => true, signal });
  const rank = ({ name }: PackedFile) => (/^[^/]*\.dist-info\//.test(name) ? (name.endsWith('/RECORD') ? 2 : 1) : 0);
  files.sort((a, b) => rank(a) - rank(b) || compareNames(a.name, b.name));
  await pump(zipped(files), localMedium().writeStream(path, { mode: 0o644, signal }));
}

/** What a runnable zip is made of. */
export interface PyzContents extends CancelOptions {
  /** Folder with all modules, where they are imported from. */
  readonly site: string;
  /** What is run: the text of `__main__.py`. */
  readonly main: string;
  /** Files beside those of the folder. */
  readonly others?: readonly PackedFile[];
}

/**
 * The files of a zip that Python runs (https://docs.python.org/3/library/zipapp.html), or the machine code for which
 * there can be none.
 */
export async function pyzFiles(
  contents: PyzContents,
): Promise<{ readonly files: readonly PackedFile[]; readonly machineCode: readonly string[] }> {
  const { main, others = [], signal, site } = contents;
  const own = [madeUpFile('__main__.py', main), ...others];
  const replaced = new Set(own.map(({ name }) => name));
  const scripts = await scriptsFolder(site, { signal });
  const keep = (name: string) => !TRACES.test(name) && !replaced.has(name) && !name.startsWith(scripts);
  const files = [...(await packedTree(site, { keep, signal })), ...own];
  files.sort((a, b) => compareNames(a.name, b.name));
  return { files, machineCode: files.map(({ name }) => name).filter((name) => MACHINE_CODE.test(name)) };
}

/** Where pip puts programs; a package may have the same name. */
async function scriptsFolder(site: string, options: CancelOptions): Promise<string> {
  const isPackage = await localMedium().isFile(`${site}/bin/__init__.py`, options);
  return isPackage ? '\0' : 'bin/';
}

/** Writes a zip that is run by its name on Unix, and by `python3` everywhere. */
export async function writePyz(files: readonly PackedFile[], path: string, { signal }: CancelOptions): Promise<void> {
  await pump(withShebang(zipped(files)), localMedium().writeStream(path, { mode: 0o755, signal }));
}

function zipped(files: readonly PackedFile[]): AsyncIterable<Uint8Array> {
  return zipEncoder.encode(files, { mtime: sourceDate(), level: LEVEL, workers: defaultWorkers() });
}

async function* withShebang(zip: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield SHEBANG;
  yield* zip;
}
