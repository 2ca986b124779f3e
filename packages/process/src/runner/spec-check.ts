import { checkCommand, checkNumber, checkOptions, describe, LONGEST_MS } from '../check.ts';
import { checkReadyCheck } from './ready/check.ts';
import type { RetryOptions, RunSpec } from './run-spec.ts';
import { checkRestart } from './supervision.ts';

const LISTS = ['after', 'inputs', 'outputs', 'inputEnv'] as const;
/** What only a process has. */
const OF_COMMANDS = ['args', 'env', 'readyWhen', 'restart'] as const;

/**
 * Refuses specs that are no tasks.
 *
 * @throws `TypeError` or `RangeError` that names the spec and what is wrong with it.
 */
export function checkSpecs(specs: readonly RunSpec[]): void {
  if (!Array.isArray(specs)) throw new TypeError(`specs must be an array, not ${describe(specs)}`);
  for (const [index, spec] of (specs as readonly RunSpec[]).entries()) {
    try {
      checkSpec(spec);
    } catch (error) {
      throw error instanceof Error ? placed(error, index, spec) : error;
    }
  }
}

/** The same error with the spec that it is about. */
function placed(error: Error, index: number, spec: RunSpec | null | undefined): Error {
  const name: unknown = spec?.name;
  const called = typeof name === 'string' ? ` (${JSON.stringify(name)})` : '';
  const message = `specs[${String(index)}]${called}: ${error.message}`;
  return error instanceof RangeError
    ? new RangeError(message, { cause: error })
    : new TypeError(message, { cause: error });
}

function checkSpec(spec: RunSpec): void {
  if (typeof spec !== 'object' || (spec as unknown) === null) {
    throw new TypeError(`a spec must be an object, not ${describe(spec)}`);
  }
  if (typeof spec.name !== 'string' || spec.name === '') {
    throw new TypeError(`name must be a text that is not empty, not ${describe(spec.name)}`);
  }
  for (const list of LISTS) checkList(list, spec[list]);
  checkWork(spec);
  checkNumber('timeoutMs', spec.timeoutMs, 1, LONGEST_MS);
  checkRetries(spec.retries);
  checkAmounts('resources', spec.resources);
}

/** It is a command or a function, and has nothing that only the other one can have. */
function checkWork(spec: RunSpec): void {
  const { command, args, task, dir, env, readyWhen, restart } = spec;
  if ((command === undefined) === (task === undefined)) {
    throw new TypeError(`it must have a command or a task, not ${command === undefined ? 'neither' : 'both'}`);
  }
  if (dir !== undefined || env !== undefined) checkOptions({ dir, env });
  if (command !== undefined) checkCommand(command, args ?? []);
  else if (typeof task !== 'function') throw new TypeError(`task must be a function, not ${describe(task)}`);
  else {
    const odd = OF_COMMANDS.find((option) => spec[option] !== undefined);
    if (odd !== undefined) throw new TypeError(`${odd} needs a command, and it has a task`);
  }
  if (readyWhen !== undefined) checkReadyCheck(readyWhen);
  if (restart === undefined) return;
  if (readyWhen === undefined) throw new TypeError('restart needs readyWhen: only a service is started again');
  checkRestart(restart);
}

function checkList(name: string, list: unknown): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new TypeError(`${name} must be an array of strings, not ${describe(list)}`);
  for (const [index, item] of list.entries()) {
    if (typeof item === 'string' && item !== '') continue;
    throw new TypeError(`${name}[${String(index)}] must be a text that is not empty, not ${describe(item)}`);
  }
}

function checkRetries(retries: number | RetryOptions | undefined): void {
  if (retries === undefined) return;
  if (typeof retries !== 'object') {
    checkNumber('retries', typeof retries === 'number' ? retries : Number.NaN, 0, Number.MAX_SAFE_INTEGER);
    return;
  }
  const { minDelayMs, maxDelayMs, factor } = retries;
  checkNumber('retries.retries', (retries as Partial<RetryOptions>).retries ?? Number.NaN, 0, Number.MAX_SAFE_INTEGER);
  checkNumber('retries.minDelayMs', minDelayMs, 0, LONGEST_MS);
  checkNumber('retries.maxDelayMs', maxDelayMs, 0, LONGEST_MS);
  if (factor === undefined || (Number.isFinite(factor) && factor >= 1)) return;
  throw new RangeError(`retries.factor must be a number from 1 up, not ${describe(factor)}`);
}

/** Refuses what is no record of whole numbers; `undefined` passes. */
export function checkAmounts(name: string, amounts: Readonly<Record<string, number>> | undefined): void {
  if (amounts === undefined) return;
  if (typeof amounts !== 'object' || (amounts as unknown) === null) {
    throw new TypeError(`${name} must be an object with a number for each name, not ${describe(amounts)}`);
  }
  for (const [resource, amount] of Object.entries(amounts)) {
    checkNumber(`${name}.${resource}`, typeof amount === 'number' ? amount : Number.NaN, 0, Number.MAX_SAFE_INTEGER);
  }
}
