import { checkCommand, checkedCapture, checkedEncoding, checkedOutput, checkedStdio, checkOptions } from './check.ts';
import { formatCommandLine, quoteForShell } from './command-line.ts';
import { checkedPty } from './launch/checked-pty.ts';
import type { PtyPlan } from './launch/launcher.ts';
import type { StartOptions, StdioOptions } from './options.ts';
import type { CaptureSizes } from './output/capture.ts';
import type { LineFormat } from './output/splitter.ts';
import { redactor } from './redact.ts';
import type { Tie } from './terminate/cookie.ts';

/** A start as it was asked for, checked and with nothing left open. */
export interface Plan {
  readonly command: string;
  readonly args: readonly string[];
  /** As it was given: a path of the host, or of the service's medium. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inheritEnv: boolean;
  readonly stdio: Required<StdioOptions>;
  readonly sizes: CaptureSizes;
  readonly format: LineFormat;
  /** stdout and stderr are one. */
  readonly isMerged: boolean;
  readonly pty: PtyPlan | undefined;
  readonly timeoutMs: number | undefined;
  readonly idleTimeoutMs: number | undefined;
  readonly gracePeriodMs: number;
  readonly killSignal: NodeJS.Signals;
  readonly signal: AbortSignal | undefined;
  readonly input: StartOptions['input'];
  readonly detached: boolean;
  readonly cleanup: boolean;
  readonly shell: boolean | string;
}

/** How long a process has after the polite signal, unless it is said otherwise. */
export const GRACE_PERIOD_MS = 5000;
const LINE_BYTES = 1_048_576;

/** Checks a start and fills in what it leaves open; misuse throws before anything happens. */
export function planOf(command: string, args: readonly string[], options: StartOptions, bufferSizeBytes: number): Plan {
  checkCommand(command, args);
  checkOptions(options);
  const pty = checkedPty(options);
  return {
    command,
    args: [...args],
    dir: options.dir ?? '',
    env: { ...options.env },
    inheritEnv: options.inheritEnv ?? true,
    stdio: pty === undefined ? checkedStdio(options) : { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' },
    sizes: checkedCapture(options.capture, bufferSizeBytes),
    format: {
      encoding: checkedEncoding(options.encoding),
      maxLineBytes: options.maxLineBytes ?? LINE_BYTES,
    },
    isMerged: checkedOutput(options) === 'merged',
    pty,
    timeoutMs: options.timeoutMs,
    idleTimeoutMs: options.idleTimeoutMs,
    gracePeriodMs: options.gracePeriodMs ?? GRACE_PERIOD_MS,
    killSignal: options.killSignal ?? 'SIGTERM',
    signal: options.signal,
    input: options.input,
    detached: options.detached ?? false,
    cleanup: options.cleanup ?? true,
    shell: options.shell ?? false,
  };
}

/** The options of a call over those of the service. */
export function mergeOptions(defaults: StartOptions, options: StartOptions): StartOptions {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(options)) if (value !== undefined) merged[name] = value;
  return { ...merged, env: { ...defaults.env, ...options.env } };
}

/** Whether it leads a session of its own; one that reads this program's stdin stays with the terminal. */
export function hasOwnSession({ stdio, detached }: Plan): boolean {
  return detached || (process.platform !== 'win32' && stdio.stdin !== 'inherit');
}

/** Program and arguments as the system takes them. */
export function fileOf({ command, args, shell }: Plan): { file: string; args: readonly string[]; verbatim: boolean } {
  if (shell === false) return { file: command, args, verbatim: false };
  const line = [command, ...args.map(quoteForShell)].join(' ');
  if (process.platform !== 'win32') return { file: shell === true ? 'sh' : shell, args: ['-c', line], verbatim: false };
  const file = shell === true ? (process.env['ComSpec'] ?? 'cmd.exe') : shell;
  return { file, args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

/** The command as messages show it: without secrets. */
export function commandLineOf(plan: Plan): string {
  const hide = hiderOf(plan); // at first, since a secret that is quoted or cut would not be recognized
  const { file, args } = fileOf({ ...plan, command: hide(plan.command), args: plan.args.map(hide) });
  return formatCommandLine(file, args);
}

/** Takes the secrets of its environment out of a text. */
export function hiderOf({ env, inheritEnv }: Plan): (text: string) => string {
  return redactor({ ...(inheritEnv ? process.env : {}), ...env });
}

/** How it is tied to its program. */
export function tieOf({ detached, cleanup }: Plan): Tie {
  if (detached) return 'detached';
  return cleanup ? 'guarded' : 'unguarded';
}
