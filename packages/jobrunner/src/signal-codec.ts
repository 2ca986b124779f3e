import { types } from 'node:util';

import type { PipelineSignal } from './pipeline-signal.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** A date, or one in JSON. */
const isDate: Check = (value) =>
  (types.isDate(value) || isText(value)) && !Number.isNaN(new Date(value as string).getTime());
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    isText(value) && words.includes(String(value));
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Every property of a signal, and what it is. In JSON dates are texts of ISO 8601, and what is `undefined` is absent. */
const FIELDS: Readonly<Record<keyof PipelineSignal, Check>> = {
  epicNumber: isCount,
  childNumber: isCount,
  prNumber: isCount,
  repoOwner: isText,
  repoName: isText,
  prState: orAbsent(oneOf('OPEN', 'MERGED', 'CLOSED')),
  isDraft: isFlag,
  mergeable: oneOf('MERGEABLE', 'CONFLICTING', 'UNKNOWN'),
  checkStatus: oneOf('SUCCESS', 'FAILURE', 'PENDING', 'NONE', 'UNKNOWN'),
  threadsTotal: isCount,
  threadsResolved: isCount,
  lastCommitSha: isText,
  lastCommitAt: orAbsent(isDate),
  lastReviewAt: orAbsent(isDate),
  needsCoding: isFlag,
  assignee: orAbsent(isText),
  issueTitle: orAbsent(isText),
  issueBody: orAbsent(isText),
  childTicked: orAbsent(isFlag),
  childState: orAbsent(oneOf('OPEN', 'CLOSED')),
};

const NAMES = Object.keys(FIELDS) as (keyof PipelineSignal)[];

/**
 * A signal as JSON, for a queue; {@link decodeSignal} reads it back.
 *
 * @throws TypeError where a property is not what the type says.
 *
 * @example
 * ```ts
 * import { decodeSignal, encodeSignal } from '@core/jobrunner';
 *
 * const pipelineSignal = {
 *   epicNumber: 299,
 *   childNumber: 212,
 *   prNumber: 0,
 *   repoOwner: 'host-uk',
 *   repoName: 'core',
 *   prState: undefined,
 *   isDraft: false,
 *   mergeable: 'UNKNOWN',
 *   checkStatus: 'UNKNOWN',
 *   threadsTotal: 0,
 *   threadsResolved: 0,
 *   lastCommitSha: '',
 *   needsCoding: true,
 * } as const;
 * assert.deepEqual(decodeSignal(encodeSignal(pipelineSignal)), pipelineSignal);
 * ```
 */
export function encodeSignal(pipelineSignal: PipelineSignal): string {
  const fault = faultOf(pipelineSignal);
  if (fault !== undefined) throw new TypeError(`pipelineSignal.${fault} is not what the type PipelineSignal says`);
  const fields = NAMES.map((name) => [name, pipelineSignal[name]]);
  return JSON.stringify(Object.fromEntries(fields));
}

/**
 * The signal that {@link encodeSignal} wrote. Properties that it does not know are left out.
 *
 * @throws TypeError where the text is no signal.
 *
 * @example
 * ```ts
 * import { decodeSignal } from '@core/jobrunner';
 *
 * assert.throws(() => decodeSignal('{"epicNumber":"1"}'), /epicNumber/);
 * ```
 */
export function decodeSignal(text: string): PipelineSignal {
  const value = parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError('payload must be a signal as JSON');
  const fault = faultOf(value);
  if (fault !== undefined) throw new TypeError(`payload must be a signal as JSON, and its ${fault} is wrong`);
  const known = Object.entries(value).filter(([name]) => Object.hasOwn(FIELDS, name));
  const fields: [string, unknown][] = known.map(([name, field]) => [
    name,
    name.endsWith('At') ? new Date(String(field)) : field,
  ]);
  return { prState: undefined, ...Object.fromEntries(fields) } as PipelineSignal;
}

/** Whether what a source gave is a signal. */
export function isSignal(value: unknown): value is PipelineSignal {
  return typeof value === 'object' && value !== null && faultOf(value) === undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Name of the first property that is not as it must be. */
function faultOf(value: Partial<Record<keyof PipelineSignal, unknown>>): keyof PipelineSignal | undefined {
  return NAMES.find((name) => !FIELDS[name](value[name]));
}
