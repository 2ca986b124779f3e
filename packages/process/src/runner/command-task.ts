import type { Medium } from '@core/io';

import { formatCommandLine } from '../command-line.ts';
import { ProcessError } from '../errors.ts';
import type { StartOptions } from '../options.ts';
import type { Process } from '../process.ts';
import type { Service } from '../service.ts';
import type { AttemptContext, AttemptResult } from './attempt.ts';
import { followLines } from './follow-lines.ts';
import type { RunSpec } from './run-spec.ts';

/** Where the processes of tasks run. */
export interface CommandPlace {
  readonly service: Service;
  /** What `dir` is a path inside; where the service finds it unless it is given. */
  readonly workspace?: Medium | undefined;
}

/** A process that was started for a task. */
export interface StartedCommand {
  readonly process: Process;
  /** Resolves when all its lines were told to those who want them; never rejects. */
  readonly told: Promise<void>;
}

/** A try of a task that is a process of its own. */
export async function commandTask(place: CommandPlace, context: AttemptContext): Promise<AttemptResult> {
  const { spec, signal } = context;
  try {
    const { process, told } = await startCommand(place, context, { timeoutMs: spec.timeoutMs, signal });
    const result = await process.done;
    await told;
    const { exitCode, output, ok } = result;
    return ok ? { ok, exitCode, output } : { ok, exitCode, output, error: failureOf(() => result.unwrap()) };
  } catch (error) {
    return { ok: false, output: '', error };
  }
}

/** Starts the process of a task, and tells that it runs, or that it could not be started. */
export async function startCommand(
  place: CommandPlace,
  { spec, signal, started, onLines }: AttemptContext,
  options: StartOptions = {},
): Promise<StartedCommand> {
  const { command = '', args, env } = spec;
  let process: Process;
  try {
    process = await place.service.start(command, args, { ...options, dir: await dirOf(place, spec), env });
  } catch (error) {
    if (!signal.aborted) started();
    throw error;
  }
  started(process.pid);
  return { process, told: onLines === undefined ? Promise.resolve() : followLines(process, onLines) };
}

/** The directory as the service takes it. */
async function dirOf(
  { service, workspace }: CommandPlace,
  { command = '', args = [], dir }: RunSpec,
): Promise<string | undefined> {
  if (workspace === undefined || workspace === service.medium) return dir;
  const path = await workspace.realPath(dir ?? '');
  if (path !== undefined) return path;
  const commandLine = formatCommandLine(command, args);
  throw new ProcessError(`Cannot start ${commandLine}: the workspace is on no disk`, {
    ...{ code: 'ERR_PROCESS_SPAWN_FAILED', op: 'process.start', commandLine },
    hint: 'A process needs a directory on a disk: use a medium with the capability `realPath`.',
  });
}

function failureOf(unwrap: () => unknown): unknown {
  try {
    unwrap();
    return undefined;
  } catch (error) {
    return error;
  }
}
