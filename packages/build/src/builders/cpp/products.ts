import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';
import type { CMakeModel, CMakeTarget } from './file-api.ts';

/** What of a build goes into a release. */
export interface Products {
  /** `tree`: what the project's own rules install; `files`: its programs, and the libraries that they need. */
  readonly kind: 'files' | 'tree';
  readonly programs: readonly CMakeTarget[];
  readonly libraries: readonly CMakeTarget[];
  /** The program that the release is about, where it can be told from others. */
  readonly main: CMakeTarget | undefined;
}

/** Kinds of libraries that programs load. */
const LOADED: ReadonlySet<string> = new Set(['SHARED_LIBRARY', 'MODULE_LIBRARY']);

/**
 * Chooses from what was built. A project that installs its programs, or that has none and installs its libraries, is
 * released as it installs itself; of any other its programs are, with the shared libraries, or all libraries.
 *
 * @throws `ERR_BUILD_OUTPUT_MISSING` where it builds neither, `ERR_BUILD_NO_ENTRY` where it has no program `main`.
 */
export function chooseProducts(
  { installs, targets }: CMakeModel,
  config: Pick<BuilderConfig, 'main' | 'project'>,
  target: Target,
): Products {
  const programs = targets.filter(({ type }) => type === 'EXECUTABLE');
  const shipped = programs.filter(({ installed }) => installed);
  const libraries = targets.filter(
    ({ type }) => LOADED.has(type) || (programs.length === 0 && type === 'STATIC_LIBRARY'),
  );
  if (programs.length + libraries.length === 0) throw nothingBuilt(target);
  const isTree = installs && (shipped.length > 0 || programs.length === 0);
  const released = isTree ? shipped : programs;
  return { kind: isTree ? 'tree' : 'files', programs: released, libraries, main: mainProgram(released, config) };
}

/** Whether programs of the project load libraries of its own. */
export function loadsLibraries({ targets }: CMakeModel): boolean {
  return targets.some(({ type }) => LOADED.has(type));
}

function mainProgram(
  programs: readonly CMakeTarget[],
  { main, project }: Pick<BuilderConfig, 'main' | 'project'>,
): CMakeTarget | undefined {
  const called = (wanted: string): CMakeTarget | undefined =>
    programs.find((one) => one.name === wanted || stemOf(one) === wanted) ??
    programs.find((one) => stemOf(one).toLowerCase() === wanted.toLowerCase());
  if (main === '.')
    return called(project.binary) ?? called(project.name) ?? (programs.length === 1 ? programs[0] : undefined);
  const named = called(main);
  if (named !== undefined) return named;
  throw new BuildError(`Cannot build ${JSON.stringify(main)}: the project has no such program`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.cpp',
    key: 'project.main',
    hint: `Its programs: ${programs.map(({ name }) => name).join(', ') || 'none'}.`,
  });
}

function stemOf({ fileName }: CMakeTarget): string {
  return fileName.replace(/\.exe$/i, '');
}

function nothingBuilt(target: Target): BuildError {
  return new BuildError('Cannot release the project: it builds no program and no library', {
    code: 'ERR_BUILD_OUTPUT_MISSING',
    op: 'build.cpp',
    target: formatTarget(target),
    hint: 'Add one with add_executable() or add_library() to CMakeLists.txt.',
  });
}
