import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { pathBelow } from '../../paths.ts';
import { askTool } from '../kit/ask-tool.ts';
import type { TargetCommand } from '../kit/command-targets.ts';
import { shownCommand } from '../kit/shown-command.ts';
import type { CargoProgram } from './find-program.ts';
import { deliverFlags, remapFlags } from './rust-flags.ts';
import { HOW_TO_GET_RUST, type RustTarget } from './toolchain.ts';

/** Where Cargo works. */
export interface CargoPlaces {
  /** The folder of the workspace that the package belongs to. */
  readonly root: string;
  /** Where it puts what it makes. */
  readonly targetDir: string;
  /** There is a Cargo.lock. */
  readonly locked: boolean;
}

/** What a call of `cargo build` is made from. */
export interface CargoBuild extends CargoPlaces {
  readonly program: CargoProgram;
  readonly target: RustTarget;
}

/** Cargo.toml of the package of a program, on the disk. */
function manifestPath({ workspace }: Pick<BuilderConfig, 'workspace'>, { folder }: CargoProgram): string {
  return pathBelow(pathBelow(workspace.path, folder), 'Cargo.toml');
}

/** Asks Cargo where it works; it looks for nothing on the network. */
export async function askPlaces(
  config: BuilderConfig,
  program: CargoProgram,
  options: CancelOptions,
): Promise<Omit<CargoPlaces, 'locked'>> {
  const manifest = manifestPath(config, program);
  const args = ['metadata', '--format-version', '1', '--no-deps', '--offline', '--manifest-path', manifest];
  const answer = await askTool(config, { command: 'cargo', args, howToGet: HOW_TO_GET_RUST }, options);
  const places = placesIn(answer);
  if (places !== undefined) return places;
  throw new BuildError(`Cannot build ${JSON.stringify(manifest)}: cargo metadata does not say where it builds`, {
    code: 'ERR_BUILD_COMMAND_FAILED',
    op: 'build.rust',
    path: manifest,
    command: shownCommand('cargo', args),
    output: answer.slice(0, 1000),
    hint: HOW_TO_GET_RUST,
  });
}

/** What `cargo metadata` says: https://doc.rust-lang.org/cargo/commands/cargo-metadata.html */
function placesIn(answer: string): Omit<CargoPlaces, 'locked'> | undefined {
  try {
    const { target_directory: targetDir, workspace_root: root } = JSON.parse(answer) as Record<string, unknown>;
    return typeof targetDir === 'string' && typeof root === 'string' ? { targetDir, root } : undefined;
  } catch {
    return undefined;
  }
}

/** The command that builds a program for a target. */
export function cargoCommand(config: BuilderConfig, build: CargoBuild): TargetCommand {
  const { locked, program, target } = build;
  const flags = deliverFlags(remapFlags(build, config.env), config, target);
  const args = [
    ...['build', '--release', ...(locked ? ['--locked'] : []), '--target', target.triple],
    ...['--manifest-path', manifestPath(config, program), '--bin', program.name],
  ];
  return {
    command: 'cargo',
    args: [...args, ...flags.args],
    env: { ...target.env, ...flags.env },
    shown: shownCommand('cargo', args),
    howToGet: HOW_TO_GET_RUST,
  };
}
