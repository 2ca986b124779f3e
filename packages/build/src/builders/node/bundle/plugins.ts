import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

import type { Loader, OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';

import type { Medium } from '@core/io';

import { FILE_MODULES, fileModuleText, namedFiles } from './embedded-files.ts';
import { placeModule, plainRequire } from './module-place.ts';
import type { ProjectPaths } from './project-paths.ts';

/** What a run of esbuild is told, and what it finds. */
export interface BundleNotes {
  readonly disk: Medium;
  readonly paths: ProjectPaths;
  /** Packages that the project can do without. */
  readonly optional: ReadonlySet<string>;
  /** Whether files that modules read are in the script. */
  readonly embeds: boolean;
  /** Packages that are not installed. */
  readonly missing: Set<string>;
  /** Add-ons of machine code, which no script can hold. */
  readonly addons: Set<string>;
  /** What esbuild has to say of modules that are not of others. */
  readonly remarks: Set<string>;
  /** Files that modules name beside themselves: absolute path by place from the script. */
  readonly named: Map<string, string>;
}

const SEEN = Symbol('seen');

/** Leaves out what is not installed and may be missing: optional packages of the project, anything of its dependencies. */
export function optionalPackages(notes: BundleNotes): Plugin {
  return {
    name: 'optional-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./\\]/ }, (args) => resolveOptional(build, args, notes));
    },
  };
}

async function resolveOptional(
  build: PluginBuild,
  args: OnResolveArgs,
  notes: BundleNotes,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === SEEN || args.kind === 'entry-point' || isBuiltin(args.path)) return undefined;
  const { importer, kind, namespace, path, resolveDir, with: attributes } = args;
  const options = { importer, kind, namespace, resolveDir, with: attributes, pluginData: SEEN };
  const found = await build.resolve(path, options);
  if (found.errors.length === 0) return { ...found, pluginData: undefined };
  const name = packageName(path);
  if (!notes.optional.has(name) && !importer.includes('node_modules')) return undefined;
  notes.missing.add(name);
  return { path, external: true };
}

function packageName(path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}

/** Leaves add-ons of machine code out. */
export function nativeAddons(notes: BundleNotes): Plugin {
  return {
    name: 'native-addons',
    setup(build) {
      build.onResolve({ filter: /\.node$/ }, ({ path }) => {
        notes.addons.add(posix.basename(path));
        return { path, external: true };
      });
    },
  };
}

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.jsx': 'jsx',
};

/** Tells modules where they are, and notes the files that they name. */
export function modulePlaces(notes: BundleNotes): Plugin {
  return {
    name: 'module-places',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => loadModule(path, notes));
    },
  };
}

/** A program that speaks of its package.json reads it, by whatever path: to tell its version. */
const MANIFEST = /["'`/]package\.json["'`]/;

async function loadModule(path: string, { disk, paths, named }: BundleNotes): Promise<OnLoadResult | undefined> {
  const text = await disk.read(paths.onDisk(path));
  const place = paths.fromEntry(path);
  for (const name of namedFiles(text)) {
    named.set(posix.join(posix.dirname(place), name), posix.join(posix.dirname(paths.onDisk(path)), name));
  }
  if (MANIFEST.test(text) && !path.includes('node_modules')) {
    const manifest = posix.join(paths.onDisk(paths.folder), 'package.json');
    named.set(paths.fromEntry(manifest), manifest);
  }
  const plain = plainRequire(text);
  const contents = path === paths.entry ? plain : placeModule(plain, place);
  if (contents === text) return undefined;
  return { contents, loader: LOADERS[posix.extname(path)] ?? 'js' };
}

/** Puts {@link fileModuleText} in the place of the modules that read files. */
export function fileModules({ embeds }: BundleNotes): Plugin {
  return {
    name: 'file-modules',
    setup(build) {
      if (!embeds) return;
      build.onResolve({ filter: FILE_MODULES }, ({ path, namespace }) =>
        namespace === 'file' ? { path, namespace: 'embedded' } : undefined,
      );
      build.onLoad({ filter: /^/, namespace: 'embedded' }, ({ path }) => ({
        contents: fileModuleText(path),
        loader: 'js',
      }));
    },
  };
}

/** Loads the modules of Node by `require`, also those that are imported: a bundle of this kind has no `import` left. */
export function builtinsByRequire(): Plugin {
  return {
    name: 'builtins-by-require',
    setup(build) {
      const namespace = 'builtin';
      build.onResolve({ filter: /^(?:node:)?[a-z_0-9]+(?:\/[a-z]+)?$/ }, ({ path, namespace: from }) => {
        if (!isBuiltin(path)) return undefined;
        return from === namespace ? { path, external: true } : { path, namespace };
      });
      build.onLoad({ filter: /^/, namespace }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
        loader: 'js',
      }));
    },
  };
}
