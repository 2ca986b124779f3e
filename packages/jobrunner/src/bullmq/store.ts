import type * as bullmqTypes from 'bullmq';
import type { Job as QueuedJob, PgPool, QueueBaseOptions } from 'bullmq';

import type { Job, JobOutcome } from '../dispatcher.ts';
import { optionalPeer } from './optional-peer.ts';
import type { BullmqSettings } from './options.ts';

/** A job as the queue has it. */
export type StoredJob = Pick<
  QueuedJob<Job, JobOutcome>,
  'data' | 'extendLock' | 'finishedOn' | 'id' | 'moveToCompleted' | 'moveToDelayed' | 'returnvalue' | 'stalledCounter'
>;

/** How a job is put into a queue. */
interface PutOptions {
  readonly jobId: string;
  readonly removeOnComplete: { readonly age: number };
  readonly removeOnFail: { readonly age: number };
}

/** The queue of one repository. */
export interface StoredQueue {
  setGlobalConcurrency(concurrency: number): Promise<unknown>;
  getJob(id: string): Promise<StoredJob | undefined>;
  add(name: string, job: Job, options: PutOptions): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** The queue that names the repositories; see `Directory`. */
export interface StoredDirectory {
  add(name: string, data: { readonly repo: string }, options: { readonly jobId: string }): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  /** The ids, in an order that differs from store to store. */
  getRanges(types: ['waiting'], start: number, end: number): Promise<string[]>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** What takes jobs out of the queue of one repository, and puts those back that nobody does any more. */
export interface StoredWorker {
  startStalledCheckTimer(): Promise<void>;
  getNextJob(token: string, options: { readonly block: false }): Promise<StoredJob | undefined>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(force: boolean): Promise<void>;
}

/** Where queues are; all of them share its connection. */
export interface Store {
  queue(name: string): StoredQueue;
  directory(name: string): StoredDirectory;
  worker(name: string): StoredWorker;
  close(): Promise<void>;
}

type Bullmq = typeof bullmqTypes;

/** A job may be lost by any number of processes: the poller counts its attempts. */
const MOST_REDELIVERIES = 1_000_000;
/** So long a PostgreSQL may take to be reached. */
const CONNECTING_MS = 30_000;

/** Connects to where the queues are. A store that cannot be reached is found out by the first use. */
export async function openStore(settings: BullmqSettings): Promise<Store> {
  const bullmq = await optionalPeer('bullmq', () => import('bullmq'));
  const { store } = settings;
  return 'redis' in store ? inRedis(bullmq, settings, store.redis) : inPostgres(bullmq, settings, store.postgres);
}

async function inRedis(bullmq: Bullmq, settings: BullmqSettings, redis: ClientOptions): Promise<Store> {
  const { Redis } = await optionalPeer('ioredis', () => import('ioredis'));
  const once = { maxRetriesPerRequest: null, lazyConnect: true, disconnectTimeout: 500 };
  const connection = typeof redis === 'string' ? new Redis(redis, once) : new Redis({ ...redis, ...once });
  connection.setMaxListeners(0); // every queue and worker has its own
  connection.on('error', (error: Error) => settings.logger?.warn('queue', { error: error.message }));
  // jobs are fetched without blocking: no worker needs a connection of its own
  const classes = bullmq.withBackend((name: string, options: QueueBaseOptions) =>
    bullmq.createRedisBackend(name, options),
  );
  return {
    queue: (name) => new classes.Queue<Job, JobOutcome>(name, { connection }),
    directory: (name) => new classes.Queue<{ repo: string }>(name, { connection }),
    worker: (name) => new classes.Worker<Job, JobOutcome>(name, undefined, { connection, ...workerOptions(settings) }),
    close: async () => {
      if (connection.status === 'ready') await connection.quit();
      else connection.disconnect();
    },
  };
}

async function inPostgres(bullmq: Bullmq, settings: BullmqSettings, postgres: ClientOptions): Promise<Store> {
  const { default: pg } = await optionalPeer('pg', () => import('pg'));
  const given = typeof postgres === 'string' ? { connectionString: postgres } : postgres;
  const pool = new pg.Pool({
    connectionTimeoutMillis: CONNECTING_MS,
    ...given,
    options: `-c search_path=${bullmq.DEFAULT_SCHEMA}`,
  });
  pool.setMaxListeners(0);
  pool.on('error', (error: Error) => settings.logger?.warn('queue', { error: error.message }));
  const connection = pool as PgPool; // their types differ in whether an option may be undefined
  await migrated(bullmq, connection).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const classes = bullmq.withBackend((name: string, options: QueueBaseOptions<PgPool>) =>
    bullmq.createPostgresBackend(name, options),
  );
  return {
    queue: (name) => new classes.Queue<Job, JobOutcome>(name, { connection }),
    directory: (name) => new classes.Queue<{ repo: string }>(name, { connection }),
    worker: (name) => new classes.Worker<Job, JobOutcome>(name, undefined, { connection, ...workerOptions(settings) }),
    close: () => pool.end(),
  };
}

/** Makes the tables, or brings them up to date; processes that do so at once wait for each other. */
async function migrated(bullmq: Bullmq, pool: PgPool): Promise<void> {
  const client = await pool.connect();
  try {
    await bullmq.runMigrations(client);
  } finally {
    client.release();
  }
}

type ClientOptions = string | Readonly<Record<string, unknown>>;

function workerOptions({ leaseMs }: BullmqSettings): {
  readonly autorun: false;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
} {
  return {
    autorun: false,
    lockDuration: leaseMs,
    stalledInterval: Math.ceil(leaseMs / 2),
    maxStalledCount: MOST_REDELIVERIES,
  };
}
