import { type CancelOptions, isCoreError, localMedium, type Medium } from '@core/io';
import type { Service } from '@core/process';

import type { ProcessIdentity } from '../container.ts';
import type { HypervisorCapabilities, HypervisorCommand, MachinePaths } from '../hypervisors/hypervisor.ts';
import type { MachineImage } from '../image/image.ts';
import { beginEvents, type LaunchFacts } from './event-log.ts';
import { LaunchAttempt } from './launch-attempt.ts';
import { removeLeftovers } from './leftovers.ts';
import { identityOf } from './machine-process.ts';
import { checkSavedState, fingerprintOf } from './saved-state.ts';

/** How a machine is launched. */
export interface LaunchOptions extends CancelOptions {
  readonly id: string;
  readonly uuid: string;
  /** Starts the hypervisor, which outlives it. */
  readonly service: Service;
  readonly control: HypervisorCapabilities['control'];
  /** Must be the whole disk: `localMedium()` unless it is given. */
  readonly medium?: Medium | undefined;
  /** What a BIOS boots, if one does. Where it surely holds nothing that boots, the machine's end is waited for. */
  readonly image?: MachineImage | undefined;
  /** How long the hypervisor has to answer; 20,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
}

/** A machine that runs. */
export interface LaunchedMachine {
  /** Of the hypervisor. */
  readonly pid: number;
  readonly identity: ProcessIdentity;
  /** Where in the console's log its output begins, in bytes: earlier runs wrote what is before. */
  readonly logStart: number;
}

/**
 * Starts a hypervisor and resolves once it has answered, by its own UUID: then it runs, outlives this program, and hears
 * no Ctrl-C of its terminal. Its helpers run before it. A machine that runs has no saved state: one that it was given is
 * deleted before the guest goes on, and one that it was not given at its start.
 *
 * The event log and the words of the last run are dropped, the log of the console is added to.
 *
 * @throws `ERR_CONTAINER_START_FAILED` or `ERR_CONTAINER_PORT_IN_USE` with the hypervisor's own words,
 *   `ERR_CONTAINER_RUNNING` where the machine runs already, `ERR_CONTAINER_SAVED_STATE` where the saved state is not of
 *   this machine; the reason of the signal. Then no process and no socket is left.
 */
export async function launchMachine(
  command: HypervisorCommand,
  paths: MachinePaths,
  options: LaunchOptions,
): Promise<LaunchedMachine> {
  const { id, uuid, medium = localMedium(), signal } = options;
  signal?.throwIfAborted();
  const fingerprint = fingerprintOf(command);
  if (command.stdin !== undefined) await checkSavedState(medium, command.stdin, { id, uuid, fingerprint });
  const { helpers } = command;
  const logStart = await prepare(paths, medium, { id, helpers, fingerprint, reportsEvents: options.control === 'qmp' });
  const attempt = new LaunchAttempt(command, paths, { ...options, medium });
  try {
    const pid = await attempt.run();
    // its disks change from here on: an older memory must never meet them
    await medium.deleteAll(paths.savedState);
    return { pid, identity: await identityOf(pid), logStart };
  } catch (error) {
    await attempt.undo().catch(() => undefined); // why there is no machine says more than what is left of it
    signal?.throwIfAborted();
    throw error;
  }
}

/** Makes the directory ready for a start; the size of the log so far. */
async function prepare(
  paths: MachinePaths,
  medium: Medium,
  {
    id,
    helpers,
    ...facts
  }: Omit<LaunchFacts, 'logStart'> & Pick<HypervisorCommand, 'helpers'> & Pick<LaunchOptions, 'id'>,
): Promise<number> {
  await medium.ensureDir(paths.dir);
  // who may connect to its sockets is the machine's master
  await medium.chmod(paths.dir, 0o700);
  await removeLeftovers(paths, medium, { id, helpers });
  const logStart = await sizeOf(medium, paths.log);
  await beginEvents(medium, paths.events, { ...facts, logStart });
  await medium.write(paths.stderr, '', { mode: 0o600 });
  return logStart;
}

async function sizeOf(medium: Medium, path: string): Promise<number> {
  try {
    return (await medium.stat(path)).size;
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return 0;
    throw error;
  }
}
