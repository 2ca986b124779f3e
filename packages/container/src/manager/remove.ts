import { type CancelOptions, isCoreError } from '@core/io';

import type { Container, Status } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import { checkFlag, checkList, checkObject, checkSignal, checkWord } from './check.ts';
import type { ManagerContext } from './context.ts';
import { controlOf } from './control-of.ts';
import { endUnrecorded } from './end-unrecorded.ts';
import { listTruth } from './list.ts';
import { removeIf } from './remove-if.ts';
import { isSameRun } from './settle.ts';
import { truthOf } from './truth.ts';

/** How a machine is removed. */
export interface RemoveOptions extends CancelOptions {
  /** One that runs is killed first. */
  readonly force?: boolean | undefined;
}

/** Which machines are removed. */
export interface PruneOptions extends CancelOptions {
  /** `stopped` and `error` unless it is given. */
  readonly status?: readonly Exclude<Status, 'running'>[] | undefined;
  /** Also those whose memory is saved. */
  readonly suspended?: boolean | undefined;
}

/** Removes a machine with everything that is its own: disk, log, name. Its image stays. */
export async function remove(context: ManagerContext, id: string, options: RemoveOptions = {}): Promise<void> {
  checkObject('options', options);
  checkFlag('force', options.force);
  checkSignal(options.signal);
  options.signal?.throwIfAborted();
  const found = await context.state.find(id, options).catch((error: unknown) => corruptId(error, id));
  if (typeof found === 'string') return context.state.remove(found);
  while (!(await removeAsSeen(context, found.id, options)));
}

interface Seen {
  readonly now: Container;
  /** Whether a record tells of the same; the truth cannot be written down on a full disk, where it is to be removed. */
  readonly isSo: (current: Container) => boolean;
}

async function look(context: ManagerContext, id: string, options: CancelOptions): Promise<Seen> {
  const recorded = await context.state.get(id, options);
  const now = (await truthOf(context, recorded, options)) ?? (await context.state.get(id, options)); // which refuses
  return { now, isSo: (current) => isSameRun(current, now) || isSameRun(current, recorded) };
}

/** `false` where it was started, or has ended, between the look and the removal. */
async function removeAsSeen(context: ManagerContext, id: string, options: RemoveOptions): Promise<boolean> {
  const { now, isSo } = await look(context, id, options);
  const isBusy = now.status === 'running' || now.startingBy !== undefined;
  if (isBusy && options.force !== true) throw running(now);
  if (isBusy) await controlOf(context, now).kill(options);
  try {
    if (!(await removeIf(context.state, id, isSo))) return false;
    if (now.startingBy !== undefined) await endUnfinished(context, now);
    return true;
  } catch (error) {
    // whoever waited for the end of a machine with autoRemove has removed it
    if (isBusy && isCoreError(error) && error.code === 'ERR_CONTAINER_NOT_FOUND') return true;
    throw error;
  }
}

/**
 * A program that starts a machine ends what it started when it finds no record any more. Should that program die just
 * now, nobody would ever know of it; and what it starts from now on finds no directory.
 */
function endUnfinished({ realStateDir, localDisk }: ManagerContext, container: Container): Promise<void> {
  return endUnrecorded(container, machinePaths(realStateDir, container.id), localDisk);
}

/**
 * Removes the machines that do not run, and what programs left that were killed in the middle.
 *
 * @returns the machines that were removed.
 */
export async function prune(context: ManagerContext, options: PruneOptions = {}): Promise<Container[]> {
  checkObject('options', options);
  checkList('status', options.status);
  for (const status of options.status ?? []) checkWord('status', status, ['stopped', 'error']);
  checkFlag('suspended', options.suspended);
  checkSignal(options.signal);
  const { status = ['stopped', 'error'], suspended = false, signal } = options;
  const removed: Container[] = [];
  for (const container of await listTruth(context, { status, signal })) {
    if (container.startingBy !== undefined || (container.suspended && !suspended)) continue;
    signal?.throwIfAborted();
    if (await removeUnlessGone(context, container)) removed.push(container);
  }
  await context.state.sweep({ signal });
  return removed;
}

/** Another program may have removed it by now, or started it. */
async function removeUnlessGone(context: ManagerContext, container: Container): Promise<boolean> {
  try {
    const { now, isSo } = await look(context, container.id, {});
    const isAtRest = now.status !== 'running' && now.startingBy === undefined && now.suspended === container.suspended;
    return isAtRest && (await removeIf(context.state, container.id, isSo));
  } catch (error) {
    if (isCoreError(error) && error.code === 'ERR_CONTAINER_NOT_FOUND') return false;
    throw error;
  }
}

/** A machine whose record nobody understands can be removed all the same, by its whole id. */
function corruptId(error: unknown, id: string): string {
  if (error instanceof ContainerError && error.code === 'ERR_CONTAINER_STATE_CORRUPT') return error.id ?? id;
  throw error;
}

function running({ id, name, startingBy }: Container): ContainerError {
  const why = startingBy === undefined ? 'it is running' : 'it is being started';
  return new ContainerError(`Cannot remove "${name}": ${why}`, {
    code: 'ERR_CONTAINER_RUNNING',
    op: 'container.remove',
    id,
    hint: `Stop it first: stop("${name}"), or remove it with \`force\`.`,
  });
}
