import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import type { StopOptions } from '../run-options.ts';
import { checkNumber, checkObject, checkSignal } from './check.ts';
import { LONGEST_MS } from './check-run-options.ts';
import type { ManagerContext } from './context.ts';
import { checkAtRest, checkRunning, controlOf } from './control-of.ts';
import { settleEnded } from './settle.ts';
import { findTruth } from './truth.ts';

const TIMEOUT_MS = 10_000;

/** Asks the guest to shut down, and ends the hypervisor where it has not done so in time. */
export async function stop(context: ManagerContext, id: string, options: StopOptions = {}): Promise<void> {
  checkObject('options', options);
  checkNumber('timeoutMs', options.timeoutMs, 0, LONGEST_MS);
  checkSignal(options.signal);
  options.signal?.throwIfAborted();
  const container = await findTruth(context, id, options);
  checkAtRest(container, 'stop');
  await stopContainer(context, container, options);
}

/** The same for a machine that is known to run. */
export async function stopContainer(
  context: ManagerContext,
  container: Container,
  { timeoutMs = TIMEOUT_MS, signal }: StopOptions = {},
): Promise<void> {
  const { reason, by } = await controlOf(context, container).stopLadder({ timeoutMs, signal });
  // a guest may have shut down just before the signal came
  const isKilled = (by === 'SIGKILL' || by === 'SIGTERM') && !reason.startsWith('guest-');
  await settleEnded(context, container, { reason: isKilled ? 'killed' : reason });
}

/** Ends the hypervisor at once: for the guest it is a power cut. */
export async function kill(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<void> {
  checkObject('options', options);
  checkSignal(options.signal);
  options.signal?.throwIfAborted();
  const container = await findTruth(context, id, options);
  checkRunning(container, 'kill');
  await controlOf(context, container).kill(options);
  await settleEnded(context, container, { reason: 'killed' });
}
