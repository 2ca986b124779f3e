import { resolve } from 'node:path';

import type * as Esbuild from 'esbuild';
import type { BuildContext, BuildFailure, BuildOptions, BuildResult, Message } from 'esbuild';

import { type CancelOptions, localMedium, type Medium } from '@core/io';

import { BuildError } from '../../../errors.ts';
import { filesPrelude } from './embedded-files.ts';
import { withEsbuild } from './esbuild.ts';
import { PLACE_DEFINES, PLACE_PRELUDE } from './module-place.ts';
import {
  builtinsByRequire,
  type BundleNotes,
  fileModules,
  modulePlaces,
  nativeAddons,
  optionalPackages,
} from './plugins.ts';
import { type BundledCode, programText } from './program-text.ts';
import { ProjectPaths, type ProjectPlace } from './project-paths.ts';

export interface BundleOptions extends CancelOptions, ProjectPlace {
  /** Packages that the project can do without. */
  readonly optional: readonly string[];
}

/** A program in one script. */
export interface Bundle {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Files over this size are not put into the script. */
const MAX_EMBEDDED_BYTES = 4_194_304;

/**
 * Makes one script of a program, its modules, its dependencies and the files that its modules read beside themselves.
 * The same files give the same script, wherever they are.
 */
export function bundleProgram(options: BundleOptions): Promise<Bundle> {
  return withEsbuild((esbuild) => makeBundle({ ...options, esbuild }));
}

interface BundleWork extends BundleOptions {
  readonly esbuild: Pick<typeof Esbuild, 'context'>;
}

async function makeBundle(options: BundleWork): Promise<Bundle> {
  const disk = localMedium();
  const first = notesFor(disk, options, false);
  let code = await bundleCode(first, options);
  const { contents, left } = await readNamed(disk, first, options);
  if (contents.size > 0) code = await bundleCode(notesFor(disk, options, true), options);
  const places = contents.size > 0 || code.code.includes('__core') ? PLACE_PRELUDE : '';
  const text = programText(code, places + filesPrelude(contents));
  return { text, warnings: warningsOf(first, left) };
}

function notesFor(disk: Medium, options: BundleOptions, embeds: boolean): BundleNotes {
  const paths = new ProjectPaths(options);
  const optional = new Set(options.optional);
  return { disk, paths, optional, embeds, missing: new Set(), addons: new Set(), remarks: new Set(), named: new Map() };
}

function warningsOf({ missing, addons, remarks }: BundleNotes, left: ReadonlySet<string>): string[] {
  const found: readonly (readonly [string, ReadonlySet<string>])[] = [
    ['packages that are not installed', missing],
    ['machine code, which a script cannot hold', addons],
    ['what the program starts or lists as files of its own', left],
  ];
  const leftOut = found.filter(([, names]) => names.size > 0);
  return [...remarks, ...leftOut.map(([what, names]) => `Left out ${what}: ${[...names].sort().join(', ')}.`)];
}

interface Named {
  /** By their place from the script. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Folders, large files, and modules that are read by nobody but started. */
  readonly left: ReadonlySet<string>;
}

/** Of the files that modules name, those that are there. */
async function readNamed(disk: Medium, { named, paths }: BundleNotes, { signal }: CancelOptions): Promise<Named> {
  const contents = new Map<string, Uint8Array>();
  const left = new Set<string>();
  for (const [place, path] of named) {
    if (!(await disk.exists(path, { signal }))) continue;
    const { kind, size } = await disk.stat(path, { signal });
    const isFile = kind === 'file' && size <= MAX_EMBEDDED_BYTES;
    if (isFile) contents.set(place, await disk.readBytes(path, { signal }));
    if ((!isFile && !paths.isAround(path)) || MODULE.test(path)) left.add(paths.fromProject(path));
  }
  return { contents, left };
}

const MODULE = /\.[cm]?js$/;

const AWAIT = /top-level await/i;

/** Bundles as CommonJS; a program that awaits at its top level as ES modules without imports, for an async function. */
async function bundleCode(notes: BundleNotes, options: BundleWork): Promise<BundledCode> {
  const result = await runEsbuild(optionsFor(notes, 'cjs'), options);
  if (result.errors.length === 0) return { code: codeOf(result, notes), awaits: false };
  if (!result.errors.every(({ text }) => AWAIT.test(text))) throw bundleError(result.errors, notes);
  const awaiting = await runEsbuild(optionsFor(notes, 'esm'), options);
  if (awaiting.errors.length > 0) throw bundleError(awaiting.errors, notes);
  return { code: withoutExports(codeOf(awaiting, notes)), awaits: true };
}

function optionsFor(notes: BundleNotes, format: 'cjs' | 'esm'): BuildOptions {
  const plugins = [fileModules(notes), ...(format === 'esm' ? [builtinsByRequire()] : [])];
  return {
    absWorkingDir: notes.paths.folder,
    entryPoints: [notes.paths.entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format,
    charset: 'utf8',
    keepNames: true,
    logLevel: 'silent',
    define: PLACE_DEFINES,
    plugins: [...plugins, nativeAddons(notes), optionalPackages(notes), modulePlaces(notes)],
  };
}

type Bundled = Pick<BuildResult, 'errors' | 'metafile' | 'outputFiles' | 'warnings'>;

const FAILED: Omit<Bundled, 'errors'> = { metafile: undefined, outputFiles: undefined, warnings: [] };

async function runEsbuild(build: BuildOptions, { esbuild, signal }: BundleWork): Promise<Bundled> {
  signal?.throwIfAborted();
  const run: BuildContext = await esbuild.context(build);
  const cancel = () => void run.cancel();
  signal?.addEventListener('abort', cancel);
  try {
    return await run.rebuild();
  } catch (error) {
    signal?.throwIfAborted();
    if (isBuildFailure(error)) return { ...FAILED, errors: error.errors };
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    await run.dispose();
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) && error.errors.length > 0;
}

/** The code with module names that do not depend on where the project is. */
function codeOf({ outputFiles, metafile, warnings }: Bundled, { paths, remarks }: BundleNotes): string {
  for (const { location, text } of warnings) {
    if (location?.file.includes('node_modules') === false)
      remarks.add(`${location.file}:${String(location.line)}: ${text}`);
  }
  let code = outputFiles?.[0]?.text ?? '';
  for (const name of Object.keys(metafile?.inputs ?? {})) {
    const stable = name.startsWith('../') ? paths.fromProject(resolve(paths.folder, name)) : name;
    if (stable === name) continue;
    code = code.replaceAll(`\n// ${name}\n`, `\n// ${stable}\n`).replaceAll(`\n  "${name}"(`, `\n  "${stable}"(`);
  }
  return code;
}

/** A script exports nothing: takes the statement of esbuild's out, but not what it would have run. */
function withoutExports(code: string): string {
  return code.replace(/^export \{[^}]*\};$/m, '').replace(/^export default (require_\w+\(\);)$/m, '$1');
}

function bundleError(errors: readonly Message[], { paths }: BundleNotes): BuildError {
  const lines = errors.map(({ text, location }) => {
    const place = location === null ? '' : `${location.file}:${String(location.line)}:${String(location.column + 1)}: `;
    return `${place}${text}`;
  });
  const entry = paths.fromProject(paths.entry);
  return new BuildError(`Cannot bundle ${JSON.stringify(entry)}: ${lines[0] ?? 'esbuild failed'}`, {
    code: 'ERR_BUILD_BUNDLE_FAILED',
    op: 'build.node',
    path: entry,
    hint: hintFor(errors),
    output: lines.length > 1 ? lines.join('\n') : undefined,
  });
}

function hintFor(errors: readonly Message[]): string {
  const unresolved = errors.some(({ text }) => text.startsWith('Could not resolve'));
  return unresolved
    ? 'Add what is missing to the dependencies of package.json and install them.'
    : 'Correct the file, or have the build script make one that Node can run.';
}
