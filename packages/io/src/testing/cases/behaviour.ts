import type { Medium } from '../../medium.ts';
import type { Capability, ConformanceCase } from '../conformance.ts';
import { withMedium } from '../with-medium.ts';

type Check = (medium: Medium) => Promise<void>;

/** One sentence of the contract, and how it is tried on an empty medium. */
export function behaviour(name: string, check: Check): ConformanceCase {
  return { name, requires: [], run: (create) => withMedium(create, check) };
}

/** The same for media that claim these capabilities. */
export function given(...requires: readonly Capability[]): typeof behaviour {
  return (name, check) => ({ ...behaviour(name, check), requires });
}
