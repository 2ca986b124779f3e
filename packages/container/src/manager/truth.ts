import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import { isHypervisorRunning } from '../machine/machine-process.ts';
import type { ManagerContext } from './context.ts';
import { settleEnded } from './settle.ts';
import { settleInterrupted } from './settle-interrupted.ts';
import { isUnderWay } from './under-way.ts';

/**
 * What is true of a machine now; a record that says otherwise is put right. `undefined` where the machine is gone: it was
 * to be removed when it had ended.
 */
export async function truthOf(
  context: ManagerContext,
  container: Container,
  options: CancelOptions = {},
): Promise<Container | undefined> {
  if (container.startingBy !== undefined) {
    return (await isUnderWay(context, container)) ? container : settleInterrupted(context, container, options);
  }
  if (container.status !== 'running') return container;
  if (await isHypervisorRunning(container, context.localDisk)) return container;
  return settleEnded(context, container, options);
}

/** The machine that this word means, as it is now. */
export async function findTruth(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<Container> {
  const container = await context.state.find(id, options);
  return (await truthOf(context, container, options)) ?? context.state.get(container.id, options); // which refuses
}
