import type * as bullmqTypes from 'bullmq';
import type { QueueBaseOptions } from 'bullmq';
import type { Redis } from 'ioredis';

import { within } from '../dispatch/within.ts';
import type { Job, JobOutcome } from '../dispatcher.ts';
import { optionalPeer } from './optional-peer.ts';
import type { BullmqSettings } from './options.ts';
import type { Store } from './store.ts';
import { workerOptions } from './worker-options.ts';

/** So long a Redis may take to say goodbye, and then its socket to close. */
const PARTING_MS = 500;
const WITH_SOCKET: ReadonlySet<string> = new Set(['connecting', 'connect', 'ready']);

/** Connects to a Redis. One that cannot be reached is found out by the first use, and tried for as long as it takes. */
export async function redisStore(
  bullmq: typeof bullmqTypes,
  settings: BullmqSettings,
  given: string | Readonly<Record<string, unknown>>,
): Promise<Store> {
  const { Redis } = await optionalPeer('ioredis', () => import('ioredis'));
  const once = { maxRetriesPerRequest: null, lazyConnect: true, disconnectTimeout: 1 };
  const connection = typeof given === 'string' ? new Redis(given, once) : new Redis({ ...given, ...once });
  connection.setMaxListeners(0); // every queue and worker has its own
  connection.on('error', (error: Error) => settings.logger?.warn('queue', { error: error.message }));
  // jobs are fetched without blocking: no worker needs a connection of its own
  const classes = bullmq.withBackend((name: string, options: QueueBaseOptions) =>
    bullmq.createRedisBackend(name, options),
  );
  return {
    queue: (name) => new classes.Queue<Job, JobOutcome>(name, { connection }),
    directory: (name) => Promise.resolve(new classes.Queue<{ repo: string }>(name, { connection })),
    worker: (name) => new classes.Worker<Job, JobOutcome>(name, undefined, { connection, ...workerOptions(settings) }),
    close: () => parted(connection),
  };
}

/** A Redis that does not answer any more is left without a word. */
async function parted(connection: Redis): Promise<void> {
  if (connection.status === 'ready') {
    const goodbye = connection.quit().then(
      () => true,
      () => false,
    );
    if (await within(goodbye, PARTING_MS, false)) return;
  }
  const isOpen = WITH_SOCKET.has(connection.status);
  const ended = new Promise<void>((resolve) => connection.once('end', resolve));
  connection.disconnect();
  if (isOpen) await within(ended, PARTING_MS, undefined);
}
