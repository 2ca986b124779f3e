import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import { isHypervisorRunning } from '../machine/machine-process.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import { hasSavedState } from '../machine/saved-state.ts';
import type { ManagerContext } from './context.ts';
import { controlOf } from './control-of.ts';
import { endUnrecorded } from './end-unrecorded.ts';
import { plain } from './plain.ts';
import { settle, settleEnded, settleSuspended } from './settle.ts';

/** The program that was starting or suspending a machine is gone: what it left half-done is finished or taken back. */
export async function settleInterrupted(
  context: ManagerContext,
  container: Container,
  options: CancelOptions,
): Promise<Container | undefined> {
  return container.pid === 0 ? settleStart(context, container) : settleSuspension(context, container, options);
}

/** What runs of it is ended. A saved memory that the guest has not gone on from counts as before. */
async function settleStart(context: ManagerContext, container: Container): Promise<Container | undefined> {
  const paths = machinePaths(context.realStateDir, container.id);
  await endUnrecorded(container, paths, context.localDisk);
  const isSaved = container.suspended && (await hasSavedState(context.localDisk, paths.savedState, container));
  return isSaved
    ? settleSuspended(context, container)
    : settle(context, container, { exitReason: 'start-interrupted' });
}

/** The memory is saved whole, or the guest goes on. */
async function settleSuspension(
  context: ManagerContext,
  container: Container,
  options: CancelOptions,
): Promise<Container | undefined> {
  const { localDisk, realStateDir, state } = context;
  const { savedState } = machinePaths(realStateDir, container.id);
  if (await isHypervisorRunning(container, localDisk)) {
    if ((await controlOf(context, container).recover(options)) === 'running') {
      return state.update(container.id, (current) => plain({ ...current, startingBy: undefined }), options);
    }
    return settleSuspended(context, container);
  }
  if (await hasSavedState(localDisk, savedState, container)) return settleSuspended(context, container);
  return settleEnded(context, container, options);
}
