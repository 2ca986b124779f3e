import type { Architecture } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { detectHypervisor } from '../hypervisors/detect.ts';
import { getHypervisor } from '../hypervisors/detect.ts';
import type { Availability, Hypervisor } from '../hypervisors/hypervisor.ts';
import type { ManagerContext } from './context.ts';

/** A hypervisor that can be used here, and what was found out of it. */
export interface UsableHypervisor {
  readonly hypervisor: Hypervisor;
  readonly found: Extract<Availability, { available: true }>;
}

/** What a hypervisor is wanted for. */
export interface HypervisorWish {
  /** Of a machine that is there already. */
  readonly name?: string | undefined;
  readonly arch: Architecture;
  readonly signal: AbortSignal | undefined;
}

/**
 * The manager's own hypervisor, that of the machine, or the best one of this system.
 *
 * @throws `ERR_CONTAINER_HYPERVISOR_UNAVAILABLE`
 */
export async function findHypervisor(context: ManagerContext, wish: HypervisorWish): Promise<UsableHypervisor> {
  const { name, arch, signal } = wish;
  const given = context.hypervisor;
  const isOther = name !== undefined && given?.name !== name;
  const hypervisor = isOther ? getHypervisor(name) : (given ?? (await detectHypervisor({ arch, signal })));
  const found = await hypervisor.available({ arch, signal });
  if (found.available) return { hypervisor, found };
  throw new ContainerError(`Cannot start a machine with ${hypervisor.name}: ${found.reason}`, {
    code: 'ERR_CONTAINER_HYPERVISOR_UNAVAILABLE',
    op: 'container.run',
    hint: found.hint,
  });
}
