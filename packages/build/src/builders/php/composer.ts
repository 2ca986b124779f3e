import { createHash } from 'node:crypto';

import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { timedStep } from '../../events.ts';
import { pathBelow } from '../../paths.ts';
import { withBetterHint } from '../kit/better-hint.ts';
import { runInProject } from '../kit/command-targets.ts';
import { requireProgram } from '../kit/required-program.ts';
import type { ComposerJson } from './composer-json.ts';

export const HOW_TO_GET_PHP: string =
  'Install it: apt-get install php-cli, brew install php, or see https://www.php.net/downloads.';
export const HOW_TO_GET_COMPOSER: string =
  'Install it: apt-get install composer, brew install composer, or see https://getcomposer.org/download.';

/** A version that Composer can read, for projects that give themselves another. */
const ANY_VERSION = '1.0.0';

/** What Composer takes for a version: https://getcomposer.org/doc/articles/versions.md */
const COMPOSER_VERSION =
  /^v?\d{1,5}(?:\.\d+){0,3}(?:[-.]?(?:stable|beta|b|RC|alpha|a|patch|pl|p)(?:[.-]?\d+)*)?(?:[.-]?dev)?$/i;

/** Where Composer works, and for what. */
export interface ComposerWork extends BuilderOptions {
  /** The private copy of the project. */
  readonly folder: string;
  readonly json: ComposerJson;
  /** A folder of its own that Composer can keep things in where the user has none. */
  readonly home: string;
}

/** Refuses a machine that lacks PHP or Composer. */
export async function requireComposer({ env }: BuilderConfig, { signal }: BuilderOptions): Promise<void> {
  await requireProgram({ name: 'composer', env, howToGet: HOW_TO_GET_COMPOSER, signal });
  await requireProgram({ name: 'php', env, howToGet: HOW_TO_GET_PHP, signal });
}

/**
 * Installs what the program needs as the lock file says, and runs the script `build`, where there is one, with what is
 * there only for development.
 */
export async function prepareWithComposer(config: BuilderConfig, work: ComposerWork): Promise<void> {
  const { json, onEvent } = work;
  const builds = json.scripts.has('build');
  const development = builds && json.devPackages.length > 0;
  await seedAutoloader(work);
  if (development) {
    await timedStep('install', 'Install the dependencies with composer, those for development too', onEvent, () =>
      install(config, work, []),
    );
  } else await installForProduction(config, work);
  if (!builds) return;
  await timedStep('build', 'Run the script "build" with composer', onEvent, () =>
    composer(config, work, ['run-script', '--no-interaction', 'build']),
  );
  if (development) await installForProduction(config, work);
}

/**
 * The autoloader's class gets a random name, unless there is an older autoloader whose name it keeps: this one, which
 * follows from what is installed.
 */
async function seedAutoloader({ folder, json, signal }: ComposerWork): Promise<void> {
  const hash = createHash('sha256');
  for (const name of ['composer.json', 'composer.lock']) hash.update(await textOf(pathBelow(folder, name), { signal }));
  const suffix = hash.digest('hex').slice(0, 32);
  const path = pathBelow(folder, `${json.vendorDir}/autoload.php`);
  await localMedium().write(path, `<?php // ComposerAutoloaderInit${suffix}::\n`, { signal });
}

async function textOf(path: string, options: CancelOptions): Promise<Uint8Array> {
  const disk = localMedium();
  return (await disk.isFile(path, options)) ? disk.readBytes(path, options) : new Uint8Array();
}

function installForProduction(config: BuilderConfig, work: ComposerWork): Promise<void> {
  return timedStep('install', 'Install the dependencies with composer', work.onEvent, () =>
    install(config, work, ['--no-dev']),
  );
}

function install(config: BuilderConfig, work: ComposerWork, flags: readonly string[]): Promise<void> {
  const args = ['install', ...flags, '--prefer-dist', '--no-interaction', '--no-progress', '--optimize-autoloader'];
  return withBetterHint(hintForInstall, () => composer(config, work, args));
}

/** What Composer says where it cannot reach a repository. */
const UNREACHABLE =
  /curl error \d|Could not resolve host|could not be (?:fully )?(?:loaded|downloaded)|getaddrinfo|Connection (?:refused|timed out)|network is unreachable/i;

function hintForInstall(output: string): string | undefined {
  if (UNREACHABLE.test(output)) {
    return 'A repository of packages cannot be reached: connect to the network, or name one of the type "path", "artifact" or a mirror in composer.json.';
  }
  return /is not (?:present )?in the lock file|lock file is not up to date/i.test(output)
    ? 'Run `composer update` and keep its composer.lock: it does not fit composer.json.'
    : undefined;
}

function composer(config: BuilderConfig, work: ComposerWork, args: readonly string[]): Promise<void> {
  const { folder: dir, signal, onEvent } = work;
  // on Windows it is a script for the shell
  const shell = process.platform === 'win32';
  const env = composerEnvironment(config, work);
  const howToGet = HOW_TO_GET_COMPOSER;
  return runInProject(config, { command: 'composer', args, dir, env, shell, howToGet }, { signal, onEvent });
}

/** Variables of the user that would lead Composer elsewhere are set to what the project says. */
function composerEnvironment({ env, project }: BuilderConfig, { json, home }: ComposerWork): Record<string, string> {
  const hasHome = ['HOME', 'COMPOSER_HOME', 'APPDATA'].some((name) => (env[name] ?? '') !== '');
  return {
    COMPOSER: 'composer.json',
    COMPOSER_VENDOR_DIR: json.vendorDir,
    COMPOSER_BIN_DIR: json.binDir,
    // packages of the type "path" would be links out of the release
    COMPOSER_MIRROR_PATH_REPOS: '1',
    // otherwise it is guessed from git, and with it the commit goes into the release
    COMPOSER_ROOT_VERSION: COMPOSER_VERSION.test(project.version) ? project.version : ANY_VERSION,
    // root has no plugins otherwise, which the project may need and has allowed by name
    COMPOSER_ALLOW_SUPERUSER: env['COMPOSER_ALLOW_SUPERUSER'] ?? '1',
    // a build script may take longer than five minutes
    COMPOSER_PROCESS_TIMEOUT: env['COMPOSER_PROCESS_TIMEOUT'] ?? '0',
    ...(hasHome ? {} : { COMPOSER_HOME: home }),
  };
}
