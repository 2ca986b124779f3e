import type { CancelOptions, Medium } from '@core/io';

import type { Container } from '../container.ts';
import type { MachineOptions, PortForward } from '../hypervisors/hypervisor.ts';
import { withFirmware } from '../image/boot-code.ts';
import type { MachineImage } from '../image/image.ts';
import { rotateLog } from '../logs/rotate-log.ts';
import { type LaunchedMachine, launchMachine } from '../machine/launch.ts';
import { hasEnded, type MachineRecord, signalHypervisor } from '../machine/machine-process.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import type { ManagerContext } from './context.ts';
import type { UsableHypervisor } from './find-hypervisor.ts';
import { plain } from './plain.ts';
import type { UndoStack } from './undo-stack.ts';
import type { Launched } from './until-ready.ts';

/** A machine whose record says that it is being started. */
export interface Launch extends UsableHypervisor, CancelOptions {
  readonly container: Container;
  /** What it boots: the overlay, where there is one. */
  readonly image: MachineImage;
  readonly forwards: readonly PortForward[];
  readonly resumeFrom?: string | undefined;
}

const END_MS = 5_000;

/** What the hypervisor is told of a machine. */
export function machineOptions(
  { realStateDir }: ManagerContext,
  { container, found, forwards, resumeFrom }: Omit<Launch, 'image'>,
): MachineOptions {
  const { id, name, uuid, arch, memoryMb, cpus, bindAddress, volumes, disks, cmdline } = container;
  const { command, accelerator, parts } = found;
  return {
    ...{ id, name, uuid, arch, memoryMb, cpus, bindAddress, volumes, disks, cmdline, resumeFrom },
    ...{ command, accelerator, parts, ports: forwards, platform: process.platform },
    paths: machinePaths(realStateDir, id),
  };
}

/**
 * Starts the hypervisor, and records it as running once it has answered.
 *
 * @throws What `launchMachine` throws, with nothing left of it.
 */
export async function launchContainer(context: ManagerContext, launch: Launch, undo: UndoStack): Promise<Launched> {
  const { container, found, signal } = launch;
  const { id, uuid } = container;
  const { pid, identity, logStart } = await startHypervisor(context, launch);
  undo.push(() => endHypervisor({ id, uuid, pid, identity }, context.localDisk));
  const running = { status: 'running', pid, identity, accelerator: found.accelerator, startedAt: new Date() } as const;
  const over = { startingBy: undefined, stoppedAt: undefined, exitReason: undefined, suspended: false };
  const change = (current: Container): Container => plain({ ...current, ...running, ...over });
  return { container: await context.state.update(id, change, { signal }), logStart };
}

async function startHypervisor(context: ManagerContext, launch: Launch): Promise<LaunchedMachine> {
  const { container, hypervisor, signal } = launch;
  const { id, uuid, arch } = container;
  const { service, localDisk, maxLogBytes: maxBytes } = context;
  const options = machineOptions(context, launch);
  const command = hypervisor.buildCommand(await withFirmware(localDisk, launch.image, { signal }), options);
  await rotateLog(localDisk, options.paths.log, { maxBytes, signal });
  const { control } = hypervisor.capabilities;
  const image = arch === 'x86_64' ? launch.image : undefined; // what is looked at is what a BIOS would boot
  return launchMachine(command, options.paths, { id, uuid, service, control, image, signal });
}

async function endHypervisor(record: MachineRecord, disk: Medium): Promise<void> {
  await signalHypervisor(record, disk, 'SIGKILL');
  await hasEnded(record, disk, { timeoutMs: END_MS });
}
