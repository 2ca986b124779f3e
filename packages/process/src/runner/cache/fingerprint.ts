import type { CancelOptions } from '@core/io';

import type { StartOptions } from '../../options.ts';
import type { RunSpec } from '../run-spec.ts';
import { Canonical, type CanonicalValue } from './canonical.ts';
import { digestOf, entriesOf, type Entry, find } from './scan.ts';
import type { Place } from './workspace.ts';

/**
 * What a task did to those that depend on it: a hash of its outputs, or of all that decides about it where it declares
 * none. `undefined`: nobody can tell, and nothing that depends on it is cached.
 */
export type TaskEffect = string | undefined;

/** Of a task that nobody can tell the effect of, such as one whose failure was allowed. */
export const UNKNOWN_EFFECT: TaskEffect = undefined;

/** All that decides what a task makes. */
export interface Fingerprint {
  /** SHA-256 in hexadecimal; `undefined` where the task has to run in any case. */
  readonly key: string | undefined;
  /** Why it has to, for people. */
  readonly why?: string;
  /** The inputs behind the key. */
  readonly inputs: readonly Entry[];
}

/** What of the world belongs to a fingerprint beside the spec. */
export interface FingerprintContext extends CancelOptions {
  readonly place: Place;
  readonly dependencies: readonly TaskEffect[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly defaults: CommandDefaults;
}

/** How commands are started unless their spec says otherwise: what of it decides about them. */
export type CommandDefaults = Pick<StartOptions, 'dir' | 'env' | 'inheritEnv' | 'shell'>;

/** A new number makes every older fingerprint another. */
const VERSION = 'core task fingerprint 1';

/** The fingerprint of a task that has to run in any case. */
export function uncacheable(why: string): Fingerprint {
  return { key: undefined, why, inputs: [] };
}

/** Why a task has to run whatever its files are; `undefined` where they decide. */
export function obstacleOf({ inputs }: RunSpec, dependencies: readonly TaskEffect[]): string | undefined {
  if (inputs === undefined) return 'it has no `inputs`';
  return dependencies.includes(undefined) ? 'it comes after a task that has neither `inputs` nor `outputs`' : undefined;
}

/** Reads every input, and says what decides about the task. */
export async function fingerprintOf(spec: RunSpec, context: FingerprintContext): Promise<Fingerprint> {
  const { place, dependencies, env, defaults, signal } = context;
  const { inputs = [] } = spec;
  const why = obstacleOf(spec, dependencies);
  if (why !== undefined) return uncacheable(why);
  const found = await find(place, inputs, { signal });
  const entries = (await entriesOf(place, found, { signal })).filter(({ kind }) => kind !== 'dir');
  const key = new Canonical(VERSION)
    .add([process.platform, process.arch])
    .add(workOf(spec, defaults))
    .add(place.label)
    .add(sorted(spec.inputEnv ?? []).map((name) => [name, env[name]]))
    .add([sorted(inputs), sorted(spec.outputs ?? [])])
    .add(digestOf('inputs', '', entries))
    .add(sorted(dependencies.filter((effect) => effect !== undefined)))
    .digest();
  return { key, inputs: entries };
}

/** The first input that is not what it was; `undefined` where none is. */
export function changedInput(before: Fingerprint, after: Fingerprint): string | undefined {
  const texts = (entries: readonly Entry[]): Map<string, string> =>
    new Map(entries.map((entry) => [entry.path, digestOf('input', '', [entry])]));
  const [old, now] = [texts(before.inputs), texts(after.inputs)];
  return sorted([...old.keys(), ...now.keys()]).find((path) => old.get(path) !== now.get(path));
}

/** A command is what it is, with its variables; a function of this program is known by its name alone. */
function workOf({ name, command, args = [], env = {} }: RunSpec, defaults: CommandDefaults): CanonicalValue {
  if (command === undefined) return ['task', name];
  const { shell = false, inheritEnv = true } = defaults;
  const variables = Object.entries({ ...defaults.env, ...env }).filter(([, value]) => value !== undefined);
  return ['command', command, args, shell, inheritEnv, variables.sort(([a], [b]) => (a < b ? -1 : 1))];
}

/** Each once, in an order that depends on nothing else. */
function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
