import { isCoreError } from '@core/io';

import type { Container } from '../container.ts';
import type { StopOptions } from '../run-options.ts';
import type { State } from '../state/state.ts';
import { checkNumber, checkObject } from './check.ts';
import { LONGEST_MS } from './check-run-options.ts';
import type { ManagerContext } from './context.ts';
import { checkAtRest } from './control-of.ts';
import { removeIf } from './remove-if.ts';
import { isOver } from './settle.ts';
import { start, type StartOptions } from './start.ts';
import { stopContainer } from './stop.ts';
import { findTruth } from './truth.ts';

/** How a machine is stopped, and how it is started again. */
export interface RestartOptions extends StartOptions, StopOptions {}

/** Stops a machine, where it runs, and starts it again. */
export async function restart(context: ManagerContext, id: string, options: RestartOptions = {}): Promise<Container> {
  checkObject('options', options);
  checkNumber('timeoutMs', options.timeoutMs, 0, LONGEST_MS);
  options.signal?.throwIfAborted();
  const container = await findTruth(context, id, { signal: options.signal });
  if (container.status !== 'running') return start(context, container.id, options);
  checkAtRest(container, 'restart');
  return keeping(context, container, async () => {
    await stopContainer(context, container, options);
    return start(context, container.id, options);
  });
}

/** One that is to be removed when it has ended is not removed now, by whomever waits for that. */
async function keeping(
  { state }: ManagerContext,
  { id, autoRemove }: Container,
  step: () => Promise<Container>,
): Promise<Container> {
  if (!autoRemove) return step();
  await state.update(id, (now) => ({ ...now, autoRemove: false }));
  try {
    return { ...(await step()), autoRemove };
  } finally {
    await removeOnceEnded(state, id).catch(unlessGone);
  }
}

/** From now on it is removed when it has ended, which it may have: where it could not be started again. */
async function removeOnceEnded(state: State, id: string): Promise<void> {
  const now = await state.update(id, (current) => ({ ...current, autoRemove: true }));
  if (isOver(now)) await removeIf(state, id, isOver);
}

function unlessGone(error: unknown): void {
  if (!isCoreError(error) || error.code !== 'ERR_CONTAINER_NOT_FOUND') throw error;
}
