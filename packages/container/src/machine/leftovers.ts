import type { Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { HelperCommand, MachinePaths } from '../hypervisors/hypervisor.ts';
import { connectUnix, isNobodyThere } from '../qmp/unix-socket.ts';

/**
 * Removes the sockets of a hypervisor, and of its helpers, that are no more. Its pid file stays: a hypervisor locks it, and takes one over
 * that nobody locks.
 *
 * @throws `ERR_CONTAINER_RUNNING` where somebody listens on the control socket still.
 */
export async function removeLeftovers(
  { control, console, agent }: MachinePaths,
  medium: Medium,
  { id, helpers }: { readonly id: string; readonly helpers: readonly HelperCommand[] },
): Promise<void> {
  if (await isListening(control)) {
    throw new ContainerError(`Cannot start machine "${id}": its hypervisor is running`, {
      ...{ code: 'ERR_CONTAINER_RUNNING', op: 'machine.launch', id, path: control },
      hint: 'Stop it first.',
    });
  }
  const sockets = [control, console, agent, ...helpers.map(({ socket }) => socket)];
  for (const socket of sockets) await medium.deleteAll(socket);
}

async function isListening(path: string): Promise<boolean> {
  try {
    (await connectUnix(path, { signal: AbortSignal.timeout(1_000) })).destroy();
    return true;
  } catch (error) {
    // a queue that stays full is one of somebody who listens
    return !isNobodyThere(error);
  }
}
