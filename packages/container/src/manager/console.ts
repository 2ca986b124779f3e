import type { Duplex } from 'node:stream';

import type { CancelOptions } from '@core/io';

import { checkObject, checkSignal } from './check.ts';
import type { ManagerContext } from './context.ts';
import { checkRunning, controlOf } from './control-of.ts';
import { findTruth } from './truth.ts';

/** The serial console of a machine that runs, both ways. */
export async function openConsole(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<Duplex> {
  checkObject('options', options);
  checkSignal(options.signal);
  const container = await findTruth(context, id, options);
  checkRunning(container, 'open the console of');
  return controlOf(context, container).console(options);
}
