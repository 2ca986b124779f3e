import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { getHypervisor } from '../hypervisors/detect.ts';
import type { Hypervisor } from '../hypervisors/hypervisor.ts';
import { MachineControl } from '../machine/machine-control.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import type { ManagerContext } from './context.ts';

/** What a machine that is there is spoken to with. */
export function controlOf(context: ManagerContext, container: Container): MachineControl {
  const { control } = hypervisorOf(context, container).capabilities;
  const paths = machinePaths(context.realStateDir, container.id);
  return new MachineControl(container, paths, { control, medium: context.localDisk });
}

/** The one that a machine was started with. */
export function hypervisorOf({ hypervisor: given }: ManagerContext, { hypervisor: name }: Container): Hypervisor {
  return given?.name === name ? given : getHypervisor(name);
}

/**
 * Refuses a machine that does not run.
 *
 * @throws `ERR_CONTAINER_NOT_RUNNING`
 */
export function checkRunning(container: Container, verb: string): void {
  if (container.status === 'running') return;
  const { id, name, startingBy, exitReason } = container;
  const why = startingBy !== undefined ? 'it is still being started' : `it is ${container.status}`;
  const reason = exitReason === undefined ? '' : ` (${exitReason})`;
  throw new ContainerError(`Cannot ${verb} "${name}": ${why}${reason}`, {
    code: 'ERR_CONTAINER_NOT_RUNNING',
    op: `container.${verb.split(' ', 1)[0] ?? verb}`,
    id,
    hint: startingBy === undefined ? `Start it first: start("${name}").` : 'Wait until its start is over.',
  });
}

/**
 * Refuses a machine that does not run, and one that another program suspends just now.
 *
 * @throws `ERR_CONTAINER_NOT_RUNNING`
 */
export function checkAtRest(container: Container, verb: string): void {
  checkRunning(container, verb);
  if (container.startingBy === undefined) return;
  const { id, name, startingBy } = container;
  throw new ContainerError(`Cannot ${verb} "${name}": process ${String(startingBy.pid)} is suspending it`, {
    ...{ code: 'ERR_CONTAINER_NOT_RUNNING', op: `container.${verb}`, id },
    hint: 'Wait until it is suspended.',
  });
}
