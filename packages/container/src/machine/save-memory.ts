import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { type CancelOptions, isCoreError, type Medium, pump } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import type { QmpClient } from '../qmp/qmp-client.ts';
import { transferSocket } from './machine-paths.ts';
import { rest } from './rest.ts';
import { type SavedStateOwner, savedStateTrailer } from './saved-state.ts';

/** What is saved, and where. */
export interface SaveContext extends CancelOptions {
  readonly id: string;
  readonly paths: MachinePaths;
  readonly owner: SavedStateOwner;
  readonly medium: Medium;
}

/** As quick as it goes: the file is on this machine. The guest may stand still for so long at the end. */
const PARAMETERS = { 'max-bandwidth': 2 ** 40, 'downtime-limit': 5_000 };
const LOOK_MS = 5;
const CONNECT_MS = 10_000;
const UNDER_WAY = new Set(['setup', 'active', 'device', 'cancelling']);

/**
 * Writes the memory of a machine into its file, which is there, whole, when this resolves: the guest stands still from
 * then on. Where it fails, or is aborted, or this program dies on the way, there is no file and the guest goes on.
 *
 * The client must be kept until the hypervisor has ended: nobody else can then set the guest in motion.
 *
 * @throws `ERR_CONTAINER_SAVED_STATE` with the hypervisor's words; what the medium refuses; the reason of the signal.
 */
export async function saveMemory(client: QmpClient, context: SaveContext): Promise<void> {
  const { paths, medium, signal } = context;
  signal?.throwIfAborted();
  const { running } = await client.execute('query-status', undefined, { signal });
  const path = transferSocket(paths);
  await medium.deleteAll(path);
  const server = createServer().listen(path);
  await once(server, 'listening');
  try {
    await transfer(client, server, path, context);
  } catch (error) {
    server.on('connection', (late) => late.destroy());
    // an abort may come when the file is just there; a guest that goes on must have none
    await medium.deleteAll(paths.savedState);
    await goOn(client, running);
    signal?.throwIfAborted();
    throw isCoreError(error) && error.code === 'ERR_CONTAINER_CONTROL_FAILED' ? refused(context, error) : error;
  } finally {
    server.close();
    await medium.deleteAll(path);
  }
}

async function transfer(client: QmpClient, server: Server, path: string, context: SaveContext): Promise<void> {
  const { paths, medium, signal } = context;
  await client.execute('migrate-set-parameters', PARAMETERS, { signal });
  const connection = nextConnection(server, context);
  connection.catch(() => undefined);
  await client.execute('migrate', { uri: `unix:${path}` }, { signal });
  const socket = await connection;
  try {
    const sink = medium.writeStream(paths.savedState, { mode: 0o600, durable: true, signal });
    await pump(memoryOf(socket, client, context), sink);
  } finally {
    socket.destroy(); // nobody takes more: the transfer fails where it is not done
  }
}

/** The memory, and once the hypervisor says that this was all of it, whose it is. */
async function* memoryOf(socket: Socket, client: QmpClient, context: SaveContext): AsyncGenerator<Uint8Array | string> {
  let length = 0;
  for await (const chunk of socket as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    yield chunk;
  }
  await untilComplete(client, context);
  yield savedStateTrailer(context.owner, length);
}

async function untilComplete(client: QmpClient, context: SaveContext): Promise<void> {
  for (;;) {
    const { status = 'none', 'error-desc': words } = await client.execute('query-migrate');
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled' || status === 'none') throw refused(context, undefined, words);
    await rest(LOOK_MS, context);
  }
}

/**
 * The guest goes on where it was, unless it stood still before. Nobody takes its memory any more, so that the transfer
 * fails by itself; `migrate_cancel` at its very end would leave the guest with disks that QEMU has let go of, and its
 * next write, or the next transfer, would end QEMU. `cont` takes them back, also where the guest goes on already.
 *
 * Source: `migration_completion` and `qmp_cont` of QEMU 7.2; its commit 403d18ae38 tells of one more way to get there.
 */
async function goOn(client: QmpClient, wasRunning: boolean): Promise<void> {
  try {
    for (;;) {
      const { status = 'none' } = await client.execute('query-migrate');
      if (!UNDER_WAY.has(status)) break;
      await rest(LOOK_MS);
    }
    if (wasRunning) await client.execute('cont');
  } catch {
    // the hypervisor has ended: what went wrong is told already
  }
}

/** The hypervisor, which brings its memory. */
async function nextConnection(server: Server, context: SaveContext): Promise<Socket> {
  const { signal } = context;
  const late = AbortSignal.timeout(CONNECT_MS);
  try {
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    const [socket] = (await once(server, 'connection', { signal: either })) as [Socket];
    return socket;
  } catch {
    signal?.throwIfAborted();
    throw refused(context, undefined, `nothing came within ${String(CONNECT_MS)} ms`);
  }
}

function refused(
  { id, paths }: SaveContext,
  cause: ContainerError | Error | undefined,
  words?: string,
): ContainerError {
  const output = words ?? (cause instanceof ContainerError ? cause.output : undefined) ?? 'the transfer was broken off';
  return new ContainerError(`Cannot save the memory of machine "${id}": ${output}`, {
    ...{ code: 'ERR_CONTAINER_SAVED_STATE', op: 'machine.save', id, path: paths.savedState, output, cause },
    hint: 'The machine goes on. One that has mounted a volume cannot be saved.',
  });
}
