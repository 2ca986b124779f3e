import type { CancelOptions } from '@core/io';

import type { Container, Volume } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { mountCommand, mountLine } from '../volumes/mount-script.ts';
import type { ManagerContext } from './context.ts';
import { Guest } from './guest.ts';

/** Runs of machines whose volumes this program has mounted: a guest that starts anew has another process. */
const mounted = new WeakMap<ManagerContext, Map<string, Promise<void>>>();

/**
 * Mounts the volumes of a machine in its guest, once in a run of it; where they are mounted already, nothing happens.
 *
 * @throws `ERR_CONTAINER_VOLUME_NOT_MOUNTED` with the guest's own words.
 */
export async function mountVolumes(
  context: ManagerContext,
  container: Container,
  options: CancelOptions,
): Promise<void> {
  if (container.volumes.length === 0) return;
  const runs = mounted.get(context) ?? new Map<string, Promise<void>>();
  mounted.set(context, runs);
  const run = `${container.id} ${String(container.pid)} ${container.startedAt.toISOString()}`;
  const mounting = runs.get(run) ?? mountAll(context, container, options);
  runs.set(run, mounting);
  await mounting.catch((error: unknown) => {
    runs.delete(run);
    throw error;
  });
}

async function mountAll(context: ManagerContext, container: Container, options: CancelOptions): Promise<void> {
  const guest = new Guest(context, container);
  for (const volume of container.volumes) {
    const { exitCode, stderr } = await guest.exec(mountCommand(volume), options);
    if (exitCode !== 0) throw notMounted(container, volume, stderr.trim());
  }
}

function notMounted({ id, name }: Container, volume: Volume, output: string): ContainerError {
  const { target, driver } = volume;
  return new ContainerError(`Cannot mount ${JSON.stringify(target)} in "${name}": ${output}`, {
    code: 'ERR_CONTAINER_VOLUME_NOT_MOUNTED',
    op: 'container.mount',
    id,
    path: target,
    output,
    hint: `The guest's kernel needs ${driver}. By hand: ${mountLine(volume)}`,
  });
}
