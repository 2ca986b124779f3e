import { type CancelOptions, isCoreError } from '@core/io';

import type { Container } from '../container.ts';
import { exitReasonOf } from '../machine/exit-reason.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import type { ManagerContext } from './context.ts';
import { plain } from './plain.ts';
import { removeIf } from './remove-if.ts';

/** Ends that nobody asked for. */
const FAULTS: ReadonlySet<string> = new Set(['crashed', 'guest-panic', 'host-error', 'start-interrupted']);

/** What a record is to say of a run that is over. */
export interface Settlement {
  /** Is done before it is recorded, while nobody else can start the machine. */
  readonly first?: (() => Promise<void>) | undefined;
  readonly exitReason: string;
  readonly suspended?: boolean | undefined;
}

/**
 * Records that this run of a machine has ended. Where another program did so, or has started it again, its word stands.
 *
 * @param reason where it is known better than from what the hypervisor left.
 * @returns what the machine is now; `undefined` where it was to be removed when it had ended, and is.
 */
export async function settleEnded(
  context: ManagerContext,
  container: Container,
  { reason, signal }: CancelOptions & { readonly reason?: string | undefined } = {},
): Promise<Container | undefined> {
  const paths = machinePaths(context.realStateDir, container.id);
  const exitReason = reason ?? (await exitReasonOf(container, paths, context.localDisk)).reason;
  signal?.throwIfAborted();
  return settle(context, container, { exitReason });
}

/** Records that the memory of a machine is in its file. */
export async function settleSuspended(context: ManagerContext, container: Container): Promise<Container> {
  const settled = await settle(context, container, { exitReason: 'suspended', suspended: true });
  return settled ?? context.state.get(container.id); // which refuses
}

/** Records the end of what `container` tells of, unless the record tells of something else by now. */
export async function settle(
  { state, logger }: ManagerContext,
  container: Container,
  { exitReason, suspended = false, first }: Settlement,
): Promise<Container | undefined> {
  const change = async (now: Container): Promise<Container> => {
    if (!isSameRun(now, container)) return now;
    await first?.();
    return atRest(now, exitReason, suspended);
  };
  try {
    const settled = await state.update(container.id, change);
    if (!settled.autoRemove || !isOver(settled)) return settled;
    return (await removeIf(state, container.id, isOver)) ? undefined : await state.get(container.id);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    if (error.code === 'ERR_CONTAINER_NOT_FOUND') return undefined; // removed meanwhile
    if (error.code !== 'ERR_CONTAINER_STATE_UNWRITABLE') throw error;
    await first?.();
    logger.warn(`The end of the machine "${container.name}" could not be recorded`, { error });
    return atRest(container, exitReason, suspended); // whoever may only read is told the truth, too
  }
}

/** A machine whose run is over. */
export function atRest(container: Container, exitReason: string, suspended = false): Container {
  const over = { pid: 0, identity: undefined, startingBy: undefined, stoppedAt: new Date(), exitReason, suspended };
  return plain({ ...container, ...over, status: FAULTS.has(exitReason) ? 'error' : 'stopped' });
}

/** Whether a machine is at rest, and nothing of it is to go on. */
export function isOver({ pid, startingBy, suspended }: Container): boolean {
  return pid === 0 && startingBy === undefined && !suspended;
}

/** Whether both tell of the same run, or the same rest, of a machine. */
export function isSameRun(current: Container, known: Container): boolean {
  return (
    current.status === known.status &&
    current.pid === known.pid &&
    current.identity?.writtenAtMs === known.identity?.writtenAtMs &&
    current.startingBy?.pid === known.startingBy?.pid &&
    current.startingBy?.writtenAtMs === known.startingBy?.writtenAtMs
  );
}
