import type { Hypervisor, MachineOptions } from '../hypervisors/hypervisor.ts';
import type { MachineImage } from '../image/image.ts';
import { availability } from './hypervisor-cases/availability.ts';
import { commands } from './hypervisor-cases/commands.ts';
import { devices } from './hypervisor-cases/devices.ts';
import { refusals } from './hypervisor-cases/refusals.ts';

/** A hypervisor, and machines that it can have on the system that they are described for, which need not be this one. */
export interface HypervisorSubject {
  readonly hypervisor: Hypervisor;
  /** The same kind of hypervisor, whose program is not there. */
  readonly missing: Hypervisor;
  /** A machine that it can have: without ports, volumes and disks, but with all parts that these need. */
  readonly machine: MachineOptions;
  /** One image of each format that it boots; the files need not be there. */
  readonly images: readonly MachineImage[];
}

/** One sentence of the contract of {@link Hypervisor}, ready to be tried. */
export interface HypervisorConformanceCase {
  /** The sentence; it begins with the member and no two cases share it. */
  readonly name: string;
  /** Tries it; rejects with an `AssertionError` where the hypervisor does otherwise. */
  readonly run: (subject: HypervisorSubject) => Promise<void>;
}

const CASES: readonly HypervisorConformanceCase[] = [...availability, ...commands, ...devices, ...refusals];

/**
 * The contract of a {@link Hypervisor} as cases: data that is bound to no test runner, the same for every hypervisor. No
 * machine is started.
 *
 * In jest, vitest or node:test one line runs each: `it(name, () => run(subject))`.
 *
 * @example
 * ```ts
 * import { hypervisorConformance } from '@core/container/testing';
 *
 * const names = hypervisorConformance().map(({ name }) => name);
 * assert.equal(new Set(names).size, names.length);
 * assert.ok(names.includes('buildCommand() gives the same command line for the same machine'));
 * ```
 */
export function hypervisorConformance(): readonly HypervisorConformanceCase[] {
  return CASES;
}
