import { join } from 'node:path';

import { type CancelOptions, copy, localMedium, type Medium } from '@core/io';

import { sourceDate } from '../../archive/reproducible.ts';
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
import { isRustProject } from '../../predicates.ts';
import { type Target } from '../../target.ts';
import { buildTargets, type MadeFile, type TargetWork } from '../kit/command-targets.ts';
import { withPrivateFolder } from '../kit/private-folder.ts';
import { askPlaces, cargoCommand, type CargoPlaces } from './cargo-build.ts';
import { findWorkspaceRoot, readManifest } from './cargo-manifest.ts';
import { type CargoProgram, choose, findProgram, findPrograms } from './find-program.ts';
import { type RustTarget, Toolchain, unsupported } from './toolchain.ts';
import { cargoFileName, triplesOf } from './triples.ts';

/**
 * Builds Rust projects: `cargo build --release` for every target of which this machine has the standard library and a
 * linker, with `--locked` where there is a Cargo.lock. `main` is the folder of a package; `.` is that of Cargo.toml, or the
 * members of its workspace. `flags` and `ldflags` are for Go: profiles of Cargo.toml and RUSTFLAGS are for Rust.
 *
 * What Cargo makes stays in its own `target` folder, where the next build finds it. Paths of this machine are replaced in
 * the programs, so that the same sources give the same bytes in every folder; SOURCE_DATE_EPOCH is set for those that ask.
 *
 * @example
 * ```ts
 * import { RustBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new RustBuilder();
 * const medium = new MemoryMedium({
 *   'Cargo.toml': '[package]\nname = "tools"\nversion = "1.2.0"\n[[bin]]\nname = "hello"\npath = "src/main.rs"',
 *   'src/main.rs': 'fn main() {}',
 * });
 * assert.equal(await builder.detect(medium, ''), true);
 * const identity = await builder.describe(medium, '', { main: '.' });
 * assert.deepEqual(identity, { name: 'tools', version: '1.2.0', binary: 'hello' });
 * ```
 */
export class RustBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'rust';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return isRustProject(medium, dir);
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const { binary, main } = settings;
    const program = choose(await findPrograms(medium, dir, { main }), binary);
    const manifest = await readManifest(medium, dir);
    const from = program?.package ?? manifest?.package;
    const version = from?.version ?? manifest?.workspace?.version;
    return given({ name: manifest?.package?.name ?? from?.name, version, binary: binary ?? program?.name });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    return { rustc: (await Toolchain.find(config, options)).version };
  }

  async chooseTargets(
    config: BuilderConfig,
    targets: readonly Target[],
    options: CancelOptions = {},
  ): Promise<Target[]> {
    const toolchain = await Toolchain.find(config, options);
    const possible: Target[] = [];
    for (const target of targets) if (await canPrepare(toolchain, target)) possible.push(target);
    return possible;
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const { medium, dir, main, project } = config;
    const { onEvent, signal } = options;
    refuseUnknown(targets);
    const program = await findProgram(medium, dir, { main, binary: project.binary, signal });
    const toolchain = await Toolchain.find(config, { signal });
    const prepared = new Map<Target, RustTarget>();
    for (const target of targets) prepared.set(target, await toolchain.prepare(target));
    for (const message of otherPrograms(program)) onEvent?.({ type: 'warning', message });
    return withTargetDir(config, async (own) => {
      const places = { ...(await askPlaces(own, program, { signal })), locked: await isLocked(config, { signal }) };
      // Cargo lets one build at a time into its folder, and shares the work of each out by itself
      return buildTargets(own, targets, { ...options, concurrency: 1 }, (work) =>
        buildProgram(own, { ...work, ...places, program, rust: prepared.get(work.target) }),
      );
    });
  }
}

function refuseUnknown(targets: readonly Target[]): void {
  const unknown = targets.find((target) => triplesOf(target).length === 0);
  if (unknown !== undefined) throw unsupported(unknown, 'Rust has no such target', 'Take it out of the targets.');
}

async function canPrepare(toolchain: Toolchain, target: Target): Promise<boolean> {
  try {
    await toolchain.prepare(target);
    return true;
  } catch (error) {
    if (error instanceof BuildError && error.code === 'ERR_BUILD_UNSUPPORTED_TARGET') return false;
    throw error;
  }
}

/** A release has one program. */
function otherPrograms({ name, others }: CargoProgram): string[] {
  if (others.length === 0) return [];
  return [`Of the programs only ${name} is built: ${others.join(', ')} can be chosen with project.binary.`];
}

/** The lock file is that of the workspace. */
async function isLocked({ dir, medium }: BuilderConfig, { signal }: CancelOptions): Promise<boolean> {
  const root = await findWorkspaceRoot(medium, dir, { signal });
  return medium.isFile(pathBelow(root?.dir ?? dir, 'Cargo.lock'), { signal });
}

/** In a copy of the project Cargo builds outside of it: what it leaves there would be taken for a part of the project. */
function withTargetDir<T>(config: BuilderConfig, work: (config: BuilderConfig) => Promise<T>): Promise<T> {
  const env = { ...config.env, SOURCE_DATE_EPOCH: config.env['SOURCE_DATE_EPOCH'] ?? String(sourceDate({})) };
  if (config.workspace.inPlace) return work({ ...config, env });
  return withPrivateFolder((dir) => work({ ...config, env: { ...env, CARGO_TARGET_DIR: dir } }));
}

interface RustWork extends TargetWork, CargoPlaces {
  readonly program: CargoProgram;
  readonly rust: RustTarget | undefined;
}

async function buildProgram(config: BuilderConfig, work: RustWork): Promise<MadeFile[]> {
  const { outDir, program, rust, signal, targetDir } = work;
  if (rust === undefined) return [];
  await work.run(cargoCommand(config, { ...work, target: rust }));
  const name = cargoFileName(config.project.binary, rust.triple);
  const made = join(targetDir, rust.triple, 'release', cargoFileName(program.name, rust.triple));
  const disk = localMedium();
  // where it is not there, the search for what was made tells so
  if (await disk.isFile(made, { signal })) await copy(disk, made, disk, join(outDir, name), { signal });
  return [{ name }];
}
