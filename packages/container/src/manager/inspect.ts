import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import { checkObject, checkSignal } from './check.ts';
import type { ManagerContext } from './context.ts';
import { tidyLog } from './tidy-log.ts';
import { findTruth } from './truth.ts';

/** One machine, checked against its process. */
export async function inspect(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<Container> {
  checkObject('options', options);
  checkSignal(options.signal);
  const container = await findTruth(context, id, options);
  await tidyLog(context, container);
  return container;
}
