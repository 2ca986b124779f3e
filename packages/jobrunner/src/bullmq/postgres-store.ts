import type * as bullmqTypes from 'bullmq';
import type { PgPool, QueueBaseOptions } from 'bullmq';
import { onAbort } from '@core/io';
import type { PoolConfig } from 'pg';

import { within } from '../dispatch/within.ts';
import type { Job, JobOutcome } from '../dispatcher.ts';
import { optionalPeer } from './optional-peer.ts';
import type { BullmqSettings } from './options.ts';
import { Sockets } from './sockets.ts';
import type { Store } from './store.ts';
import { workerOptions } from './worker-options.ts';

/** So long a PostgreSQL may take to be reached. */
const CONNECTING_MS = 30_000;
/** So long it may take to say goodbye. */
const PARTING_MS = 500;

/** What the URL or the options say, and until when it may be tried. */
interface Opening {
  readonly given: string | Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** Connects to a PostgreSQL, and sees that it has the tables. */
export async function postgresStore(
  bullmq: typeof bullmqTypes,
  settings: BullmqSettings,
  { given, signal }: Opening,
): Promise<Store> {
  const { default: pg } = await optionalPeer('pg', () => import('pg'));
  signal.throwIfAborted();
  const config: PoolConfig = typeof given === 'string' ? { connectionString: given } : given;
  const sockets = new Sockets(config.stream);
  const pool = new pg.Pool({
    connectionTimeoutMillis: CONNECTING_MS,
    ...config,
    stream: () => sockets.open(),
    options: `-c search_path=${bullmq.DEFAULT_SCHEMA}`,
  });
  pool.setMaxListeners(0);
  const onError = (error: Error): unknown => settings.logger?.warn('queue', { error: error.message });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError)); // the pool hears those only that nobody uses
  const connection = pool as PgPool; // their types differ in whether an option may be undefined
  const close = (): Promise<void> => parted(pool.end(), sockets);
  const forget = onAbort(signal, () => {
    sockets.cut();
  });
  await migrated(bullmq, connection)
    .catch(async (error: unknown) => {
      await close();
      throw error;
    })
    .finally(forget);
  const classes = bullmq.withBackend((name: string, options: QueueBaseOptions<PgPool>) =>
    bullmq.createPostgresBackend(name, options),
  );
  return {
    queue: (name) => new classes.Queue<Job, JobOutcome>(name, { connection }),
    async directory(name) {
      const directory = new classes.Queue<{ repo: string }>(name, { connection });
      await directory.waitUntilReady(); // one that has failed to get there once never will
      return directory;
    },
    worker: (name) => new classes.Worker<Job, JobOutcome>(name, undefined, { connection, ...workerOptions(settings) }),
    close,
  };
}

/** A PostgreSQL that does not answer any more is left without a word. */
async function parted(goodbye: Promise<void>, sockets: Sockets): Promise<void> {
  await within(goodbye, PARTING_MS, undefined);
  sockets.cut();
  await within(goodbye, PARTING_MS, undefined);
}

/** Makes the tables, or brings them up to date; processes that do so at once wait for each other. */
async function migrated(bullmq: typeof bullmqTypes, pool: PgPool): Promise<void> {
  const client = await pool.connect();
  try {
    await bullmq.runMigrations(client);
  } finally {
    client.release();
  }
}
