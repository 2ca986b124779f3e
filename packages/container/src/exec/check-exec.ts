import { types } from 'node:util';

import type { ExecOptions } from '../run-options.ts';

export const LONGEST_MS = 2_147_483_647;
const MOST_CELLS = 65_535;
const LARGEST_BUFFER = 2 ** 31;

/** Refuses a command or options that no guest could be given. */
export function checkExec(command: readonly string[], options: ExecOptions): void {
  checkCommand(command);
  if (typeof options !== 'object') throw new TypeError(`options must be an object, not ${describe(options)}`);
  const { dir, env, tty, input, signal } = options;
  if (dir !== undefined) checkText('dir', dir);
  if (dir === '') throw new TypeError('dir must be a path in the guest, not an empty string');
  for (const [name, value] of Object.entries(env ?? {})) checkVariable(name, value);
  checkNumber('timeoutMs', options.timeoutMs, LONGEST_MS);
  checkNumber('bufferSizeBytes', options.bufferSizeBytes, LARGEST_BUFFER);
  checkTerminal(tty);
  if (!isInput(input)) throw new TypeError(`input must be text, bytes or an async iterable, not ${describe(input)}`);
  if (signal !== undefined && !('aborted' in signal)) throw new TypeError('signal must be an AbortSignal');
}

function checkCommand(command: readonly string[]): void {
  if (!Array.isArray(command)) throw new TypeError(`command must be an array of strings, not ${describe(command)}`);
  if (command.length === 0) throw new TypeError('command must have a program to run, not be an empty array');
  for (const [index, word] of command.entries()) checkText(`command[${String(index)}]`, word);
  if (command[0] === '') throw new TypeError('command[0] must be the name or path of a program, not an empty string');
}

function checkTerminal(tty: ExecOptions['tty']): void {
  if (tty === undefined || typeof tty === 'boolean') return;
  checkNumber('tty.columns', tty.columns, MOST_CELLS);
  checkNumber('tty.rows', tty.rows, MOST_CELLS);
}

function checkVariable(name: string, value: unknown): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new TypeError(`env must have names of letters, digits and _, not ${describe(name)}`);
  }
  checkText(`env.${name}`, value);
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${describe(value)}`);
  if (value.includes('\0')) throw new TypeError(`${name} must not have a NUL character in it`);
}

function checkNumber(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1 && value <= most)) return;
  throw new RangeError(`${name} must be a whole number from 1 to ${String(most)}, not ${describe(value)}`);
}

function isInput(input: unknown): boolean {
  if (input === undefined || typeof input === 'string' || types.isUint8Array(input)) return true;
  return typeof input === 'object' && input !== null && Symbol.asyncIterator in input;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
