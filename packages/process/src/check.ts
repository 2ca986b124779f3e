import { constants } from 'node:os';
import { types } from 'node:util';

import type { CaptureOptions, StartOptions, StdioOptions } from './options.ts';
import type { CaptureSizes } from './output/capture.ts';
import { OutputEncoding } from './output/encoding.ts';

/** The longest time that a timer of Node measures; a longer one would end at once. */
export const LONGEST_MS = 2_147_483_647;
const OUTPUTS: readonly unknown[] = ['split', 'merged'];
const TARGETS: readonly unknown[] = ['pipe', 'inherit', 'ignore'];

/** Refuses a command and arguments that are not text, or that no system could be given. */
export function checkCommand(command: string, args: readonly string[]): void {
  checkText('command', command);
  if (command === '') throw new TypeError('command must be the name or path of a program, not an empty string');
  if (!Array.isArray(args)) throw new TypeError(`args must be an array of strings, not ${describe(args)}`);
  for (const [index, arg] of args.entries()) checkText(`args[${String(index)}]`, arg);
}

/** Refuses options of a wrong type, out of range, or at odds with each other. */
export function checkOptions(options: StartOptions): void {
  if (typeof options !== 'object') throw new TypeError(`options must be an object, not ${describe(options)}`);
  if (options.dir !== undefined) checkText('dir', options.dir);
  for (const [name, value] of Object.entries(options.env ?? {})) checkVariable(name, value);
  checkNumber('timeoutMs', options.timeoutMs, 1, LONGEST_MS);
  checkNumber('idleTimeoutMs', options.idleTimeoutMs, 1, LONGEST_MS);
  checkNumber('gracePeriodMs', options.gracePeriodMs, 0, LONGEST_MS);
  checkNumber('maxLineBytes', options.maxLineBytes, 4, 2 ** 28);
  if (options.killSignal !== undefined) checkSignalName(options.killSignal);
  if (options.signal !== undefined && !isAbortSignal(options.signal)) {
    throw new TypeError(
      `signal must be an AbortSignal, not ${describe(options.signal)} (a POSIX signal is killSignal)`,
    );
  }
  checkShell(options.shell);
  checkInput(options);
  checkIdle(options);
  checkedEncoding(options.encoding);
  checkedOutput(options);
}

/** Refuses what is no `AbortSignal`; `undefined` passes. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || isAbortSignal(signal)) return;
  throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)}`);
}

/** Refuses a name that is no signal of this system. */
export function checkSignalName(killSignal: NodeJS.Signals): void {
  if (typeof killSignal === 'string' && Object.hasOwn(constants.signals, killSignal)) return;
  throw new TypeError(`killSignal must be the name of a signal such as "SIGTERM", not ${describe(killSignal)}`);
}

/** Refuses what is the name of no stream; `undefined` passes. */
export function checkStreamName(stream: unknown): void {
  if (stream === undefined || stream === 'stdout' || stream === 'stderr') return;
  throw new TypeError(`stream must be "stdout" or "stderr", not ${describe(stream)}`);
}

/** Refuses what cannot be written to a stdin. */
export function checkData(name: string, data: unknown): void {
  if (typeof data === 'string' || types.isUint8Array(data)) return;
  throw new TypeError(`${name} must be a string or a Uint8Array, not ${describe(data)}`);
}

/** The three streams, each with its target. */
export function checkedStdio({ stdio = {}, input }: StartOptions): Required<StdioOptions> {
  const given: StdioOptions = typeof stdio === 'string' ? { stdin: stdio, stdout: stdio, stderr: stdio } : stdio;
  const { stdin = 'ignore', stdout = 'pipe', stderr = 'pipe' } = given;
  for (const [name, target] of Object.entries({ stdin, stdout, stderr })) checkTarget(name, target);
  return { stdin: input === undefined ? stdin : 'pipe', stdout, stderr };
}

/** How much of each stream is kept. */
export function checkedCapture(capture: boolean | CaptureOptions | undefined, sizeBytes: number): CaptureSizes {
  if (capture === false) return { stdout: 0, stderr: 0 };
  const given: CaptureOptions = capture === true || capture === undefined ? {} : capture;
  checkNumber('capture.stdoutBytes', given.stdoutBytes, 0, Number.MAX_SAFE_INTEGER);
  checkNumber('capture.stderrBytes', given.stderrBytes, 0, Number.MAX_SAFE_INTEGER);
  return { stdout: given.stdoutBytes ?? sizeBytes, stderr: given.stderrBytes ?? sizeBytes };
}

/** The encoding of this name. */
export function checkedEncoding(encoding = 'utf8'): OutputEncoding {
  checkText('encoding', encoding);
  const known = OutputEncoding.of(encoding);
  if (known !== undefined) return known;
  const wanted = '"utf8", "latin1", "utf16le" or a label of the Encoding Standard such as "shift_jis"';
  throw new RangeError(`encoding must be ${wanted}, not ${describe(encoding)}`);
}

/** Whether stdout and stderr are one, for which both have to be pipes. */
export function checkedOutput({ output = 'split', ...options }: StartOptions): 'split' | 'merged' {
  if (!OUTPUTS.includes(output)) throw new TypeError(`output must be "split" or "merged", not ${describe(output)}`);
  if (output === 'split') return output;
  const { stdout, stderr } = checkedStdio(options);
  if (stdout === 'pipe' && stderr === 'pipe') return output;
  const other = stdout === 'pipe' ? stderr : stdout;
  throw new TypeError(`output "merged" needs stdout and stderr to be pipes, and stdio makes one ${describe(other)}`);
}

/** Refuses what is no whole number from `least` to `most`; `undefined` passes. */
export function checkNumber(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new RangeError(
    `${name} must be a whole number from ${String(least)} to ${String(most)}, not ${describe(value)}`,
  );
}

/** Refuses a launcher that there is not. */
export function checkLauncher(launcher: unknown): void {
  if (launcher === 'direct' || launcher === 'warden') return;
  throw new TypeError(`launcher must be "direct" or "warden", not ${describe(launcher)}`);
}

function checkText(name: string, text: unknown): void {
  if (typeof text !== 'string') throw new TypeError(`${name} must be a string, not ${describe(text)}`);
  if (text.includes('\0')) throw new TypeError(`${name} must not hold a NUL character`);
}

/** A value is not shown: it may be a secret. */
function checkVariable(name: string, value: unknown): void {
  if (name === '' || /[=\0]/.test(name)) {
    throw new TypeError(`env must have names without "=" and NUL, not ${JSON.stringify(name)}`);
  }
  if (value === undefined || (typeof value === 'string' && !value.includes('\0'))) return;
  const fault = typeof value === 'string' ? 'it holds a NUL character' : `it is of type ${typeof value}`;
  throw new TypeError(`env.${name} must be a string without NUL, or undefined: ${fault}`);
}

function checkShell(shell: unknown): void {
  if (shell === undefined || typeof shell === 'boolean') return;
  checkText('shell', shell);
  if (shell === '') throw new TypeError('shell must be true, false or the name of a shell, not an empty string');
}

function checkInput({ input, stdio }: StartOptions): void {
  if (input === undefined) return;
  const stdin = typeof stdio === 'string' ? stdio : (stdio?.stdin ?? 'pipe');
  if (stdin !== 'pipe') throw new TypeError(`input needs stdin to be a pipe, and stdio makes it ${describe(stdin)}`);
  if (typeof input === 'string' || types.isUint8Array(input) || isIterable(input)) return;
  throw new TypeError(`input must be a string, bytes, a stream or an iterable of these, not ${describe(input)}`);
}

/** Other views of bytes are iterables of numbers. */
function isIterable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

function checkIdle({ idleTimeoutMs, ...options }: StartOptions): void {
  const { stdout, stderr } = checkedStdio(options);
  if (idleTimeoutMs === undefined || stdout === 'pipe' || stderr === 'pipe') return;
  throw new TypeError('idleTimeoutMs needs stdout or stderr to be a pipe, and stdio makes neither one');
}

function checkTarget(name: string, target: unknown): void {
  if (TARGETS.includes(target) || (Number.isInteger(target) && Number(target) >= 0)) return;
  const wanted = '"pipe", "inherit", "ignore" or a file descriptor';
  throw new TypeError(`stdio.${name} must be ${wanted}, not ${describe(target)}`);
}

/** Whether it is an `AbortSignal`, of whatever realm. */
function isAbortSignal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}

/** A value as a message of misuse names it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
