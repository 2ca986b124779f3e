import { type CancelOptions, unlessAborted } from '@core/io';

import type { Container, Volume } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { mountCommand, mountLine } from '../volumes/mount-script.ts';
import type { ManagerContext } from './context.ts';
import { Guest } from './guest.ts';

/** The volumes of one run of a machine, which are being mounted or are, and for how many. */
interface Mounting {
  readonly done: Promise<void>;
  readonly stop: AbortController;
  users: number;
}

/** By runs of machines that this program has used: a guest that starts anew has another process. */
const mountings = new WeakMap<ManagerContext, Map<string, Mounting>>();

/**
 * Mounts the volumes of a machine in its guest, once in a run of it; where they are mounted already, nothing happens. All
 * who want it meanwhile wait for the same. Who is aborted leaves at once; the last one ends it, and waits until it has
 * ended.
 *
 * @throws `ERR_CONTAINER_VOLUME_NOT_MOUNTED` with the guest's own words; the reason of the signal.
 */
export async function mountVolumes(
  context: ManagerContext,
  container: Container,
  { signal }: CancelOptions,
): Promise<void> {
  if (container.volumes.length === 0) return;
  signal?.throwIfAborted();
  const runs = mountings.get(context) ?? new Map<string, Mounting>();
  mountings.set(context, runs);
  const run = `${container.id} ${String(container.pid)} ${container.startedAt.toISOString()}`;
  const mounting = runs.get(run) ?? begin(context, container);
  runs.set(run, mounting);
  mounting.users += 1;
  try {
    await unlessAborted(mounting.done, signal);
  } catch (error) {
    mounting.users -= 1;
    if (mounting.users === 0) {
      if (runs.get(run) === mounting) runs.delete(run);
      mounting.stop.abort(error);
      await mounting.done.catch(() => undefined);
    }
    throw error;
  }
}

/** Not with the signal of the first who wants it: others may want it, too. */
function begin(context: ManagerContext, container: Container): Mounting {
  const stop = new AbortController();
  return { done: mountAll(context, container, stop.signal), stop, users: 0 };
}

async function mountAll(context: ManagerContext, container: Container, signal: AbortSignal): Promise<void> {
  const guest = new Guest(context, container);
  for (const volume of container.volumes) {
    const { exitCode, stderr } = await guest.exec(mountCommand(volume), { signal });
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
