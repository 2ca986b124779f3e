import { type CancelOptions, isCoreError } from '@core/io';
import { Runner, type RunSpec } from '@core/process';

import type { Artifact, ArtifactKind } from '../../artifact.ts';
import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { type CommandLine, type CommandOptions, runCommand } from '../../commands.ts';
import { BuildError } from '../../errors.ts';
import { timedStep } from '../../events.ts';
import { pathBelow } from '../../paths.ts';
import { formatTarget, type Target } from '../../target.ts';
import { shownCommand } from './shown-command.ts';

/** A command of a builder; it runs in the project's folder, with the environment of the build and what `env` adds. */
export interface TargetCommand extends Omit<CommandLine, 'dir' | 'env' | 'shown'> {
  /** Absolute, on the disk; the project's folder unless it is given. */
  readonly dir?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The command and its arguments unless it is given. */
  readonly shown?: string | undefined;
}

/** What the work for one target has at hand. */
export interface TargetWork extends CancelOptions {
  readonly target: Target;
  /** Folder on the disk, which is there, for what is made: `<outputDir>/<os>_<arch>`. */
  readonly outDir: string;
  /** Runs a command to its end and tells what it says. */
  readonly run: (command: TargetCommand) => Promise<void>;
}

/** A file that was made for a target. */
export interface MadeFile {
  /** From `outDir`. */
  readonly name: string;
  /** `binary` unless it is given. */
  readonly kind?: ArtifactKind | undefined;
}

/** How the work is shared out. */
export interface TargetPlan extends BuilderOptions {
  /** How many targets are built at once; as many as there are processors unless it is given. */
  readonly concurrency?: number | undefined;
}

/**
 * Does `work` for every target, side by side; it says which files it has made. They are brought into the medium and
 * become the artifacts, in the order of the targets. After a failure nothing new begins, and what runs is ended.
 *
 * @throws what the work of the first target that failed has thrown; `ERR_BUILD_OUTPUT_MISSING` where a file is not there.
 */
export async function buildTargets(
  config: BuilderConfig,
  targets: readonly Target[],
  plan: TargetPlan,
  work: (work: TargetWork) => Promise<readonly MadeFile[]>,
): Promise<Artifact[]> {
  const { service, workspace } = config;
  const { concurrency, onEvent, signal } = plan;
  const made = new Map<string, readonly MadeFile[]>();
  const specs = targets.map((target): RunSpec => {
    const name = formatTarget(target);
    return {
      name,
      task: async (context) => {
        const one = await prepare(config, target, { signal: context.signal, onEvent });
        made.set(name, await timedStep('build', `Build for ${name}`, onEvent, () => work(one)));
      },
    };
  });
  const runner = new Runner(service, { cache: false, ...(concurrency === undefined ? {} : { concurrency }) });
  const { results } = await runner.runParallel(specs, {
    onFailure: 'kill',
    ...(signal === undefined ? {} : { signal }),
  });
  const failed = results.find(({ status }) => status === 'failed');
  if (failed !== undefined) throw failed.error;
  await workspace.save({ signal });
  return collect(config, targets, { made, signal });
}

async function prepare(config: BuilderConfig, target: Target, options: BuilderOptions): Promise<TargetWork> {
  const { medium, outputDir, workspace } = config;
  const folder = pathBelow(outputDir, folderName(target));
  await medium.ensureDir(folder, { signal: options.signal });
  if (!workspace.inPlace) await workspace.load(folder, { signal: options.signal });
  return {
    target,
    outDir: workspace.locate(folder),
    signal: options.signal,
    run: (command) => runInProject(config, command, options),
  };
}

/** Runs a command of a build in the project's folder. */
export function runInProject(
  config: BuilderConfig,
  command: TargetCommand,
  options: Omit<CommandOptions, 'service'>,
): Promise<void> {
  const { args, dir = config.workspace.path, env } = command;
  const shown = command.shown ?? shownCommand(command.command, args);
  const line: CommandLine = { ...command, dir, shown, env: { ...config.env, ...env } };
  return runCommand(line, { ...options, service: config.service });
}

/** The folder of a target in that of a release. */
export function folderName({ os, arch }: Target): string {
  return `${os}_${arch}`;
}

/** What a program is called on the system of a target. */
export function programName(binary: string, { os }: Target): string {
  return os === 'windows' ? `${binary}.exe` : binary;
}

interface Collecting extends CancelOptions {
  readonly made: ReadonlyMap<string, readonly MadeFile[]>;
}

async function collect(
  { medium, outputDir }: BuilderConfig,
  targets: readonly Target[],
  { made, signal }: Collecting,
): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const target of targets) {
    for (const { name, kind = 'binary' } of made.get(formatTarget(target)) ?? []) {
      const path = pathBelow(outputDir, `${folderName(target)}/${name}`);
      const { os, arch } = target;
      artifacts.push({ path, os, arch, kind, size: await sizeOf(path) });
    }
  }
  return artifacts;

  async function sizeOf(path: string): Promise<number> {
    try {
      return (await medium.stat(path, { signal })).size;
    } catch (cause) {
      if (!isCoreError(cause) || cause.code !== 'ENOENT') throw cause;
      throw new BuildError(`Cannot release ${JSON.stringify(path)}: the build did not make it`, {
        code: 'ERR_BUILD_OUTPUT_MISSING',
        op: 'build.collect',
        path,
        hint: 'See what the build said, and where it puts its files.',
        cause,
      });
    }
  }
}
