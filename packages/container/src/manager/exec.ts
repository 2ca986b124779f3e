import { checkExec } from '../exec/check-exec.ts';
import type { ExecOptions, ExecResult } from '../run-options.ts';
import { checkWord } from './check.ts';
import type { ManagerContext } from './context.ts';
import { checkRunning } from './control-of.ts';
import { Guest } from './guest.ts';
import { mountVolumes } from './mount-volumes.ts';
import { findTruth } from './truth.ts';

/** Runs a command in the guest of a machine that runs. */
export async function exec(
  context: ManagerContext,
  id: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  checkExec(command, options);
  checkWord('via', options.via, ['agent', 'ssh']);
  const { signal } = options;
  signal?.throwIfAborted();
  const container = await findTruth(context, id, { signal });
  checkRunning(container, 'exec in');
  await mountVolumes(context, container, { signal });
  return new Guest(context, container).exec(command, options);
}
