import type { CancelOptions, Medium } from '@core/io';
import type { Service } from '@core/process';

import type { Artifact } from './artifact.ts';
import type { DockerSettings, LinuxKitSettings, NodeSettings, ProjectSettings } from './config/build-config.ts';
import type { BuildEventListener } from './events.ts';
import type { Target } from './target.ts';
import type { Workspace } from './workspace/types.ts';

/** What a release is called. */
export interface ProjectIdentity {
  readonly name: string;
  readonly version: string;
  /** Name of the program, without `.exe`. */
  readonly binary: string;
}

/** What a {@link Builder} is given. */
export interface BuilderConfig {
  readonly medium: Medium;
  /** The project's folder in the medium. */
  readonly dir: string;
  /** The folder in the medium that gets `<os>_<arch>/<binary>`. */
  readonly outputDir: string;
  readonly project: ProjectIdentity;
  /** The entry as the configuration says it; `.` leaves it to the project. */
  readonly main: string;
  readonly cgo: boolean;
  readonly flags: readonly string[];
  readonly ldflags: readonly string[];
  readonly node: NodeSettings;
  readonly docker: DockerSettings;
  readonly linuxkit: LinuxKitSettings;
  /** The environment of every command, whole. */
  readonly env: Readonly<Record<string, string>>;
  /** Where on the disk commands run. */
  readonly workspace: Workspace;
  /** What starts the commands. */
  readonly service: Service;
  /** Nothing may be done that others see: what is pushed somewhere stays there. */
  readonly dryRun?: boolean | undefined;
}

/** How a build is cancelled, and who is told of its progress. */
export interface BuilderOptions extends CancelOptions {
  readonly onEvent?: BuildEventListener | undefined;
}

/**
 * Builds projects of one kind.
 *
 * `build` makes at least one artifact for each target, in their order, at `<outputDir>/<os>_<arch>/<binary>`; commands run
 * in `workspace.path`, artifacts are written through `medium`. What was made for one target is packed as one archive. When it rejects, artifacts that it has written may stay:
 * the caller gave it a folder of its own.
 */
export interface Builder {
  readonly name: string;
  detect(medium: Medium, dir: string): Promise<boolean>;
  build(config: BuilderConfig, targets: readonly Target[], options?: BuilderOptions): Promise<Artifact[]>;
}

/** What a builder that can read the project's own files says of it, where the configuration does not. */
export interface ProjectDescriber {
  describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>>;
}

/** Whether a builder can also describe the project. */
export function describesProject(builder: Builder): builder is Builder & ProjectDescriber {
  return 'describe' in builder && typeof builder.describe === 'function';
}

/** What a builder says whose bytes depend on the version of a tool. */
export interface ToolReporter {
  /** Names of tools with their versions, after a build. */
  tools(config: BuilderConfig, options?: CancelOptions): Promise<Readonly<Record<string, string>>>;
}

/** Whether a builder can also name its tools. */
export function reportsTools(builder: Builder): builder is Builder & ToolReporter {
  return 'tools' in builder && typeof builder.tools === 'function';
}

/** What a builder says that cannot build for everything on every machine. */
export interface TargetChooser {
  /**
   * Those of the targets that can be built for on this machine, in their order. It is asked where nobody has named the
   * targets; those that somebody has named are built, or refused with the reason.
   */
  chooseTargets(config: BuilderConfig, targets: readonly Target[], options?: CancelOptions): Promise<Target[]>;
}

/** Whether a builder can also choose from the usual targets. */
export function choosesTargets(builder: Builder): builder is Builder & TargetChooser {
  return 'chooseTargets' in builder && typeof builder.chooseTargets === 'function';
}
