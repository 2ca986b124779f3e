import { DefinedMedium } from '../define-medium.ts';
import { type CompleteDriver, driverOf } from '../layers/driver-of.ts';
import type { Medium } from '../medium.ts';
import type { FaultCall, FaultPlan } from './fault-plan.ts';
import { Faults } from './faults.ts';
import { faultyDriver } from './faulty-driver.ts';

/**
 * A medium over another in which things go wrong by plan, the same things each time: refusals, delays, torn writes, and
 * crashes between two primitives. For tests of how a program recovers.
 *
 * After a crash every call rejects with `ERR_CRASHED`, also those under way; what was open is let go of, as the end of a
 * process does; the medium inside stays as it was at that moment and can be looked at, or begun anew on.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { faulty } from '@core/io/testing';
 *
 * // what is left after a crash at each step of "write anew, then rename"?
 * const left = [];
 * for (let nth = 1, crashed = true; crashed; nth += 1) {
 *   const inner = new MemoryMedium({ state: 'old' });
 *   const medium = faulty(inner, [{ nth, crash: 'before' }]);
 *   await medium.write('state.new', 'new').catch(() => undefined);
 *   await medium.rename('state.new', 'state').catch(() => undefined);
 *   crashed = medium.crashed;
 *   left.push(await inner.read('state'));
 * }
 * assert.deepEqual(left, ['old', 'old', 'new']);
 *
 * const full = faulty(new MemoryMedium(), [{ op: 'write', path: '*.log', nth: 2, error: 'ENOSPC' }]);
 * await full.write('a.log', '1');
 * await assert.rejects(full.write('b.log', '2'), { code: 'ENOSPC' });
 * assert.deepEqual(full.calls.map(({ op, path }) => `${op} ${path}`), ['write a.log', 'write b.log']);
 * ```
 */
export function faulty(medium: Medium, plan: FaultPlan = []): FaultyMedium {
  return new FaultyMedium(driverOf(medium), new Faults(plan));
}

/** What {@link faulty} makes. */
export class FaultyMedium extends DefinedMedium {
  readonly #faults: Faults;

  /** @internal */
  constructor(inner: CompleteDriver, faults: Faults) {
    super(faultyDriver(inner, faults));
    this.#faults = faults;
  }

  /** Every call of a primitive so far, in the order of arrival, also of those that were refused. */
  get calls(): readonly FaultCall[] {
    return this.#faults.calls;
  }

  /** Whether the plan has crashed it. */
  get crashed(): boolean {
    return this.#faults.crashed;
  }
}
