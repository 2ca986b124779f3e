import type { CancelOptions, Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import { readToml, tableIn, textIn, textsIn, type TomlTable } from '../../toml.ts';
import { readSetupCfg, readSetupPy, type SetupFacts } from './setup-files.ts';
import { dynamicVersion } from './dynamic-version.ts';

/** What a Python project says of itself, without running any of it. */
export interface PythonProject {
  /** Path of the file that says most, in the medium. */
  readonly path: string;
  readonly name?: string;
  readonly version?: string;
  /** Names of programs. */
  readonly scripts: readonly string[];
  readonly backend: BuildBackend;
  /** Whether it makes machine code, as far as its files tell. */
  readonly compiles: boolean;
}

/** Who makes the wheel: https://packaging.python.org/en/latest/specifications/pyproject-toml/ */
export interface BuildBackend {
  /** What must be installed to build, as it is written. */
  readonly requires: readonly string[];
  /** Its module: `hatchling.build`. */
  readonly module: string;
  /** Folders of a backend that is a part of the project. */
  readonly path: readonly string[];
}

/** What holds where nothing is said. */
const LEGACY: BuildBackend = { requires: ['setuptools'], module: 'setuptools.build_meta:__legacy__', path: [] };

/** Tools that are there to make machine code. */
const COMPILERS =
  /^(?:cffi|cython|maturin|meson-python|mypyc?|nanobind|pybind11|scikit[-_]build(?:[-_]core)?|setuptools[-_]rust)\b/i;

/**
 * Reads pyproject.toml, setup.cfg and setup.py.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` where pyproject.toml is no TOML, `ERR_BUILD_NO_PROJECT` where nothing of them is
 * there, or nothing in them names a project.
 */
export async function readPythonProject(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<PythonProject> {
  const path = pathBelow(dir, 'pyproject.toml');
  const toml = await readToml(medium, path, options);
  const setup = { ...(await readSetupPy(medium, dir, options)), ...(await readSetupCfg(medium, dir, options)) };
  if (toml === undefined || (!namesProject(toml) && !setup.exists)) {
    if (!setup.exists) throw noProject(dir, path, toml !== undefined);
  }
  const table = toml ?? {};
  const said = saidIn(table);
  const version =
    said.version ?? (await dynamicVersion(medium, dir, { toml: table, setup, ...options })) ?? setup.version;
  const backend = backendOf(table);
  return {
    path: toml === undefined ? pathBelow(dir, 'setup.py') : path,
    scripts: [...said.scripts, ...(setup.scripts ?? [])],
    backend,
    compiles: compiles(table, backend, setup),
    ...given({ name: said.name ?? setup.name, version }),
  };
}

function namesProject(toml: TomlTable): boolean {
  return saidIn(toml).name !== undefined || backendOf(toml) !== LEGACY;
}

interface Said {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly scripts: readonly string[];
}

/** `[project]`, else what Poetry had before there was one. */
function saidIn(toml: TomlTable): Said {
  const project = tableIn(toml, 'project');
  const poetry = tableIn(tableIn(toml, 'tool'), 'poetry');
  const scripts = [tableIn(project, 'scripts'), tableIn(project, 'gui-scripts'), tableIn(poetry, 'scripts')];
  return {
    name: textIn(project, 'name') ?? textIn(poetry, 'name'),
    version: textIn(project, 'version') ?? textIn(poetry, 'version'),
    scripts: scripts.flatMap(Object.keys),
  };
}

function backendOf(toml: TomlTable): BuildBackend {
  const system = tableIn(toml, 'build-system');
  const module = textIn(system, 'build-backend');
  const requires = textsIn(system, 'requires');
  if (module === undefined) return requires.length === 0 ? LEGACY : { ...LEGACY, requires };
  return { requires, module, path: textsIn(system, 'backend-path') };
}

function compiles(toml: TomlTable, { requires }: BuildBackend, setup: SetupFacts): boolean {
  const setuptools = tableIn(tableIn(toml, 'tool'), 'setuptools');
  return setup.compiles === true || 'ext-modules' in setuptools || requires.some((name) => COMPILERS.test(name));
}

function noProject(dir: string, path: string, isThere: boolean): BuildError {
  const why = isThere ? 'its pyproject.toml names no project' : 'it has neither pyproject.toml nor setup.py';
  return new BuildError(`Cannot build ${JSON.stringify(dir)}: ${why}`, {
    code: 'ERR_BUILD_NO_PROJECT',
    op: 'build.python',
    path,
    hint: 'Add [project] with name and version to pyproject.toml: https://packaging.python.org/en/latest/tutorials/packaging-projects/',
  });
}
