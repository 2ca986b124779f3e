import { type CancelOptions, localMedium, type Medium } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { runCommand } from '../../commands.ts';
import { BuildError } from '../../errors.ts';
import { timedStep } from '../../events.ts';
import { type NodePackage, readPackage } from '../../package-json.ts';
import { detectPackageManager, type PackageManager } from '../../package-manager.ts';
import { folderOf, pathBelow } from '../../paths.ts';
import { howToGet, installArguments, missingDependency } from './dependencies.ts';

/** The package.json of a project that must have one. */
export async function requiredPackage(medium: Medium, dir: string, options: CancelOptions): Promise<NodePackage> {
  const manifest = await readPackage(medium, dir, options);
  if (manifest !== undefined) return manifest;
  const path = pathBelow(dir, 'package.json');
  throw new BuildError(`Cannot build ${JSON.stringify(dir)}: it has no package.json`, {
    code: 'ERR_BUILD_NO_PROJECT',
    op: 'build.node',
    path,
    hint: 'Run `npm init` in it, or name another folder.',
  });
}

/** Installs dependencies that are missing and runs the script `build`, where there is one. */
export async function prepareProject(
  config: BuilderConfig,
  manifest: NodePackage,
  options: BuilderOptions,
): Promise<void> {
  const { workspace } = config;
  const { signal } = options;
  const manager = await detectPackageManager(config.medium, config.dir, { signal });
  const here = { ...manifest, path: pathBelow(workspace.path, 'package.json') };
  const missing = await missingDependency(localMedium(), here, { signal });
  if (missing !== undefined) await install(config, { ...options, manager, missing });
  if (manifest.scripts['build'] !== undefined) await runScript(config, { ...options, manager });
  await workspace.save({ signal });
}

interface ManagerOptions extends BuilderOptions {
  readonly manager: PackageManager;
}

async function install(
  config: BuilderConfig,
  { manager, missing, ...options }: ManagerOptions & { readonly missing: string },
): Promise<void> {
  const { lockFile } = manager;
  const shared = lockFile !== undefined && folderOf(lockFile) !== folderOf(pathBelow(config.dir, 'package.json'));
  if (shared && !config.workspace.inPlace) throw cannotInstall(missing, lockFile);
  const isBerry = await config.medium.isFile(pathBelow(config.dir, '.yarnrc.yml'), { signal: options.signal });
  const message = `Install the dependencies with ${manager.name} (${missing} is missing)`;
  await timedStep('install', message, options.onEvent, () =>
    runManager(config, installArguments(manager, isBerry), { ...options, manager }),
  );
}

/** The copy of one member of a workspace has the real workspace around it, which a dry run must leave alone. */
function cannotInstall(missing: string, lockFile: string): BuildError {
  return new BuildError(
    `Cannot install ${missing} in a copy of the project: ${lockFile} is that of a whole workspace`,
    {
      code: 'ERR_BUILD_DEPENDENCIES_MISSING',
      op: 'build.node',
      path: lockFile,
      hint: 'Install the dependencies of the workspace first.',
    },
  );
}

async function runScript(config: BuilderConfig, options: ManagerOptions): Promise<void> {
  const message = `Run the script "build" with ${options.manager.name}`;
  await timedStep('build', message, options.onEvent, () => runManager(config, ['run', 'build'], options));
}

async function runManager(
  { env, service, workspace }: BuilderConfig,
  args: readonly string[],
  { manager: { name }, signal, onEvent }: ManagerOptions,
): Promise<void> {
  const shown = [name, ...args].join(' ');
  // on Windows package managers are scripts for the shell
  const shell = process.platform === 'win32';
  const command = { command: name, args, shown, dir: workspace.path, env, shell, howToGet: howToGet(name) };
  await runCommand(command, { service, signal, onEvent });
}
