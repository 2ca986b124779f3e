import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import { checkObject, checkSignal } from './check.ts';
import type { ManagerContext } from './context.ts';
import { controlOf } from './control-of.ts';
import { settleEnded } from './settle.ts';
import { findTruth } from './truth.ts';
import { plain } from './plain.ts';

/** Resolves when a machine has ended: what it is then, also where it was removed at once. */
export async function wait(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<Container> {
  checkObject('options', options);
  checkSignal(options.signal);
  const container = await findTruth(context, id, options);
  return container.status === 'running' ? waitForEnd(context, container, options) : container;
}

/** The same for a machine that is known to run. */
export async function waitForEnd(
  context: ManagerContext,
  container: Container,
  options: CancelOptions,
): Promise<Container> {
  const { reason } = await controlOf(context, container).waitForExit(options);
  const settled = await settleEnded(context, container, { reason });
  return settled ?? plain({ ...container, status: 'stopped', pid: 0, identity: undefined, exitReason: reason });
}
