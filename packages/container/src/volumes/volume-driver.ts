import type { Volume } from '../container.ts';
import type { Availability, Hypervisor } from '../hypervisors/hypervisor.ts';

/** A hypervisor that can be used here. */
interface Usable {
  readonly hypervisor: Hypervisor;
  readonly found: Extract<Availability, { available: true }>;
}

/**
 * How a directory is shared: by virtiofs where the hypervisor and this system have it (links, owners and modes are the
 * host's own), else by 9p; so is one that is only to be read where virtiofs cannot keep a guest from writing.
 */
export function volumeDriver({ hypervisor, found }: Usable, readOnly: boolean): Volume['driver'] {
  const { volumes, control } = hypervisor.capabilities;
  const server = found.parts.virtiofsd?.kind;
  const isServed = control !== 'qmp' || server !== undefined; // others serve it by themselves
  const isKept = !readOnly || server !== 'qemu';
  return volumes.includes('virtiofs') && isServed && isKept ? 'virtiofs' : '9p';
}
