import { types } from 'node:util';

import type { ReadyCheck } from '../readiness/ready-check.ts';
import type { RunOptions } from '../run-options.ts';
import { checkList, checkNumber, checkObject, checkText, describe } from './check.ts';

const WORDS: readonly unknown[] = ['started', 'ssh', 'agent'];
/** So deep may `all` and `any` stand in each other. */
const DEEPEST = 20;

/** Refuses a check that could never be fulfilled: of a wrong shape, or of a port that is not forwarded. */
export function checkReadyCheck({ waitFor, ports = {}, publish = [] }: RunOptions): void {
  if (waitFor !== undefined) check('waitFor', waitFor, new Set([22, ...Object.values(ports), ...publish]), 0);
}

function check(name: string, ready: ReadyCheck, forwarded: ReadonlySet<number>, depth: number): void {
  if (WORDS.includes(ready)) return;
  if (typeof ready !== 'object' || depth > DEEPEST) {
    throw new TypeError(`${name} must be "started", "ssh", "agent" or an object, not ${describe(ready)}`);
  }
  checkObject(name, ready);
  if ('all' in ready) checkEach(`${name}.all`, ready.all, forwarded, depth);
  else if ('any' in ready) checkEach(`${name}.any`, ready.any, forwarded, depth);
  else if ('console' in ready) checkPattern(`${name}.console`, ready.console);
  else if ('command' in ready) checkCommandWords(`${name}.command`, ready.command);
  else if ('httpPort' in ready) checkForwarded(`${name}.httpPort`, ready.httpPort, forwarded);
  else if ('port' in ready) {
    checkForwarded(`${name}.port`, ready.port, forwarded);
    checkText(`${name}.banner`, ready.banner);
  } else throw new TypeError(`${name} must have one of: console, port, httpPort, command, all, any`);
}

function checkEach(name: string, checks: readonly ReadyCheck[], ports: ReadonlySet<number>, depth: number): void {
  checkList(name, checks);
  if (checks.length === 0) throw new TypeError(`${name} must not be empty`);
  for (const [index, ready] of checks.entries()) check(`${name}[${String(index)}]`, ready, ports, depth + 1);
}

function checkPattern(name: string, pattern: unknown): void {
  if (!types.isRegExp(pattern)) checkText(name, pattern ?? null);
}

function checkForwarded(name: string, port: number, forwarded: ReadonlySet<number>): void {
  checkNumber(name, port, 1, 65_535);
  if (forwarded.has(port)) return;
  throw new RangeError(
    `${name} must be a port of the guest that is forwarded by \`ports\` or \`publish\`, not ${String(port)}`,
  );
}

/** Refuses a command that is none. */
function checkCommandWords(name: string, command: readonly string[]): void {
  if (!Array.isArray(command) || command.length === 0) {
    throw new TypeError(`${name} must be an array of at least one word, not ${describe(command)}`);
  }
  for (const [index, word] of command.entries()) {
    if (typeof word !== 'string')
      throw new TypeError(`${name}[${String(index)}] must be a string, not ${describe(word)}`);
    if (word.includes('\0')) throw new TypeError(`${name}[${String(index)}] must not hold a NUL character`);
  }
  if (command[0] === '') throw new TypeError(`${name}[0] must be a program, not an empty string`);
}
