import type { Container } from '../container.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import { waitUntilReady } from '../readiness/wait-until-ready.ts';
import type { ReadyCheck } from '../readiness/ready-check.ts';
import type { RunOptions } from '../run-options.ts';
import type { ManagerContext } from './context.ts';
import { controlOf } from './control-of.ts';
import { Guest } from './guest.ts';
import { mountVolumes } from './mount-volumes.ts';

const TIMEOUT_MS = 60_000;

/** A machine that has just been launched. */
export interface Launched {
  readonly container: Container;
  /** Where in the console's log this run begins. */
  readonly logStart: number;
}

/**
 * Waits until a machine is ready, and mounts its volumes where that means that commands can be run in it.
 *
 * @throws `ERR_CONTAINER_NOT_READY`; the reason of the signal.
 */
export async function untilReady(
  context: ManagerContext,
  { container, logStart }: Launched,
  {
    waitFor = 'started',
    waitTimeoutMs: timeoutMs = TIMEOUT_MS,
    signal,
  }: Pick<RunOptions, 'signal' | 'waitFor' | 'waitTimeoutMs'>,
): Promise<void> {
  if (waitFor === 'started') return;
  const { id, ports, sshPort, bindAddress } = container;
  const paths = machinePaths(context.realStateDir, id);
  const control = controlOf(context, container);
  const guest = new Guest(context, container);
  await waitUntilReady(waitFor, {
    ...{ id, paths, ports, sshPort, bindAddress, logStart, timeoutMs, signal, medium: context.localDisk },
    ended: (options) => control.waitForExit(options),
    exec: (command, options) => guest.exec(command, options),
    agent: (options) => guest.ping(options),
  });
  if (runsCommands(waitFor)) await mountVolumes(context, container, { signal });
}

/** Whether the guest then takes commands. */
function runsCommands(check: ReadyCheck): boolean {
  if (typeof check === 'string') return check !== 'started';
  if ('all' in check) return check.all.some(runsCommands);
  if ('any' in check) return check.any.every(runsCommands);
  return 'command' in check;
}
