import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import type { Target } from '../../target.ts';
import { givenLinkerFlags } from '../go/go-command.ts';
import { programName } from '../kit/command-targets.ts';
import type { Taskfile } from '../taskfile/read-taskfile.ts';
import type { WailsProject } from './wails-project.ts';

/** A command that builds for one target. */
export interface WailsCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly howToGet: string;
}

/** What {@link wailsCommand} is asked for. */
export interface WailsOrder {
  readonly target: Target;
  /** The frontend is the same for every target: only the first builds it. */
  readonly isFirst: boolean;
}

/** How to get the command of a version. */
export const HOW_TO_GET_WAILS: Readonly<Record<WailsProject['wails'], string>> = {
  2: 'Install Wails: `go install github.com/wailsapp/wails/v2/cmd/wails@latest`, then `wails doctor`.',
  3: 'Install Wails 3: `go install github.com/wailsapp/wails/v3/cmd/wails3@latest`, then `wails3 doctor`.',
};

/** Where Wails puts what it builds, from the project's folder. */
export function binFolder({ taskfile, wails }: WailsProject): string {
  return wails === 2 ? 'build/bin' : (taskfile?.variables.get('BIN_DIR') ?? 'bin');
}

/** The command that builds a project for a target. */
export function wailsCommand(config: BuilderConfig, project: WailsProject, order: WailsOrder): WailsCommand {
  const howToGet = HOW_TO_GET_WAILS[project.wails];
  if (project.wails === 2) return { command: 'wails', args: buildArguments(config, order), env: {}, howToGet };
  const args = ['task', ...taskArguments(project.taskfile, order.target)];
  return { command: 'wails3', args, env: { GOFLAGS: goFlags(config, order.target) }, howToGet };
}

/** https://wails.io/docs/reference/cli#build; `-m` leaves go.mod as it is. */
function buildArguments(config: BuilderConfig, { isFirst, target }: WailsOrder): string[] {
  const { flags, ldflags, project } = config;
  return [
    ...['build', '-clean', '-m', ...(isFirst ? [] : ['-s'])],
    ...['-platform', `${target.os}/${target.arch}`, '-o', programName(project.binary, target)],
    ...flags,
    ...(ldflags.length === 0 ? [] : ['-ldflags', givenLinkerFlags(config, target)]),
  ];
}

/**
 * The task of a target with its variables. Taskfiles of Wails 3 have come in three shapes: those whose `build` looks at
 * `GOOS`, those with one file for each system, and those with one task for each.
 */
function taskArguments(taskfile: Taskfile | undefined, { arch, os }: Target): string[] {
  const action = os === 'darwin' ? 'package' : 'build';
  const own = taskfile?.tasks.get(action);
  const variables = [`ARCH=${arch}`, 'PRODUCTION=true'];
  if (own !== undefined && JSON.stringify(own).includes('GOOS')) return [action, `GOOS=${os}`, ...variables];
  if (taskfile?.includes.has(os) === true) return [`${os}:${action}`, ...variables];
  if (taskfile?.tasks.has(`${action}:${os}`) === true) return [`${action}:${os}`, ...variables];
  if (own !== undefined) return [action, `GOOS=${os}`, ...variables];
  throw new BuildError(`Cannot build for ${os}/${arch}: the Taskfile has no task ${action}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.wails',
    path: taskfile?.path,
    target: `${os}/${arch}`,
    hint: 'Write the Taskfile as `wails3 init` does.',
  });
}

/** Tasks call Go themselves: what they do not say, it finds here. https://pkg.go.dev/cmd/go#hdr-Environment_variables */
function goFlags(config: BuilderConfig, target: Target): string {
  const { env, flags, ldflags } = config;
  const own = [...flags, ...(ldflags.length === 0 ? [] : [`-ldflags=${givenLinkerFlags(config, target)}`])];
  return [env['GOFLAGS'] ?? '', ...own.map(quoted)].filter((flag) => flag !== '').join(' ');
}

/** Go takes quotes around a whole flag, and nothing inside of them for special. */
function quoted(flag: string): string {
  if (!/[\s'"]/.test(flag)) return flag;
  return flag.includes("'") ? `"${flag}"` : `'${flag}'`;
}
