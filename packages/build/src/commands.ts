import { type CancelOptions, isCoreError } from '@core/io';
import { type OutputLine, type ProcessError, type ProcessResult, redactor, type Service } from '@core/process';

import { BuildError } from './errors.ts';
import type { BuildEventListener } from './events.ts';
import { given } from './given.ts';

/** A command as it is run and shown: what is shown, and what it says, goes without the secrets of its environment. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  /** How messages show it: `npm run build`. */
  readonly shown: string;
  /** Folder on the disk. */
  readonly dir: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** `command` is a line for the shell. */
  readonly shell?: boolean;
  /** How to get the command where it is missing. */
  readonly howToGet?: string;
  /** What it reads from its stdin, which then ends; it is not shown. */
  readonly input?: string | undefined;
  /** Texts beside the secrets of its environment that are hidden in all that is shown. */
  readonly secrets?: readonly string[] | undefined;
}

export interface CommandOptions extends CancelOptions {
  readonly service: Service;
  readonly onEvent?: BuildEventListener | undefined;
  /** Gets each line as the command wrote it, secrets and all: for an answer that is read, and shown to nobody. */
  readonly onLine?: ((line: OutputLine) => void) | undefined;
}

/** Folders that are made for a build and removed after it: nobody can look into them then. */
const PRIVATE_FOLDER = /(?:^|[/\\])core-build-[0-9a-f]{8}-[0-9a-f-]{27}(?:[/\\]|$)/;

/** How much of the end of an output goes into an error, and how much of that may be of stderr alone. */
const LAST_LINES = 40;
const LAST_STDERR_LINES = 10;

/**
 * Runs a command to its end and tells what it says. Aborting ends it with everything that it started.
 *
 * @throws `ERR_BUILD_TOOL_MISSING` where there is no such command, `ERR_BUILD_COMMAND_FAILED` where it fails.
 */
export async function runCommand(
  line: CommandLine,
  { service, signal, onEvent, onLine }: CommandOptions,
): Promise<void> {
  const { dir, env, input, secrets = [], shell = false } = line;
  const hide = redactor({ ...env, ...Object.fromEntries(secrets.map((text, at) => [`SECRET_${String(at)}`, text])) });
  const shown = hide(line.shown);
  signal?.throwIfAborted();
  onEvent?.({ type: 'command-started', command: shown });
  const options = { dir, env, inheritEnv: false, capture: true, shell, input, ...given({ signal }) };
  await using process = await startCommand({ ...line, shown }, () =>
    service.start(line.command, [...line.args], options),
  );
  for await (const output of process.lines()) {
    onLine?.(output);
    onEvent?.({ type: 'command-output', stream: output.stream, line: hide(output.line) });
  }
  const result = await process.wait();
  signal?.throwIfAborted();
  if (!result.ok) throw commandFailed({ ...line, shown }, lastWords(hide(result.output), hide(result.stderr)), result);
  onEvent?.({ type: 'command-finished', command: shown, durationMs: Math.round(result.durationMs) });
}

async function startCommand<T>({ command, shown, howToGet }: CommandLine, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    if (!isMissingProgram(cause)) throw cause;
    throw new BuildError(`Cannot run ${JSON.stringify(shown)}: there is no ${command} on this machine`, {
      code: 'ERR_BUILD_TOOL_MISSING',
      op: 'build.command',
      tool: command,
      command: shown,
      hint: howToGet ?? `Install ${command} and see that it is on the PATH.`,
      cause,
    });
  }
}

/** Not the folder, nor the arguments: the program itself cannot be found. */
function isMissingProgram(error: unknown): boolean {
  if (!isCoreError(error) || error.code !== 'ERR_PROCESS_SPAWN_FAILED') return false;
  const { outcome } = error as ProcessError;
  return outcome?.kind === 'spawnFailed' && outcome.what === 'command' && outcome.code === 'ENOENT';
}

function commandFailed({ shown, dir }: CommandLine, output: string, result: ProcessResult): BuildError {
  const { exitCode, killSignal } = result;
  const how =
    exitCode === undefined
      ? `it was ended by ${killSignal ?? 'the system'}`
      : `it exited with code ${String(exitCode)}`;
  return new BuildError(`Cannot run ${JSON.stringify(shown)}: ${how}`, {
    code: 'ERR_BUILD_COMMAND_FAILED',
    op: 'build.command',
    path: dir,
    command: shown,
    exitCode,
    output,
    hint: `Correct what it reports; it is run in ${PRIVATE_FOLDER.test(dir) ? 'a copy of the project' : dir}.`,
  });
}

/** The end of all that it said. Two pipes keep no order: the end of stderr is in it also where it was read long before. */
function lastWords(output: string, stderr: string): string {
  const said = linesOf(output).slice(-LAST_LINES);
  const errors = linesOf(stderr).slice(-LAST_STDERR_LINES);
  const [reason = ''] = errors.slice(-1);
  const isIn = reason === '' || said.includes(reason);
  return (isIn ? said : [...said.slice(errors.length), ...errors]).join('\n');
}

function linesOf(text: string): string[] {
  return text.trimEnd().split(/\r?\n/);
}
