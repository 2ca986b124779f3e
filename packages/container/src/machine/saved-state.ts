import { createHash } from 'node:crypto';

import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { HypervisorCommand } from '../hypervisors/hypervisor.ts';
import { isObject } from '../qmp/qmp-message.ts';
import { tailOf } from './tail.ts';

/** Whose memory a saved state is. */
export interface SavedStateOwner {
  readonly uuid: string;
  /** Of the command line; see {@link fingerprintOf}. */
  readonly fingerprint: string;
}

const FORMAT = 'core-saved-state 1';
const TRAILER_BYTES = 4096;
/** What concerns the host only, each with its value: where sockets and logs are, how ports are forwarded, names. */
const OF_THE_HOST = new Set(['-chardev', '-incoming', '-mon', '-name', '-netdev', '-pidfile', '-qmp', '-sandbox']);

/** What tells two machines apart whose memories cannot stand for each other: all devices and sizes, not the host's side. */
export function fingerprintOf({ args }: Pick<HypervisorCommand, 'args'>): string {
  const kept: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (OF_THE_HOST.has(arg)) at += 1;
    else if (arg !== '-S') kept.push(arg);
  }
  return createHash('sha256').update(JSON.stringify(kept)).digest('hex');
}

/** What stands after the memory in the file of a saved state: a hypervisor reads no further than the memory. */
export function savedStateTrailer(owner: SavedStateOwner, memoryBytes: number): string {
  return `\n${JSON.stringify({ format: FORMAT, ...owner, memoryBytes })}\n`;
}

/**
 * Refuses a saved state that a machine must not go on from.
 *
 * @throws `ERR_CONTAINER_SAVED_STATE` where there is none, it is cut, it is another machine's, or the machine has been
 *   changed since.
 */
export async function checkSavedState(
  medium: Medium,
  path: string,
  { id, uuid, fingerprint }: SavedStateOwner & { readonly id: string },
): Promise<void> {
  const refuse = (why: string, hint: string): never => {
    const message = `Cannot resume machine "${id}" from ${JSON.stringify(path)}: ${why}`;
    throw new ContainerError(message, { code: 'ERR_CONTAINER_SAVED_STATE', op: 'machine.resume', id, path, hint });
  };
  if (!(await medium.exists(path))) refuse('there is no saved state', 'Start the machine anew.');
  const trailer = await readTrailer(medium, path);
  if (trailer === undefined) refuse('it is damaged', 'Delete it and start the machine anew.');
  if (trailer?.['uuid'] !== uuid) refuse('it is the memory of another machine', 'Restore the right file.');
  if (trailer?.['fingerprint'] !== fingerprint) {
    refuse('the machine was changed since it was saved', 'Undo the change, or delete the saved state and start anew.');
  }
}

/** Whether there is a whole saved state of this machine. */
export async function hasSavedState(
  medium: Medium,
  path: string,
  { uuid }: Pick<SavedStateOwner, 'uuid'>,
  { signal }: CancelOptions = {},
): Promise<boolean> {
  signal?.throwIfAborted();
  return (await readTrailer(medium, path))?.['uuid'] === uuid;
}

async function readTrailer(medium: Medium, path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const tail = await tailOf(medium, path, TRAILER_BYTES);
  const line = tail.trimEnd().split('\n').at(-1) ?? '';
  try {
    const trailer: unknown = JSON.parse(line);
    if (!isObject(trailer) || trailer['format'] !== FORMAT) return undefined;
    const { size } = await medium.stat(path);
    return size === Number(trailer['memoryBytes']) + Buffer.byteLength(line) + 2 ? trailer : undefined;
  } catch (error) {
    if (isCoreError(error) && error.code !== 'ENOENT') throw error;
    return undefined;
  }
}
