import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { defaultConfig } from '../../config/load.ts';
import { BuildError } from '../../errors.ts';
import { folderOf, pathBelow } from '../../paths.ts';
import { isWithin, realPathOf } from '../kit/copy-tree.ts';
import type { DenoJson } from './deno-json.ts';
import { type DenoCommand, denoCommandIn, isPermission } from './task-command.ts';

/** What `deno compile` is told, beside target and output. */
export interface CompilePlan {
  readonly flags: readonly string[];
  readonly module: string;
  /** What the program is given before what its user gives it. */
  readonly args: readonly string[];
}

/** What `deno init` and others call the first module. */
const USUAL = ['main.ts', 'main.tsx', 'main.js', 'mod.ts', 'index.ts', 'index.js'];

/** A module that is not a file of the project. */
const REMOTE = /^(?:https?|jsr|npm):/;

/** Flags that only the build decides. */
const OWN = /^(?:--output|-o|--target)(?:=|$)/;

/** Tasks that say how the program is compiled, or else run. */
const COMPILING = ['compile', 'build'];
const RUNNING = ['start', 'run', 'main', 'dev'];

/** The command in the tasks that tells most of how the program is run. */
function commandInTasks({ tasks }: DenoJson): DenoCommand | undefined {
  const find = (names: readonly string[], verb: DenoCommand['verb']) =>
    names.map((name) => denoCommandIn(tasks.get(name) ?? '', verb)).find((command) => command !== undefined);
  return find(COMPILING, 'compile') ?? find(RUNNING, 'run');
}

/** Whether there is a task `build` that does something else than compile the program. */
export function hasBuildTask({ tasks }: DenoJson): boolean {
  const task = tasks.get('build');
  return task !== undefined && denoCommandIn(task, 'compile') === undefined;
}

/** Decides what is compiled, in a project whose files are made. */
export async function planCompile(config: BuilderConfig, json: DenoJson, options: CancelOptions): Promise<CompilePlan> {
  const command = commandInTasks(json);
  const module = await locateModule(config, json, { command, ...options });
  const flags = flagsFor(config, json, command);
  const lock = await lockFlags(config.workspace.path, json, options);
  return { module, flags: [...flags, ...lock], args: command?.verb === 'compile' ? command.args : [] };
}

/** Those of the configuration, which are Go's where nobody has set them; else those of the task. */
function flagsFor({ flags }: BuilderConfig, json: DenoJson, command: DenoCommand | undefined): string[] {
  const isDefault = flags.join('\n') === defaultConfig({}).build.flags.join('\n');
  const ofTask = command?.verb === 'compile' ? command.flags : (command?.flags ?? []).filter(isWorthKeeping);
  const chosen = (isDefault ? ofTask : flags).filter((flag) => !OWN.test(flag));
  return json.hasCompilePermissions && !chosen.some(isPermission) ? [...chosen, '-P'] : [...chosen];
}

/** What the program needs when it runs; `--watch` and the like are for whoever writes it. */
function isWorthKeeping(flag: string): boolean {
  return isPermission(flag) || flag.startsWith('--unstable') || flag === '--no-prompt';
}

/** The lock file is kept as it is, and none is made. */
async function lockFlags(folder: string, { unlocked }: DenoJson, options: CancelOptions): Promise<string[]> {
  const disk = localMedium();
  if (unlocked) return [];
  for (let dir = folder; ; dir = folderOf(dir)) {
    if (await disk.isFile(pathBelow(dir, 'deno.lock'), options)) return ['--frozen'];
    if (folderOf(dir) === dir || folderOf(dir) === '') return ['--no-lock'];
  }
}

interface Locating extends CancelOptions {
  readonly command: DenoCommand | undefined;
}

async function locateModule(config: BuilderConfig, json: DenoJson, { command, signal }: Locating): Promise<string> {
  const [named, source] = namedModule(config, json, command);
  if (named !== undefined && REMOTE.test(named)) return named;
  const top = config.workspace.path;
  const disk = localMedium();
  for (const file of named === undefined ? USUAL : [named]) {
    const path = file.replace(/^(?:\.\/+)+/, '');
    const real = await realPathOf(disk, pathBelow(top, path), { signal });
    if (real === undefined || !(await disk.isFile(real, { signal }))) continue;
    const folder = (await disk.realPath(top, { signal })) ?? top;
    if (!isWithin(folder, real)) throw noModule(file, `${source} names it, and it is not in the project`);
    return path.startsWith('-') ? `./${path}` : path;
  }
  if (named !== undefined) throw noModule(named, `${source} names it, and it does not exist`);
  throw noModule(json.path, 'it names no program');
}

function namedModule({ main }: BuilderConfig, json: DenoJson, command?: DenoCommand): [string | undefined, string] {
  if (main !== '.') return [main, 'project.main of the configuration'];
  if (command?.module !== undefined) return [command.module, `a task of ${json.path}`];
  return [json.exports, `exports of ${json.path}`];
}

function noModule(path: string, why: string): BuildError {
  return new BuildError(`Cannot build ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.deno',
    path,
    hint: 'Add a task "compile" with `deno compile <module>` or "exports" to deno.json, or project.main to .core/build.yaml.',
  });
}
