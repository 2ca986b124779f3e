import type { ProjectSettings } from '../../config/build-config.ts';
import { BuildError } from '../../errors.ts';
import { type NodePackage, unscopedName } from '../../package-json.ts';

/** The program that is made of a Node project. */
export interface NodeEntry {
  /** Path of the file from the project's folder, as it is written. */
  readonly file: string;
  /** Name of the program, where the project gives it one. */
  readonly binary?: string;
  /** Where it was found: for messages. */
  readonly source: string;
}

/** The entry that project and configuration name; `undefined` where neither does. */
export function findEntry(
  manifest: NodePackage,
  settings: Pick<ProjectSettings, 'binary' | 'main'>,
): NodeEntry | undefined {
  const program = findProgram(manifest, settings);
  if (settings.main !== '.') return { ...program, file: settings.main, source: 'project.main of the configuration' };
  if (program !== undefined) return program;
  if (manifest.main !== undefined) return { file: manifest.main, source: `main of ${manifest.path}` };
  return undefined;
}

/** The one of the programs of `bin` that is asked for; of several, else the one that is called as the package. */
function findProgram(
  manifest: NodePackage,
  { binary, main }: Pick<ProjectSettings, 'binary' | 'main'>,
): NodeEntry | undefined {
  const programs = Object.entries(manifest.bin);
  const named = (name: string) => programs.find(([program]) => program === name);
  const [only, ...others] = programs;
  if (only === undefined) return undefined;
  const asked = binary === undefined ? undefined : named(binary);
  if (asked === undefined && binary !== undefined && others.length > 0 && main === '.') {
    throw noSuchProgram(manifest, binary);
  }
  const [name, file] = asked ?? named(unscopedName(manifest.name ?? '')) ?? only;
  return { file, ...(name === '' ? {} : { binary: unscopedName(name) }), source: `bin of ${manifest.path}` };
}

function noSuchProgram(manifest: NodePackage, binary: string): BuildError {
  const known = Object.keys(manifest.bin).join(', ');
  const what = `Cannot build ${JSON.stringify(binary)}: bin of ${JSON.stringify(manifest.path)} has only ${known}`;
  return new BuildError(what, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.node',
    path: manifest.path,
    key: 'project.binary',
    hint: 'Set project.binary to one of them, or project.main to the file of the program.',
  });
}

/** The refusal of a project that names no program; `members` are folders in it that do. */
export function noEntry(manifest: NodePackage, members: readonly string[] = []): BuildError {
  return new BuildError(`Cannot build ${JSON.stringify(manifest.path)}: it names no program`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.node',
    path: manifest.path,
    hint:
      members.length === 0
        ? 'Add "bin" to package.json, or project.main to .core/build.yaml.'
        : `There are programs in ${members.join(', ')}: build one of these folders.`,
  });
}

/** The refusal of a program that is not there, also after the build script has run. */
export function missingEntry(entry: NodeEntry, path: string): BuildError {
  return new BuildError(`Cannot build ${JSON.stringify(path)}: ${entry.source} names it, and it does not exist`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.node',
    path,
    hint: 'Correct the name, or add a script "build" that makes the file.',
  });
}
