import type { Medium, MediumCapabilities } from '../medium.ts';
import { appending } from './cases/appending.ts';
import { attributes } from './cases/attributes.ts';
import { cancelling } from './cases/cancelling.ts';
import { capabilities } from './cases/capabilities.ts';
import { deleting } from './cases/deleting.ts';
import { directories } from './cases/directories.ts';
import { following } from './cases/following.ts';
import { handles } from './cases/handles.ts';
import { links } from './cases/links.ts';
import { listing } from './cases/listing.ts';
import { locks } from './cases/locks.ts';
import { looking } from './cases/looking.ts';
import { names } from './cases/names.ts';
import { reading } from './cases/reading.ts';
import { refusing } from './cases/refusing.ts';
import { renaming } from './cases/renaming.ts';
import { streams } from './cases/streams.ts';
import { walking } from './cases/walking.ts';
import { watching } from './cases/watching.ts';
import { writing } from './cases/writing.ts';

/** A promise that a medium may claim in its {@link MediumCapabilities}. */
export type Capability = Exclude<keyof MediumCapabilities, 'readOnly' | 'sandbox'>;

/**
 * Makes an empty medium that can be written: each time another one, or another empty part of the same. One that is an
 * `AsyncDisposable` is disposed of after its case.
 */
export type CreateMedium = () => Medium | Promise<Medium>;

/** One sentence of the contract of {@link Medium}, ready to be tried on any medium. */
export interface ConformanceCase {
  /** The sentence; it begins with the method and no two cases share it. */
  readonly name: string;
  /** Skip the case where `medium.capabilities` claims not all of these. */
  readonly requires: readonly Capability[];
  /** Tries it on a medium of its own; rejects with an `AssertionError` where the medium does otherwise. */
  readonly run: (create: CreateMedium) => Promise<void>;
}

const CASES: readonly ConformanceCase[] = [
  ...reading,
  ...looking,
  ...writing,
  ...appending,
  ...directories,
  ...listing,
  ...walking,
  ...deleting,
  ...renaming,
  ...handles,
  ...streams,
  ...links,
  ...following,
  ...names,
  ...attributes,
  ...locks,
  ...watching,
  ...cancelling,
  ...refusing,
  ...capabilities,
];

/**
 * The contract of {@link Medium} as cases: data that is bound to no test runner, the same for every medium.
 *
 * In jest, vitest or node:test two lines run them all: `for (const { name, requires, run } of mediumConformance())`
 * and `(requires.every((name) => capabilities[name]) ? it : it.skip)(name, () => run(create));`. To get all
 * misbehaviours in one list instead, use `runConformance`.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { mediumConformance } from '@core/io/testing';
 *
 * const { capabilities } = new MemoryMedium();
 * let tried = 0;
 * for (const { requires, run } of mediumConformance().slice(0, 20)) {
 *   if (!requires.every((capability) => capabilities[capability])) continue;
 *   await run(() => new MemoryMedium());
 *   tried += 1;
 * }
 * assert.ok(tried > 0);
 * ```
 */
export function mediumConformance(): readonly ConformanceCase[] {
  return CASES;
}
