import { isCoreError } from '@core/io';

import type { Container } from '../container.ts';
import type { PortForward } from '../hypervisors/hypervisor.ts';
import { type PortReservation, reservePorts } from '../ports/reserve-ports.ts';
import type { RunOptions } from '../run-options.ts';
import { bootImage, makeDisks } from './boot-image.ts';
import { checkRunOptions } from './check-run-options.ts';
import type { ManagerContext } from './context.ts';
import { draft, refuseUnbuildable } from './draft.ts';
import { runToEnd } from './foreground.ts';
import { portsOf, wantedForwards } from './forwards.ts';
import { launchContainer } from './launch-container.ts';
import { type Plan, plan } from './plan.ts';
import { removeIf } from './remove-if.ts';
import { isOver, isSameRun } from './settle.ts';
import { underWay } from './under-way.ts';
import { UndoStack } from './undo-stack.ts';
import { type Launched, untilReady } from './until-ready.ts';

/** How many times free ports are chosen, where another program takes one before the hypervisor does. */
const CHOICES = 3;

/** Starts a new machine, and waits until it is ready or, in the foreground, until it has ended. */
export async function run(context: ManagerContext, image: string, options: RunOptions = {}): Promise<Container> {
  checkRunOptions(image, options);
  options.signal?.throwIfAborted();
  const isDetached = options.detach === true;
  const container = await startNew(context, image, isDetached ? options : { ...options, waitFor: 'started' });
  return isDetached ? container : runToEnd(context, container, options);
}

async function startNew(context: ManagerContext, path: string, options: RunOptions): Promise<Container> {
  for (let choice = 1; ; choice += 1) {
    try {
      return await startOnce(context, path, options);
    } catch (error) {
      if (choice === CHOICES || !isLostRace(error, options)) throw error;
    }
  }
}

/** Whether the hypervisor found a port in use, and another one may do. */
function isLostRace(error: unknown, options: RunOptions): boolean {
  if (!isCoreError(error) || error.code !== 'ERR_CONTAINER_PORT_IN_USE' || error.op !== 'machine.launch') return false;
  return wantedForwards(options, { portForwarding: true }).some(({ host }) => host === 0);
}

/**
 * First everything is looked at, then the machine is made: its id, name and ports, its record, its disks, its process.
 * Whatever goes wrong, all of it is taken back.
 */
async function startOnce(context: ManagerContext, path: string, options: RunOptions): Promise<Container> {
  const undo = new UndoStack(context.logger);
  try {
    const planned = await plan(context, path, options);
    await refuseUnbuildable(context, planned, options);
    const claimed = await claim(context, planned, { options, undo });
    const running = await underWay(context, claimed.id, () =>
      make(context, { ...planned, container: claimed }, { options, undo }),
    );
    await untilReady(context, running, options);
    undo.keep();
    return running.container;
  } catch (error) {
    await undo.unwind();
    options.signal?.throwIfAborted();
    throw error;
  }
}

/** From the record to the process. What went wrong is taken back while it is known that this program is about it. */
async function make(
  context: ManagerContext,
  planned: Plan & { readonly container: Container },
  { options, undo }: Step,
): Promise<Launched> {
  const { signal } = options;
  try {
    const wanted = wantedForwards(options, planned.hypervisor.capabilities);
    const { container, ports } = await record(context, { claimed: planned.container, wanted }, { options, undo });
    const told = [container];
    undo.push(() => removeIf(context.state, container.id, (now) => isStill(now, told)));
    const parts = { ...planned, container };
    await makeDisks(context, parts, signal);
    const image = bootImage(context, parts);
    const launched = await launchContainer(context, { ...parts, image, forwards: ports.ports, signal }, undo);
    told.push(launched.container);
    await ports.handOver();
    return launched;
  } catch (error) {
    await undo.unwind();
    throw error;
  }
}

/** Whether a record is one that this start has written, or tells of its end: another program may have started it anew. */
function isStill(now: Container, told: readonly Container[]): boolean {
  return isOver(now) || told.some((one) => isSameRun(now, one));
}

interface Recorded {
  readonly container: Container;
  readonly ports: PortReservation;
}

interface Step {
  readonly options: RunOptions;
  readonly undo: UndoStack;
}

/** Takes an id and the name for it. */
async function claim(context: ManagerContext, planned: Plan, { options, undo }: Step): Promise<Container> {
  const { state } = context;
  const id = await state.newId(); // which is not interrupted: it is known, and given back
  undo.push(() => state.abandon(id));
  const container = await draft(context, planned, { id, options });
  await state.claimName(container.name, id, { signal: options.signal });
  return container;
}

/** Reserves the ports, and writes down the machine before anything of it runs. */
async function record(
  { medium, stateDir, state }: ManagerContext,
  { claimed, wanted }: { readonly claimed: Container; readonly wanted: readonly PortForward[] },
  { options, undo }: Step,
): Promise<Recorded> {
  const { id, bindAddress } = claimed;
  const { signal } = options;
  const ports = await reservePorts({ medium, stateDir, ports: wanted, bindAddress, id, signal });
  undo.push(() => ports.release());
  const container = { ...claimed, ...portsOf(ports.ports, options) };
  await state.put(container, { signal });
  return { container, ports };
}
