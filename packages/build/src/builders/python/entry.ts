import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { nameOf, pathBelow } from '../../paths.ts';
import { isWithin, realPathOf } from '../kit/copy-tree.ts';
import { madeUpFile, type PackedFile } from '../kit/packed-tree.ts';
import type { ProjectCopy } from '../kit/project-copy.ts';
import type { Wheel } from './wheel.ts';

/** What is run of a wheel. */
export interface PythonEntry {
  /** For people: `hello.cli:main`. */
  readonly shown: string;
  /** The text of `__main__.py`. */
  readonly main: string;
  /** A file that is not in the wheel. */
  readonly others?: readonly PackedFile[];
}

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*`;
const FUNCTION = new RegExp(`^(${NAME})\\s*:\\s*(${NAME})\\s*(?:\\[.*\\])?$`, 'u');
const MODULE = new RegExp(`^${NAME}$`, 'u');

/** A module that does something when it is run. */
const RUNS = /^if\s+__name__\s*==\s*["']__main__["']/m;

/**
 * The program of a project: `main` of the configuration, else the one of its scripts that is asked for or is called as
 * the project, else a package or module that can be run. `undefined` for a library.
 *
 * @throws `ERR_BUILD_NO_ENTRY` where `main`, or a script, leads nowhere.
 */
export async function findPythonEntry(
  config: Pick<BuilderConfig, 'main' | 'project'>,
  wheel: Wheel,
  options: CancelOptions & { readonly copy: ProjectCopy },
): Promise<PythonEntry | undefined> {
  const { main, project } = config;
  if (main !== '.') return (await entryOfFile(main, wheel, options)) ?? entryNamed(main, 'project.main');
  const program = chooseProgram(wheel, project.binary);
  if (program !== undefined) return entryNamed(program.is, `the script ${program.name}`);
  return (await runnablePackage(wheel, options)) ?? runnableModule(wheel, options);
}

/** The script that is asked for; of several, else the one that is called as the project, else the first by name. */
export function chooseProgram(
  { name, programs }: Pick<Wheel, 'name' | 'programs'>,
  binary: string,
): { readonly name: string; readonly is: string } | undefined {
  const names = [...programs.keys()].sort();
  const chosen = [binary, name, normalized(name)].find((wanted) => programs.has(wanted)) ?? names[0];
  return chosen === undefined ? undefined : { name: chosen, is: programs.get(chosen) ?? '' };
}

function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** `module:function`, or a module that is run as a whole. */
function entryNamed(text: string, source: string): PythonEntry {
  const [, module, path = ''] = FUNCTION.exec(text) ?? [];
  if (module !== undefined) {
    const first = path.split('.')[0] ?? path;
    return { shown: text, main: `import sys\n\nfrom ${module} import ${first}\n\nsys.exit(${path}())\n` };
  }
  if (MODULE.test(text)) return moduleEntry(text);
  throw noEntry(text, `${source} is neither a file of the project nor a module or module:function`);
}

function moduleEntry(module: string): PythonEntry {
  const main = `import runpy\n\nrunpy.run_module("${module}", run_name="__main__", alter_sys=True)\n`;
  return { shown: module, main };
}

/** A file of the project: as the module that it is in the wheel, else on its own. */
async function entryOfFile(
  main: string,
  { folder }: Wheel,
  { copy, ...options }: CancelOptions & { readonly copy: ProjectCopy },
): Promise<PythonEntry | undefined> {
  if (!/\.py$|[/\\]/.test(main)) return undefined;
  const disk = localMedium();
  const real = await realPathOf(disk, pathBelow(copy.path, main.replace(/^(?:\.\/+)+/, '')), options);
  if (real === undefined || !(await disk.isFile(real, options)))
    throw noEntry(main, 'project.main names it, and it does not exist');
  if (!isWithin(copy.path, real)) throw noEntry(main, 'project.main names it, and it is not in the project');
  const parts = real.slice(copy.path.length + 1).split('/');
  for (let from = 0; from < parts.length; from += 1) {
    const path = parts.slice(from).join('/');
    const module = path
      .replace(/\.py$/, '')
      .replace(/\/__(?:main|init)__$/, '')
      .replaceAll('/', '.');
    if (MODULE.test(module) && (await disk.isFile(pathBelow(folder, path), options))) return moduleEntry(module);
  }
  const name = nameOf(real).replace(/\.py$/, '');
  if (!MODULE.test(name) || name.includes('.')) throw noEntry(main, 'its name is none that a module can have');
  return { ...moduleEntry(name), shown: main, others: [madeUpFile(`${name}.py`, await disk.readBytes(real, options))] };
}

/** A package that is run by `python3 -m`. */
async function runnablePackage({ folder, name }: Wheel, options: CancelOptions): Promise<PythonEntry | undefined> {
  const disk = localMedium();
  const found: string[] = [];
  for (const entry of await disk.list(folder, options)) {
    if (MODULE.test(entry.name) && (await disk.isFile(pathBelow(entry.path, '__main__.py'), options)))
      found.push(entry.name);
  }
  const module =
    found.find((one) => normalized(one) === normalized(name)) ?? (found.length === 1 ? found[0] : undefined);
  return module === undefined ? undefined : moduleEntry(module);
}

/** A module `main`, or one that is called as the project, that does something when it is run. */
async function runnableModule({ folder, name }: Wheel, options: CancelOptions): Promise<PythonEntry | undefined> {
  const disk = localMedium();
  for (const module of [normalized(name).replaceAll('-', '_'), 'main']) {
    const path = pathBelow(folder, `${module}.py`);
    if ((await disk.isFile(path, options)) && RUNS.test(await disk.read(path, options))) return moduleEntry(module);
  }
  return undefined;
}

function noEntry(what: string, why: string): BuildError {
  return new BuildError(`Cannot build ${JSON.stringify(what)}: ${why}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.python',
    path: what,
    hint: 'Name a file of the project, a module, or a function as package.module:function; or add [project.scripts] to pyproject.toml.',
  });
}
