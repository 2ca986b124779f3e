import { type CancelOptions, localMedium } from '@core/io';

import type { ProjectSettings } from '../../config/build-config.ts';
import type { NodePackage } from '../../package-json.ts';
import { pathBelow } from '../../paths.ts';
import { findEntry, missingEntry, noEntry } from './entry.ts';
import { nestedPrograms } from './nested-programs.ts';

/** What Node tries for a name that is no file. */
const ENDINGS = ['', '.js', '.cjs', '.mjs', '.ts', '/index.js', '/index.cjs', '/index.mjs'];

interface LocateOptions extends CancelOptions {
  readonly settings: Pick<ProjectSettings, 'binary' | 'main'>;
}

/** The absolute path of the program's entry, in a project that has been built; `index.js` where it names none. */
export async function locateEntry(
  folder: string,
  manifest: NodePackage,
  { settings, signal }: LocateOptions,
): Promise<string> {
  const named = findEntry(manifest, settings);
  const disk = localMedium();
  const path = pathBelow(folder, (named?.file ?? 'index.js').replace(/^\.\//, ''));
  for (const ending of ENDINGS) {
    const real = (await disk.isFile(path + ending, { signal }))
      ? await disk.realPath(path + ending, { signal })
      : undefined;
    if (real !== undefined) return real;
  }
  if (named !== undefined) throw missingEntry(named, named.file);
  throw noEntry(manifest, await nestedPrograms(disk, folder, { signal }));
}
