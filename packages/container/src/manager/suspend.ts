import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { checkObject, checkSignal } from './check.ts';
import type { ManagerContext } from './context.ts';
import { checkAtRest, checkRunning, controlOf, hypervisorOf } from './control-of.ts';
import { plain } from './plain.ts';
import { start, type StartOptions } from './start.ts';
import { thisProgram } from './this-program.ts';
import { isSameRun, settleSuspended } from './settle.ts';
import { findTruth } from './truth.ts';
import { underWay } from './under-way.ts';

/**
 * Writes the memory of a machine into a file and ends its hypervisor. The record says meanwhile who does so: where that
 * program is killed, the next one finds out what became of it.
 */
export async function suspend(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<Container> {
  checkObject('options', options);
  checkSignal(options.signal);
  options.signal?.throwIfAborted();
  const container = await findTruth(context, id, options);
  checkRunning(container, 'suspend');
  const { capabilities, name } = hypervisorOf(context, container);
  if (!capabilities.savedState) throw cannotSave(container, `${name} cannot save the memory of a machine`);
  if (container.volumes.length > 0) throw cannotSave(container, 'it has volumes, which cannot be saved with it');
  const startingBy = await thisProgram();
  const mark = (current: Container): Container => {
    checkAtRest(current, 'suspend'); // of any number of programs one does it
    return { ...current, startingBy };
  };
  return underWay(context, container.id, async () => {
    const marked = await context.state.update(container.id, mark, options);
    try {
      await controlOf(context, container).suspend(options);
    } catch (error) {
      await unmark(context, marked);
      throw error;
    }
    return settleSuspended(context, marked);
  });
}

/** Where it cannot be written down, whoever looks next does so. */
async function unmark({ state, logger }: ManagerContext, marked: Container): Promise<void> {
  const change = (now: Container): Container =>
    isSameRun(now, marked) ? plain({ ...now, startingBy: undefined }) : now;
  await state.update(marked.id, change).catch((error: unknown) => {
    logger.warn(`The end of the suspension of "${marked.name}" could not be recorded`, { error });
  });
}

/** Lets a suspended machine go on where it was. */
export async function resume(context: ManagerContext, id: string, options: StartOptions = {}): Promise<Container> {
  checkObject('options', options);
  checkSignal(options.signal);
  const container = await findTruth(context, id, { signal: options.signal });
  if (container.status === 'running' || container.suspended) return start(context, container.id, options);
  throw new ContainerError(`Cannot resume "${container.name}": its memory was not saved`, {
    code: 'ERR_CONTAINER_SAVED_STATE',
    op: 'container.resume',
    id: container.id,
    hint: `Start it instead: start("${container.name}").`,
  });
}

function cannotSave({ id, name }: Container, why: string): ContainerError {
  return new ContainerError(`Cannot suspend "${name}": ${why}`, {
    code: 'ERR_CONTAINER_SAVED_STATE',
    op: 'container.suspend',
    id,
    hint: 'Stop it instead.',
  });
}
