import type { CancelOptions, Medium } from '@core/io';

import type { Artifact } from '../../artifact.ts';
import type {
  Builder,
  BuilderConfig,
  BuilderOptions,
  ProjectDescriber,
  ProjectIdentity,
  TargetChooser,
  ToolReporter,
} from '../../builder.ts';
import type { ProjectSettings } from '../../config/build-config.ts';
import { timedStep } from '../../events.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import { isPythonProject } from '../../predicates.ts';
import type { Target } from '../../target.ts';
import { deliver } from '../kit/deliver.ts';
import { openProjectCopy, type ProjectCopy } from '../kit/project-copy.ts';
import { buildWheel } from './build-wheel.ts';
import { checkPythonSyntax } from './check-python-syntax.ts';
import { chooseProgram, findPythonEntry, type PythonEntry } from './entry.ts';
import { findInterpreter, type Interpreter } from './interpreter.ts';
import { linkRepository, staysBehind } from './project-files.ts';
import { pyzFiles, rewriteWheel, writePyz } from './pack-python.ts';
import { readPythonProject } from './python-project.ts';
import { checkPythonTargets, isPossible } from './python-targets.ts';
import { makeSite, systemDependent } from './site.ts';
import { openWheel, type Wheel } from './wheel.ts';

/**
 * Builds Python projects: in a private copy the wheel, by the project's own backend; then, for a program, one zip with
 * all modules that it needs, which Python runs (`.pyz`). A library, and a program with machine code, is its wheel.
 *
 * @example
 * ```ts
 * import { PythonBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new PythonBuilder();
 * const medium = new MemoryMedium({
 *   'pyproject.toml': '[project]\nname = "acme-tools"\nversion = "1.2.0"\nscripts.hello = "acme.cli:main"',
 * });
 * assert.equal(await builder.detect(medium, ''), true);
 * const identity = await builder.describe(medium, '', { main: '.' });
 * assert.deepEqual(identity, { name: 'acme-tools', version: '1.2.0', binary: 'hello' });
 * ```
 */
export class PythonBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'python';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return isPythonProject(medium, dir);
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const { name, scripts, version } = await readPythonProject(medium, dir);
    const programs = new Map(scripts.map((script) => [script, script]));
    const program = settings.main === '.' ? chooseProgram({ name: name ?? '', programs }, '')?.name : undefined;
    return given({ name, version, binary: settings.binary ?? program ?? name });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const { backend } = await readPythonProject(config.medium, config.dir, options);
    const { missing, version, versions } = await findInterpreter(config, backend, options);
    return { python: version, ...(missing.length === 0 ? versions : given({ build: versions['build'] })) };
  }

  async chooseTargets(
    { dir, medium }: BuilderConfig,
    targets: readonly Target[],
    options: CancelOptions = {},
  ): Promise<Target[]> {
    const { compiles } = await readPythonProject(medium, dir, options);
    return targets.filter((target) => isPossible(target, compiles));
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const { dir, medium, workspace } = config;
    const { onEvent, signal } = options;
    signal?.throwIfAborted();
    const { backend, compiles, version } = await readPythonProject(medium, dir, { signal });
    checkPythonTargets(targets, compiles);
    const python = await findInterpreter(config, backend, { signal });
    const stays = await staysBehind(workspace.path, { signal });
    await using copy = await openProjectCopy(config, { skip: stays, signal });
    await linkRepository(workspace.path, copy.path, { signal });
    for (const link of copy.leftOut) {
      onEvent?.({
        type: 'warning',
        message: `${link} is left out: it is a link that leads out of the project, or nowhere.`,
      });
    }
    const path = await buildWheel(config, { python, copy, ...options });
    const wheel = await openWheel(path, pathBelow(copy.root, 'wheel'), { signal });
    checkPythonTargets(targets, !wheel.isPure);
    warnOfVersion(config, version, wheel, options);
    await checkPythonSyntax(config, { python, folder: wheel.folder, root: copy.root, ...options });
    const made = await pack(config, { python, copy, wheel, path, targets, ...options });
    return await deliver(config, targets, { ...made, signal });
  }
}

/** A version that cannot be known before the build names the release wrongly. */
function warnOfVersion(
  { project }: BuilderConfig,
  known: string | undefined,
  wheel: Wheel,
  options: BuilderOptions,
): void {
  if (known !== undefined || wheel.version === project.version) return;
  const message = `The wheel has version ${wheel.version}, the release ${project.version}: set project.version, or VERSION of the project where it can be read.`;
  options.onEvent?.({ type: 'warning', message });
}

interface Work extends BuilderOptions {
  readonly python: Interpreter;
  readonly copy: ProjectCopy;
  readonly wheel: Wheel;
  readonly path: string;
  readonly targets: readonly Target[];
}

interface Made {
  readonly file: string;
  readonly name: string;
}

async function pack(config: BuilderConfig, work: Work): Promise<Made> {
  const { copy, onEvent, signal, wheel } = work;
  const entry = await findPythonEntry(config, wheel, { copy, signal });
  const pyz = entry === undefined || !wheel.isPure ? undefined : await packPyz(config, entry, work);
  if (pyz !== undefined) return pyz;
  if (entry !== undefined && !wheel.isPure) {
    onEvent?.({
      type: 'warning',
      message: `${wheel.name} has machine code, which cannot be run from one zip: the release has its wheel.`,
    });
  }
  const file = pathBelow(copy.root, wheel.file);
  await timedStep('package', `Make ${wheel.file}`, onEvent, () => rewriteWheel(wheel, file, { signal }));
  return { file, name: wheel.file };
}

/** One file that Python runs; `undefined` where what it needs has machine code. */
async function packPyz(config: BuilderConfig, entry: PythonEntry, work: Work): Promise<Made | undefined> {
  const { copy, onEvent, signal, wheel } = work;
  const warn = (message: string): void => onEvent?.({ type: 'warning', message });
  const others = [...wheel.programs.keys()].filter((name) => wheel.programs.get(name) !== entry.shown);
  if (config.main === '.' && others.length > 0) {
    warn(`Of the scripts only ${entry.shown} is built: ${others.join(', ')} can be chosen with project.binary.`);
  }
  const site = await makeSite(config, work);
  const conditional = await systemDependent(site, { signal });
  if (conditional.length > 0) warn(`What other systems need may be missing there: ${conditional.join(', ')}.`);
  const { files, machineCode } = await pyzFiles({ ...entry, site, signal });
  const [first] = machineCode;
  if (first !== undefined) {
    warn(
      `${first} is machine code, which cannot be run from one zip: the release has the wheel without what it needs.`,
    );
    return undefined;
  }
  const file = pathBelow(copy.root, 'program.pyz');
  const message = `Make one file of ${entry.shown} and what it needs: ${String(files.length)} files`;
  await timedStep('package', message, onEvent, () => writePyz(files, file, { signal }));
  return { file, name: `${config.project.binary}.pyz` };
}
