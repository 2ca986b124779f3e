import { availableParallelism } from 'node:os';

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
import { BuildError } from '../../errors.ts';
import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import type { Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { buildTargets, type MadeFile, type TargetWork } from '../kit/command-targets.ts';
import { withPrivateFolder } from '../kit/private-folder.ts';
import { buildWithCMake } from './cmake-build.ts';
import { CMAKE_FILE, type CMakeFacts, readCMakeFacts } from './cmake-facts.ts';
import { checkMeans, possibleTargets, type TargetMeans } from './cpp-targets.ts';
import { buildWithMake, HOW_TO_GET_MAKE, makesReleases } from './make-build.ts';
import { type Makefile, readMakefile } from './makefile.ts';

/**
 * Builds C and C++ projects, outside of their folders: with `make configure`, `build` and `package` where the Makefile
 * has them, else with CMake. Other targets than this machine need a toolchain file, a profile of Conan or one of the
 * cross compilers of GNU. With GCC and Clang the same sources give the same bytes in every folder.
 *
 * @example
 * ```ts
 * import { CppBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const recipe = 'project(Greeter VERSION 1.2.0)\nadd_executable(hello main.cpp)';
 * const medium = new MemoryMedium({ 'CMakeLists.txt': recipe });
 * const builder = new CppBuilder();
 * assert.equal(await builder.detect(medium, ''), true);
 * const identity = await builder.describe(medium, '', { main: '.' });
 * assert.deepEqual(identity, { name: 'Greeter', version: '1.2.0', binary: 'hello' });
 * ```
 */
export class CppBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'cpp';
  /** What the last build in a workspace was made with. */
  readonly #tools = new WeakMap<BuilderConfig['workspace'], Map<string, string>>();

  async detect(medium: Medium, dir: string): Promise<boolean> {
    return (await medium.isFile(pathBelow(dir, CMAKE_FILE))) || makesReleases(await readMakefile(medium, dir));
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const facts = await readCMakeFacts(medium, dir);
    if (facts === undefined) return given({ binary: settings.binary });
    const { name, version } = facts;
    return given({ name, version, binary: settings.binary ?? programOf(facts, settings.main) });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const known = this.#tools.get(config.workspace);
    if (known !== undefined) return Object.fromEntries(known);
    const { medium, dir } = config;
    if (!makesReleases(await readMakefile(medium, dir, options))) return {};
    const said = await askTool(config, { command: 'make', args: ['--version'], howToGet: HOW_TO_GET_MAKE }, options);
    return { make: /\d+(?:\.\d+)+/.exec(said)?.[0] ?? 'unknown' };
  }

  async chooseTargets(
    config: BuilderConfig,
    targets: readonly Target[],
    options: CancelOptions = {},
  ): Promise<Target[]> {
    return possibleTargets(config, targets, {
      makefile: await releaseMakefile(config, options),
      signal: options.signal,
    });
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const { signal } = options;
    const makefile = await releaseMakefile(config, { signal });
    const means = await checkMeans(config, targets, { makefile, signal });
    const tools = new Map<string, string>();
    if (makefile === undefined) this.#tools.set(config.workspace, tools);
    // the store of Conan is not for several at once, and a Makefile may use the same files for every target
    const alone = makefile !== undefined || [...means.values()].some(({ profile }) => profile !== undefined);
    const concurrency = alone ? 1 : Math.min(targets.length, availableParallelism());
    return buildTargets(config, targets, { ...options, concurrency }, (work) =>
      withPrivateFolder(
        (folder) => {
          const one = { ...work, folder, ...(means.get(work.target) ?? { toolchain: undefined, profile: undefined }) };
          if (makefile !== undefined) return buildWithMake(config, { ...one, makefile });
          return this.#cmake(config, { ...one, sharers: concurrency, tools });
        },
        { signal: work.signal },
      ),
    );
  }

  async #cmake(config: BuilderConfig, { tools, ...work }: CMakeOrder): Promise<readonly MadeFile[]> {
    const { toolchain = { kind: 'host' } } = work;
    const result = await buildWithCMake(config, { ...work, toolchain });
    for (const [name, version] of Object.entries(result.tools)) tools.set(name, version);
    return result.files;
  }
}

interface CMakeOrder extends TargetWork, TargetMeans {
  readonly folder: string;
  readonly sharers: number;
  /** Gets what is used. */
  readonly tools: Map<string, string>;
}

/** The program that `main` names, or the only one, or the one that is called as the project is. */
function programOf({ name, programs }: CMakeFacts, main: string): string | undefined {
  if (main !== '.') return programs.get(main) ?? main;
  if (programs.size === 1) return [...programs.values()][0];
  const lower = name?.toLowerCase();
  return [...programs.values()].find((program) => program.toLowerCase() === lower);
}

/** The Makefile, where it makes releases; else CMake must be able to. */
async function releaseMakefile({ dir, medium }: BuilderConfig, options: CancelOptions): Promise<Makefile | undefined> {
  const makefile = await readMakefile(medium, dir, options);
  if (makesReleases(makefile)) return makefile;
  if (await medium.isFile(pathBelow(dir, CMAKE_FILE), options)) return undefined;
  throw new BuildError(`Cannot build ${JSON.stringify(dir)}: it has no ${CMAKE_FILE}`, {
    code: 'ERR_BUILD_NO_PROJECT',
    op: 'build.cpp',
    path: pathBelow(dir, CMAKE_FILE),
    hint: 'Write one, or give its Makefile the targets configure, build and package.',
  });
}
