import { join } from 'node:path';

import { copy, localMedium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { formatTarget } from '../../target.ts';
import { recordTree, type TreeRecord } from '../../workspace/tree-changes.ts';
import { type MadeFile, programName, type TargetWork } from '../kit/command-targets.ts';
import { isBundle, madeFilesIn } from '../kit/made-files.ts';

/** The folder that all targets share. */
export interface SharedBin {
  /** On the disk. */
  readonly folder: string;
  /** What was there before the target was built. */
  readonly before: TreeRecord;
  /** What the program is called in the release, without `.exe`. */
  readonly binary: string;
}

/** Looks at what is there before a build. */
export function recordBin(folder: string, { signal }: TargetWork): Promise<TreeRecord> {
  return recordTree({ medium: localMedium(), dir: folder }, { signal });
}

/**
 * Copies what a build has written into the folder of its target, and nothing that was there before. For macOS that is
 * the bundle; a program that is alone gets the name that the release has for it.
 *
 * @throws `ERR_BUILD_OUTPUT_MISSING` where it has written nothing.
 */
export async function collectBin({ before, binary, folder }: SharedBin, work: TargetWork): Promise<MadeFile[]> {
  const { outDir, signal, target } = work;
  const disk = localMedium();
  const program = programName(binary, target);
  const after = await recordBin(folder, work);
  const written = [...after].filter(([name, stamp]) => stamp !== 'dir' && before.get(name) !== stamp);
  const names = [...new Set(written.map(([name]) => bundleOf(name) ?? name))];
  const bundles = names.filter(isBundle);
  const released = bundles.length > 0 ? bundles : names;
  if (released.length === 0) throw nothingMade(folder, work);
  for (const name of released) {
    const isAlone = released.length === 1 && !isBundle(name);
    await copy(disk, join(folder, name), disk, join(outDir, isAlone ? program : name), { signal });
  }
  return madeFilesIn(outDir, { programs: [program], signal });
}

/** The bundle that a file is in. */
function bundleOf(name: string): string | undefined {
  return /^.*?\.app(?=\/)/.exec(name)?.[0];
}

function nothingMade(path: string, { target }: TargetWork): BuildError {
  return new BuildError(`Cannot release for ${formatTarget(target)}: nothing new is in ${JSON.stringify(path)}`, {
    code: 'ERR_BUILD_OUTPUT_MISSING',
    op: 'build.wails',
    path,
    target: formatTarget(target),
    hint: 'See what the build said, and where it puts its files.',
  });
}
