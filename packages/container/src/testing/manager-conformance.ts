import type { LinuxKitManager } from '../manager/linuxkit-manager.ts';
import type { ReadyCheck } from '../readiness/ready-check.ts';
import type { RunOptions } from '../run-options.ts';
import { answers } from './manager-cases/answers.ts';
import { endings } from './manager-cases/endings.ts';
import { guests } from './manager-cases/guests.ts';
import { refusals } from './manager-cases/refusals.ts';
import { starts } from './manager-cases/starts.ts';

/** The verbs that every manager has. */
export type ConformingManager = Pick<
  LinuxKitManager,
  'close' | 'exec' | 'inspect' | 'kill' | 'list' | 'logs' | 'remove' | 'run' | 'start' | 'stop' | 'wait'
>;

/** A manager, and an image that it can boot on this machine. */
export interface ManagerSubject {
  /** Opens a manager of the same machines as before: nobody else has any there. It is closed by the case. */
  readonly open: () => Promise<ConformingManager>;
  /** Path of an image whose guest shuts down when the power button is pressed. */
  readonly image: string;
  /** What each run is given beside the case's own. */
  readonly options?: RunOptions | undefined;
  /** When the guest is up. */
  readonly ready: ReadyCheck;
  /** Text that the console shows, before the guest is up, at each boot. */
  readonly greeting: string;
  /** What the manager, or the guest, cannot do; nothing by default. */
  readonly without?: readonly ManagerFeature[] | undefined;
}

/** What not every manager or guest can. */
export type ManagerFeature = 'exec' | 'ports';

/** One sentence of the contract of a manager, ready to be tried. */
export interface ManagerConformanceCase {
  /** The sentence; it begins with the method and no two cases share it. */
  readonly name: string;
  /** Skip the case where the subject is without one of these. */
  readonly requires: readonly ManagerFeature[];
  /** Tries it, and removes every machine of the subject's; rejects with an `AssertionError` where the manager does otherwise. */
  readonly run: (subject: ManagerSubject) => Promise<void>;
}

const CASES: readonly ManagerConformanceCase[] = [...starts, ...endings, ...answers, ...guests, ...refusals];

/**
 * The contract of a manager as cases: data that is bound to no test runner. They start real machines, one to three each.
 *
 * In jest, vitest or node:test one line runs each: `it(name, () => run(subject))`.
 *
 * @example
 * ```ts
 * import { managerConformance } from '@core/container/testing';
 *
 * const names = managerConformance().map(({ name }) => name);
 * assert.ok(names.includes('stop() has the guest shut down, and tells so'));
 * assert.equal(new Set(names).size, names.length);
 * ```
 */
export function managerConformance(): readonly ManagerConformanceCase[] {
  return CASES;
}
