import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { isCoreError, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { sourceDate } from '../../archive/reproducible.ts';
import { pathBelow } from '../../paths.ts';
import { type MadeFile, programName, type TargetWork } from '../kit/command-targets.ts';
import { madeFilesIn } from '../kit/made-files.ts';
import { buildType, configureArguments, type Configuring, HOW_TO_GET_CMAKE, originSettings } from './cmake-command.ts';
import { installPackages } from './conan.ts';
import { askForModel, type CMakeModel, readModel } from './file-api.ts';
import { missingCompiler } from './missing-compiler.ts';
import { chooseProducts, loadsLibraries } from './products.ts';
import { putFiles, putTree } from './put-products.ts';
import type { Toolchain } from './toolchain.ts';
import { PROJECT_INCLUDE, toolchainText } from './toolchain-file.ts';

/** What a target is built with. */
export interface CMakeWork extends TargetWork {
  /** Private, on the disk. */
  readonly folder: string;
  readonly toolchain: Toolchain;
  /** The profile of Conan, where the project has its packages from there. */
  readonly profile: string | undefined;
  /** How many targets are built at the same time. */
  readonly sharers: number;
}

/** What was made, and with what. */
export interface CMakeResult {
  readonly files: readonly MadeFile[];
  readonly tools: Readonly<Record<string, string>>;
}

const disk = localMedium();

/** Configures, builds and collects for one target, outside of the project. */
export async function buildWithCMake(config: BuilderConfig, work: CMakeWork): Promise<CMakeResult> {
  const { outDir, signal, target } = work;
  const build = join(work.folder, 'build');
  const model = await configure(config, { ...work, folder: build }, await toolchainFileFor(config, work));
  const type = buildType(config.env);
  const jobs = Math.max(1, Math.floor(availableParallelism() / work.sharers));
  await cmake(config, work, ['--build', build, '--config', type, '--parallel', String(jobs)]);
  const products = chooseProducts(model, config, target);
  const program = programName(config.project.binary, target);
  const place = { outDir, program, signal };
  if (products.kind === 'tree') await putTree(await install(config, { ...work, folder: build }), products, place);
  // libraries are what a release without programs is about: they are on top as well as where they are installed
  if (products.kind === 'files' || products.programs.length === 0) await putFiles(products, place);
  return { files: await madeFilesIn(outDir, { programs: [program], signal }), tools: model.tools };
}

/** Written for cross compilers that the PATH has; given for all others; with Conan its own one, which builds on that. */
async function toolchainFileFor(config: BuilderConfig, work: CMakeWork): Promise<string | undefined> {
  const { folder, profile, signal, target, toolchain } = work;
  let file = toolchain.kind === 'file' ? toolchain.path : undefined;
  if (toolchain.kind === 'gnu') {
    file = join(folder, 'toolchain.cmake');
    await disk.write(file, toolchainText(target, toolchain), { signal });
  }
  if (profile === undefined) return file;
  return installPackages(config, { work, profile, folder: join(folder, 'conan'), toolchain: file });
}

async function configure(
  config: BuilderConfig,
  work: CMakeWork,
  toolchainFile: string | undefined,
): Promise<CMakeModel> {
  const { folder, signal, target, toolchain } = work;
  const include = pathBelow(folder, 'project-include.cmake');
  await disk.write(include, PROJECT_INCLUDE, { signal });
  await askForModel(folder, { signal });
  const configuring: Configuring = { folder, include, toolchain, toolchainFile };
  await cmake(config, work, configureArguments(config, configuring));
  const model = await readModel(folder, buildType(config.env), { signal });
  if (target.os === 'windows' || !loadsLibraries(model)) return model;
  // only now it is known that programs need to find libraries
  await cmake(config, work, configureArguments(config, { ...configuring, settings: originSettings(target.os) }));
  return readModel(folder, buildType(config.env), { signal });
}

/** Installs below a folder of the build, whatever the rules say; gives what stands for the prefix. */
async function install(config: BuilderConfig, work: CMakeWork): Promise<string> {
  const stage = join(work.folder, 'stage');
  const windows = process.platform === 'win32';
  // Windows has no DESTDIR
  const prefix = windows ? stage : '/prefix';
  const args = ['--install', work.folder, '--config', buildType(config.env), '--prefix', prefix];
  await cmake(config, work, args, windows ? {} : { DESTDIR: stage });
  return windows ? stage : join(stage, prefix);
}

/** Dates that compilers and archivers write are those of the release. */
async function cmake(
  config: BuilderConfig,
  work: CMakeWork,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const env = { SOURCE_DATE_EPOCH: String(sourceDate(config.env)), ZERO_AR_DATE: '1', ...more };
  try {
    await work.run({ command: 'cmake', args, env, howToGet: HOW_TO_GET_CMAKE });
  } catch (error) {
    throw (isCoreError(error) && error instanceof BuildError ? missingCompiler(error) : undefined) ?? error;
  }
}
