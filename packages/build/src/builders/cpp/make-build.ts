import { join } from 'node:path';

import { copy, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { sourceDate } from '../../archive/reproducible.ts';
import { nameOf, pathBelow } from '../../paths.ts';
import { formatTarget } from '../../target.ts';
import { recordTree, type TreeRecord } from '../../workspace/tree-changes.ts';
import { type MadeFile, programName, type TargetWork } from '../kit/command-targets.ts';
import { madeFilesIn } from '../kit/made-files.ts';
import { isForAnother, programTarget } from '../kit/program-target.ts';
import type { Makefile } from './makefile.ts';
import type { Toolchain } from './toolchain.ts';

/** What is made of a project by its own Makefile, in this order. */
const STEPS = ['configure', 'build', 'package'];

/** Those without which a Makefile is not one for releases. */
const NEEDED = ['build', 'package'];

/** How to get it. */
export const HOW_TO_GET_MAKE = 'Install GNU make: `apt-get install make`, `xcode-select --install`.';

/** Folders in which nothing is looked for. */
const FOREIGN: ReadonlySet<string> = new Set(['.git', 'node_modules']);

const disk = localMedium();

/** What a target is made with. */
export interface MakeWork extends TargetWork {
  /** Private, on the disk. */
  readonly folder: string;
  readonly makefile: Makefile;
  readonly toolchain: Toolchain | undefined;
  readonly profile: string | undefined;
}

/** Whether a Makefile has what a release is made with. */
export function makesReleases(makefile: Makefile | undefined): makefile is Makefile {
  return makefile !== undefined && NEEDED.every((name) => makefile.targets.has(name));
}

/**
 * Runs `configure` where there is one, `build` and `package` for one target. What is then in `OUTPUT_DIR` is the
 * release; where there is nothing, the new file that is called as the program is.
 *
 * @throws `ERR_BUILD_OUTPUT_MISSING` where there is none, `ERR_BUILD_UNSUPPORTED_TARGET` where it is for another target.
 */
export async function buildWithMake(config: BuilderConfig, work: MakeWork): Promise<readonly MadeFile[]> {
  const { makefile, outDir, signal, target } = work;
  const project = config.workspace.path;
  const before = await recordProject(project, work);
  const env = { SOURCE_DATE_EPOCH: String(sourceDate(config.env)), ZERO_AR_DATE: '1' };
  for (const step of STEPS.filter((name) => makefile.targets.has(name))) {
    const shown = `make ${step} TARGET=${formatTarget(target)}`;
    await work.run({ command: 'make', args: [step, ...variables(work)], env, shown, howToGet: HOW_TO_GET_MAKE });
  }
  const program = programName(config.project.binary, target);
  if ((await disk.list(outDir, { signal })).length === 0) await takeNewFile(program, { ...work, project, before });
  const files = await madeFilesIn(outDir, { programs: [program], signal });
  if (files.length === 0) throw nothingMade(work);
  for (const { kind, name } of files) if (kind !== 'bundle') await checkProgram(join(outDir, name), work);
  return files;
}

function recordProject(dir: string, { signal }: MakeWork): Promise<TreeRecord> {
  return recordTree({ medium: disk, dir }, { skip: FOREIGN, signal });
}

/** A Makefile that knows nothing of `OUTPUT_DIR` has made its program somewhere in the project, or in `BUILD_DIR`. */
async function takeNewFile(
  program: string,
  work: MakeWork & { readonly project: string; readonly before: TreeRecord },
): Promise<void> {
  const { before, folder, outDir, project, signal } = work;
  const built: string[] = [];
  for await (const { path } of disk.walk(folder, { signal })) built.push(path);
  const now = await recordProject(project, work);
  const changed = [...now]
    .filter(([name, stamp]) => before.get(name) !== stamp)
    .map(([name]) => pathBelow(project, name));
  for (const file of [...built, ...changed]) {
    if (nameOf(file) !== program || !(await disk.isFile(file, { signal }))) continue;
    await copy(disk, file, disk, join(outDir, program), { signal });
    return;
  }
  throw nothingMade(work);
}

/** What win over the Makefile's own variables. A dollar would begin a variable. */
function variables({ folder, outDir, profile, target, toolchain }: MakeWork): string[] {
  const { arch, os } = target;
  const compiler = toolchain?.kind === 'gnu' ? { CC: toolchain.c, CXX: toolchain.cpp } : {};
  const file = toolchain?.kind === 'file' ? { CMAKE_TOOLCHAIN_FILE: toolchain.path } : {};
  const conan = profile === undefined ? {} : { CONAN_PROFILE: profile };
  const all = { TARGET: formatTarget(target), OS: os, ARCH: arch, BUILD_DIR: folder, OUTPUT_DIR: outDir };
  return Object.entries({ ...all, ...compiler, ...file, ...conan }).map(
    ([name, value]) => `${name}=${value.replaceAll('$', '$$$$')}`,
  );
}

/** A Makefile that does not look at its variables builds for this machine, whatever was asked for. */
async function checkProgram(path: string, { makefile, signal, target }: MakeWork): Promise<void> {
  const made = await programTarget(path, { signal });
  if (made === undefined || !isForAnother(made, target)) return;
  const is = made.os === undefined ? (made.arch ?? '') : `${made.os}/${made.arch ?? ''}`;
  throw new BuildError(
    `Cannot release ${JSON.stringify(path)} for ${formatTarget(target)}: it is a program for ${is}`,
    {
      code: 'ERR_BUILD_UNSUPPORTED_TARGET',
      op: 'build.cpp',
      path,
      target: formatTarget(target),
      hint: `Let ${makefile.path} use $(CC) and $(CXX), or look at $(OS) and $(ARCH).`,
    },
  );
}

function nothingMade({ makefile: { path }, target }: MakeWork): BuildError {
  return new BuildError(`Cannot release for ${formatTarget(target)}: ${JSON.stringify(path)} has made nothing`, {
    code: 'ERR_BUILD_OUTPUT_MISSING',
    op: 'build.cpp',
    path,
    target: formatTarget(target),
    hint: 'Let its target package put the files of the release into $(OUTPUT_DIR).',
  });
}
