import { type CancelOptions, isCoreError } from '@core/io';

import type { Container } from '../container.ts';
import { rest } from '../machine/rest.ts';
import { checkObject, checkSignal } from './check.ts';
import type { ManagerContext } from './context.ts';
import { controlOf } from './control-of.ts';
import { atRest, settleEnded } from './settle.ts';
import { findTruth, truthOf } from './truth.ts';
import { isUnderWay } from './under-way.ts';

/** Resolves when a machine has ended: what it is then, also where it was removed at once. */
export async function wait(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<Container> {
  checkObject('options', options);
  checkSignal(options.signal);
  const container = await findTruth(context, id, options);
  return container.status === 'running' ? waitForEnd(context, container, options) : container;
}

/** The same for a machine that is known to run; `first` is waited for before its end is recorded. */
export async function waitForEnd(
  context: ManagerContext,
  container: Container,
  { first, ...options }: CancelOptions & { readonly first?: (() => Promise<unknown>) | undefined },
): Promise<Container> {
  const { reason } = await controlOf(context, container).waitForExit(options);
  await first?.();
  await untilLetGo(context, container, options);
  const ended = await settleEnded(context, container, { reason });
  const isMarked = ended?.status === 'running' && ended.pid === container.pid; // whoever suspended it is gone
  const settled = isMarked ? await truthOf(context, ended, options) : ended;
  return settled ?? atRest(container, reason);
}

const LOOK_MS = 20;

/** Whoever suspends it ends its hypervisor, and then writes down what it is: their word is waited for. */
async function untilLetGo(context: ManagerContext, { id, pid }: Container, options: CancelOptions): Promise<void> {
  for (;;) {
    const now = await context.state.get(id, options).catch(unlessGone);
    if (now?.pid !== pid || !(await isUnderWay(context, now))) return;
    await rest(LOOK_MS, options);
  }
}

function unlessGone(error: unknown): undefined {
  if (!isCoreError(error) || error.code !== 'ERR_CONTAINER_NOT_FOUND') throw error;
}
