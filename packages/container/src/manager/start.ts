import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import type { MachineImage } from '../image/image.ts';
import { openImage } from '../image/open-image.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import { hasSavedState } from '../machine/saved-state.ts';
import { type PortReservation, reservePorts } from '../ports/reserve-ports.ts';
import type { RunOptions } from '../run-options.ts';
import { bootImage, ensureOverlay } from './boot-image.ts';
import { checkFlag, checkNumber, checkObject, checkSignal } from './check.ts';
import { checkReadyCheck } from './check-ready-check.ts';
import { LONGEST_MS } from './check-run-options.ts';
import type { ManagerContext } from './context.ts';
import { findHypervisor } from './find-hypervisor.ts';
import { forwardsOf } from './forwards.ts';
import { launchContainer } from './launch-container.ts';
import { plain } from './plain.ts';
import { stopContainer } from './stop.ts';
import { thisProgram } from './this-program.ts';
import { findTruth } from './truth.ts';
import { UndoStack } from './undo-stack.ts';
import { underWay } from './under-way.ts';
import { type Launched, untilReady } from './until-ready.ts';

/** How a machine is started again. */
export interface StartOptions extends Pick<RunOptions, 'signal' | 'waitFor' | 'waitTimeoutMs'> {
  /** The memory of a suspended machine is thrown away, and it boots. */
  readonly discardMemory?: boolean | undefined;
}

/**
 * Starts a machine again that does not run: with its disks, its ports, its name; a suspended one goes on where it was.
 *
 * @throws `ERR_CONTAINER_RUNNING`, and what `run` throws; then it is as it was before.
 */
export async function start(context: ManagerContext, id: string, options: StartOptions = {}): Promise<Container> {
  checkObject('options', options);
  checkNumber('waitTimeoutMs', options.waitTimeoutMs, 1, LONGEST_MS);
  checkFlag('discardMemory', options.discardMemory);
  checkSignal(options.signal);
  options.signal?.throwIfAborted();
  const container = await findTruth(context, id, options);
  checkReadyCheck({ waitFor: options.waitFor, ports: container.ports });
  if (container.status === 'running' || container.startingBy !== undefined) throw running(container);
  const started = await underWay(context, container.id, () => startAgain(context, container, options));
  try {
    await untilReady(context, started, options);
    return started.container;
  } catch (error) {
    await stopContainer(context, started.container); // its disk has a past: it is not cut off
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function startAgain(context: ManagerContext, before: Container, options: StartOptions): Promise<Launched> {
  const { signal, discardMemory = false } = options;
  const undo = new UndoStack(context.logger);
  // what comes into being of one that another program removes meanwhile
  undo.push(() => context.state.abandon(before.id));
  try {
    const image = await imageOf(context, before, signal);
    const usable = await findHypervisor(context, { name: before.hypervisor, arch: before.arch, signal });
    const container = await claim(context, before, undo);
    const ports = await reserve(context, container, { undo, signal });
    const parts = { ...usable, container, image };
    await ensureOverlay(context, parts, signal);
    const { savedState } = machinePaths(context.realStateDir, container.id);
    const resumeFrom = container.suspended && !discardMemory ? savedState : undefined;
    const launch = { ...parts, image: bootImage(context, parts), forwards: ports.ports, resumeFrom, signal };
    const started = await launchContainer(context, launch, undo);
    await ports.handOver();
    undo.keep();
    return started;
  } catch (error) {
    await undo.unwind();
    signal?.throwIfAborted();
    throw error;
  }
}

/** The ports that it had. */
async function reserve(
  { medium, stateDir }: ManagerContext,
  container: Container,
  { undo, signal }: { readonly undo: UndoStack; readonly signal: AbortSignal | undefined },
): Promise<PortReservation> {
  const { id, bindAddress } = container;
  const ports = await reservePorts({ medium, stateDir, ports: forwardsOf(container), bindAddress, id, signal });
  undo.push(() => ports.release());
  return ports;
}

/** Of any number of programs that start it at once, one does. */
async function claim(context: ManagerContext, before: Container, undo: UndoStack): Promise<Container> {
  const { state, realStateDir, localDisk } = context;
  const startingBy = await thisProgram();
  let atRest = before;
  const claimed = await state.update(before.id, (current) => {
    if (current.status === 'running' || current.startingBy !== undefined) throw running(current);
    atRest = current;
    return { ...current, startingBy };
  });
  undo.push(async () => {
    const { savedState } = machinePaths(realStateDir, before.id);
    const suspended = atRest.suspended && (await hasSavedState(localDisk, savedState, atRest));
    await state.update(before.id, (current) => plain({ ...atRest, suspended, name: current.name }));
  });
  return claimed;
}

/** What it was made from: an image that it only reads is looked at again, one under its disk must still be there. */
async function imageOf(
  { localDisk }: ManagerContext,
  container: Container,
  signal: AbortSignal | undefined,
): Promise<MachineImage> {
  const { image: path, format } = container;
  const isRead = format === 'kernel' || format === 'iso';
  return isRead || !(await localDisk.isFile(path, { signal }))
    ? openImage(localDisk, path, { signal })
    : { format, path };
}

function running({ id, name, startingBy }: Container): ContainerError {
  const why = startingBy === undefined ? 'it is running' : 'it is being started';
  return new ContainerError(`Cannot start "${name}": ${why}`, {
    code: 'ERR_CONTAINER_RUNNING',
    op: 'container.start',
    id,
    hint: `Stop it first, or use restart("${name}").`,
  });
}
