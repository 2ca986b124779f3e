import type { CancelOptions, Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import { tableIn, tablesIn, textIn, textsIn, type TomlTable } from '../../toml.ts';
import { readJsonObject } from '../kit/json-object.ts';

/**
 * What a build needs to know of a composer.json (https://getcomposer.org/doc/04-schema.md); fields of a wrong type are
 * left out. Composer itself refuses them.
 */
export interface ComposerJson {
  /** Path of the file in the medium. */
  readonly path: string;
  readonly name?: string;
  readonly version?: string;
  /** Files of programs. */
  readonly bin: readonly string[];
  /** Names of scripts. */
  readonly scripts: ReadonlySet<string>;
  /** Packages that it requires; not PHP and its extensions. */
  readonly packages: readonly string[];
  readonly devPackages: readonly string[];
  /** Folders and files that are loaded only for development. */
  readonly devPaths: readonly string[];
  /** Folders and files that are always loaded. */
  readonly paths: readonly string[];
  /** Patterns of `archive.exclude`. */
  readonly exclude: readonly string[];
  readonly vendorDir: string;
  readonly binDir: string;
  /** Where repositories of the type `path` are. */
  readonly pathRepositories: readonly string[];
}

/**
 * The composer.json of a project that must have one.
 *
 * @throws `ERR_BUILD_NO_PROJECT` where there is none, `ERR_BUILD_PACKAGE_INVALID` where it is no JSON object, or has
 * packages installed outside the project.
 */
export async function requiredComposerJson(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<ComposerJson> {
  const path = pathBelow(dir, 'composer.json');
  const json = await readJsonObject(medium, path, options);
  if (json !== undefined) return parseComposerJson(path, json);
  throw new BuildError(`Cannot build ${JSON.stringify(dir)}: it has no composer.json`, {
    code: 'ERR_BUILD_NO_PROJECT',
    op: 'build.php',
    path,
    hint: 'Run `composer init` in it, or name another folder.',
  });
}

function parseComposerJson(path: string, json: TomlTable): ComposerJson {
  const config = tableIn(json, 'config');
  const vendorDir = insideFolder(path, 'config.vendor-dir', textIn(config, 'vendor-dir') ?? 'vendor');
  const binDir = textIn(config, 'bin-dir')?.replace(/^\{\$vendor-dir\}/, vendorDir) ?? `${vendorDir}/bin`;
  return {
    path,
    bin: [textIn(json, 'bin') ?? [], textsIn(json, 'bin')].flat().filter((file) => file !== ''),
    scripts: new Set(Object.keys(tableIn(json, 'scripts'))),
    packages: packagesIn(json, 'require'),
    devPackages: packagesIn(json, 'require-dev'),
    paths: loadedPaths(tableIn(json, 'autoload')),
    devPaths: loadedPaths(tableIn(json, 'autoload-dev')),
    exclude: textsIn(tableIn(json, 'archive'), 'exclude'),
    vendorDir,
    binDir: insideFolder(path, 'config.bin-dir', binDir),
    pathRepositories: repositoriesIn(json)
      .filter((repository) => textIn(repository, 'type') === 'path')
      .flatMap((repository) => textIn(repository, 'url') ?? []),
    ...given({ name: textIn(json, 'name'), version: textIn(json, 'version') }),
  };
}

/** Names of platform packages have no slash: `php`, `ext-json`. */
function packagesIn(json: TomlTable, key: string): string[] {
  return Object.keys(tableIn(json, key)).filter((name) => name.includes('/'));
}

/** A list, or an object with names for them. */
function repositoriesIn(json: TomlTable): TomlTable[] {
  const named = tableIn(json, 'repositories');
  return [...tablesIn(json, 'repositories'), ...Object.keys(named).map((name) => tableIn(named, name))];
}

function loadedPaths(autoload: TomlTable): string[] {
  const byNamespace = ['psr-4', 'psr-0'].flatMap((kind) => {
    const table = tableIn(autoload, kind);
    return Object.keys(table).flatMap((prefix) => [textIn(table, prefix) ?? [], textsIn(table, prefix)].flat());
  });
  return [...byNamespace, ...textsIn(autoload, 'classmap'), ...textsIn(autoload, 'files')].map(clean);
}

/** `./src/` and `src` are one. */
function clean(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
}

function insideFolder(path: string, key: string, folder: string): string {
  const inside = clean(folder);
  if (!/^(?:[/\\~$]|[A-Za-z]:)/.test(inside) && !inside.split(/[/\\]/).includes('..') && inside !== '') return inside;
  throw new BuildError(
    `Cannot build ${JSON.stringify(path)}: ${key} leads out of the project: ${JSON.stringify(folder)}`,
    {
      code: 'ERR_BUILD_PACKAGE_INVALID',
      op: 'build.php',
      path,
      key,
      hint: 'Name a folder inside the project: what is installed there goes into the release.',
    },
  );
}
