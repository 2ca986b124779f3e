import { randomUUID } from 'node:crypto';

import type { Container } from '../container.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import type { RunOptions } from '../run-options.ts';
import { bootImage } from './boot-image.ts';
import type { ManagerContext } from './context.ts';
import { placeDisks } from './find-disks.ts';
import { wantedForwards } from './forwards.ts';
import { machineOptions } from './launch-container.ts';
import { plain } from './plain.ts';
import type { Plan } from './plan.ts';
import { thisProgram } from './this-program.ts';

const NOBODY = '00000000';

/** What a machine will be, still without ports. */
export async function draft(
  { realStateDir }: ManagerContext,
  planned: Plan,
  { id, options }: { readonly id: string; readonly options: RunOptions },
): Promise<Container> {
  const { dir } = machinePaths(realStateDir, id);
  const { image, arch, volumes, sshKey, hypervisor, found } = planned;
  const { name = id, memoryMb = 1024, cpus = 1, bindAddress = '127.0.0.1', user = 'root', cmdline } = options;
  const { writeImage = false, autoRemove = false } = options;
  return plain<Container>({
    ...{ id, name, image: image.path, format: image.format, uuid: randomUUID(), arch, volumes, sshKey },
    ...{ memoryMb, cpus, bindAddress, user, cmdline, writeImage, autoRemove, suspended: false },
    ...{ hypervisor: hypervisor.name, accelerator: found.accelerator, ports: {}, sshPort: 0 },
    disks: placeDisks(planned.disks, dir),
    ...{ status: 'stopped', pid: 0, startedAt: new Date(), startingBy: await thisProgram() },
  });
}

/**
 * Has the hypervisor make the command line of a machine that will never be, before anything is made for the real one.
 *
 * @throws What `buildCommand` throws.
 */
export async function refuseUnbuildable(context: ManagerContext, planned: Plan, options: RunOptions): Promise<void> {
  const container = await draft(context, planned, { id: NOBODY, options });
  const forwards = wantedForwards(options, planned.hypervisor.capabilities);
  const image = bootImage(context, { ...planned, container });
  planned.hypervisor.buildCommand(image, machineOptions(context, { ...planned, container, forwards }));
}
