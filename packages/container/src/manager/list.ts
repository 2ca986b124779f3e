import type { Container } from '../container.ts';
import type { ListOptions } from '../run-options.ts';
import { checkList, checkObject, checkSignal, checkWord } from './check.ts';
import type { ManagerContext } from './context.ts';
import { tidyLog } from './tidy-log.ts';
import { truthOf } from './truth.ts';

/** All machines, each checked against its process, the oldest first. */
export async function listTruth(context: ManagerContext, options: ListOptions = {}): Promise<Container[]> {
  checkObject('options', options);
  checkList('status', options.status);
  for (const status of options.status ?? []) checkWord('status', status, ['running', 'stopped', 'error']);
  checkSignal(options.signal);
  const { status, signal } = options;
  const recorded = await context.state.list({ signal });
  const looked = await Promise.all(recorded.map((container) => truthOf(context, container, { signal })));
  const machines = looked.filter((each) => each !== undefined);
  for (const machine of machines) await tidyLog(context, machine);
  return machines.filter((each) => status?.includes(each.status) ?? true);
}
