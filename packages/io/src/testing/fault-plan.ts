import picomatch from 'picomatch';

import type { MediumDriver } from '../driver.ts';

/** A primitive of a medium, or of a file that it opened (`handle.…`) or began to write (`sink.…`). */
export type FaultOp =
  | Exclude<keyof MediumDriver, 'capabilities' | 'normalize' | 'present' | 'removeAll'>
  | 'handle.read'
  | 'handle.stat'
  | 'sink.commit'
  | 'sink.write';

const OPS: readonly FaultOp[] = [
  ...(['stat', 'list', 'read', 'write', 'append', 'mkdir', 'remove', 'rename', 'open', 'create'] as const),
  ...(['chmod', 'utimes', 'readLink', 'symlink', 'lock', 'watch', 'realPath'] as const),
  ...(['handle.read', 'handle.stat', 'sink.write', 'sink.commit'] as const),
];

/** One call of a primitive. */
export interface FaultCall {
  readonly op: FaultOp;
  /** Normalized; the path of the file for `handle.…` and `sink.…`. */
  readonly path: string;
  /** Where a `rename` goes, what a `symlink` says. */
  readonly dest?: string;
}

/** What goes wrong, and when. A fault that matches a call does, in this order, what it names. */
export interface Fault {
  /** Only calls of this primitive, or of one of these. */
  readonly op?: FaultOp | readonly FaultOp[];
  /** Only calls with a path (or `dest` of a `rename`) that matches: a glob or a regular expression. */
  readonly path?: string | RegExp;
  /** Only the so many-th call that `op` and `path` match, counted from 1; without it every one. */
  readonly nth?: number;

  /** Waits until this is settled, or until the promise is that this gives when the call arrives. */
  readonly hold?: Promise<unknown> | ((call: FaultCall) => unknown);
  /** Waits so long. */
  readonly latencyMs?: number;
  /**
   * Lets only so many bytes of a `write`, an `append` or a `sink.write` through to the medium inside, where they stay,
   * and then refuses: with `error`, by `crash`, else with `EIO`.
   */
  readonly tornBytes?: number;
  /** Refuses with this code: before anything is done, unless the write is torn. */
  readonly error?: string;
  /** Crashes before the primitive is done, or after it is and before its caller knows. */
  readonly crash?: 'after' | 'before';
}

/** Faults in any order; of several that match one call all waits are kept, and the first refusal. */
export type FaultPlan = readonly Fault[];

const TEARABLE: readonly FaultOp[] = ['write', 'append', 'sink.write'];

/** A fault that counts the calls it matches. */
export class CountedFault {
  readonly fault: Fault;
  readonly #ops: readonly FaultOp[] | undefined;
  readonly #matches: (path: string) => boolean;
  #count = 0;

  constructor(fault: Fault) {
    check(fault);
    this.fault = fault;
    this.#ops = fault.op === undefined ? undefined : [fault.op].flat();
    this.#matches = matcher(fault.path);
  }

  /** Whether this call is meant; counts it where op and path match. */
  meets({ op, path, dest }: FaultCall): boolean {
    if (this.#ops?.includes(op) === false) return false;
    if (this.fault.tornBytes !== undefined && !TEARABLE.includes(op)) return false;
    if (!this.#matches(path) && !(op === 'rename' && dest !== undefined && this.#matches(dest))) return false;
    this.#count += 1;
    return this.fault.nth === undefined || this.fault.nth === this.#count;
  }
}

function matcher(path: string | RegExp | undefined): (path: string) => boolean {
  if (path === undefined) return () => true;
  if (typeof path === 'string') return picomatch(path, { dot: true });
  const pattern = new RegExp(path.source, path.flags.replace(/[gy]/g, '')); // these two would remember the last match
  return (text) => pattern.test(text);
}

function check({ op = [], nth, latencyMs, tornBytes, hold, error, crash }: Fault): void {
  for (const name of [op].flat()) {
    if (!OPS.includes(name)) throw new TypeError(`op must be one of ${OPS.join(', ')}, not ${name}`);
  }
  checkCount('nth', nth, 1);
  checkCount('tornBytes', tornBytes, 0);
  if (latencyMs !== undefined && !(latencyMs >= 0)) {
    throw new RangeError(`latencyMs must be a number of milliseconds from 0 up, not ${String(latencyMs)}`);
  }
  if (error !== undefined && crash !== undefined)
    throw new TypeError('A fault must have an error or a crash, not both');
  if ([hold, latencyMs, tornBytes, error, crash].every((effect) => effect === undefined)) {
    throw new TypeError('A fault must have one of hold, latencyMs, tornBytes, error and crash');
  }
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new RangeError(`${name} must be a whole number from ${String(least)} up, not ${String(value)}`);
}
