import { type CancelOptions, isCoreError } from '@core/io';

import type { Container } from '../container.ts';
import { isHypervisorRunning } from '../machine/machine-process.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import { hasSavedState } from '../machine/saved-state.ts';
import type { ManagerContext } from './context.ts';
import { controlOf } from './control-of.ts';
import { endUnrecorded } from './end-unrecorded.ts';
import { plain } from './plain.ts';
import { isSameRun, settle, settleEnded, settleSuspended } from './settle.ts';

/** The program that was starting or suspending a machine is gone: what it left half-done is finished or taken back. */
export async function settleInterrupted(
  context: ManagerContext,
  container: Container,
  options: CancelOptions,
): Promise<Container | undefined> {
  return container.pid === 0 ? settleStart(context, container) : settleSuspension(context, container, options);
}

/**
 * What runs of it is ended, while nobody can start it: what another program has started since must not be taken for it. A
 * saved memory that the guest has not gone on from counts as before.
 */
async function settleStart(context: ManagerContext, container: Container): Promise<Container | undefined> {
  const paths = machinePaths(context.realStateDir, container.id);
  const suspended = container.suspended && (await hasSavedState(context.localDisk, paths.savedState, container));
  const exitReason = suspended ? 'suspended' : 'start-interrupted';
  const first = (): Promise<void> => endUnrecorded(container, paths, context.localDisk);
  return settle(context, container, { exitReason, suspended, first });
}

/** The memory is saved whole, or the guest goes on. */
async function settleSuspension(
  context: ManagerContext,
  container: Container,
  options: CancelOptions,
): Promise<Container | undefined> {
  const { localDisk, realStateDir } = context;
  const { savedState } = machinePaths(realStateDir, container.id);
  if (await isHypervisorRunning(container, localDisk)) {
    const rest = await recovered(context, container, options);
    return rest === 'suspended' ? settleSuspended(context, container) : goesOn(context, container);
  }
  if (await hasSavedState(localDisk, savedState, container)) return settleSuspended(context, container);
  return settleEnded(context, container, options);
}

/** Where the hypervisor does not answer, the machine counts as one that runs: it can be stopped and killed. */
async function recovered(
  context: ManagerContext,
  container: Container,
  options: CancelOptions,
): Promise<'running' | 'suspended'> {
  try {
    return await controlOf(context, container).recover(options);
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'ERR_CONTAINER_CONTROL_FAILED') throw error;
    context.logger.warn(`The machine "${container.name}" does not answer after a suspension that was cut short`, {
      error,
    });
    return 'running';
  }
}

/** Nobody is about it any more. */
async function goesOn({ state, logger }: ManagerContext, container: Container): Promise<Container | undefined> {
  const go = (current: Container): Container => plain({ ...current, startingBy: undefined });
  try {
    return await state.update(container.id, (now) => (isSameRun(now, container) ? go(now) : now));
  } catch (error) {
    if (!isCoreError(error)) throw error;
    if (error.code === 'ERR_CONTAINER_NOT_FOUND') return undefined; // removed meanwhile
    if (error.code !== 'ERR_CONTAINER_STATE_UNWRITABLE') throw error;
    logger.warn(`The end of the suspension of "${container.name}" could not be recorded`, { error });
    return go(container);
  }
}
