import type { Logger } from '../logger.ts';

/** Where the queue is: in Redis or in PostgreSQL. */
export type QueueStore =
  | {
      /** URL of a Redis, or options of `ioredis`. */
      readonly redis: string | Readonly<Record<string, unknown>>;
    }
  | {
      /** URL of a PostgreSQL (13 or later), or options of a `pg.Pool`. The tables are made, and kept up to date, in the schema `bullmq`. */
      readonly postgres: string | Readonly<Record<string, unknown>>;
    };

/** What a `BullmqDispatcher` is made from. */
export type BullmqDispatcherOptions = QueueStore & {
  /** Pollers that share their work have the same name, and share sources and handlers; `core-jobs` unless it is given. */
  readonly name?: string | undefined;
  /** So many jobs at once in this process, each in another repository; 4 unless it is given. */
  readonly concurrency?: number | undefined;
  /** A process that is not heard of for so long has lost its job to another one; 30,000 unless it is given, 1,000 at least. */
  readonly leaseMs?: number | undefined;
  /** How long it is known that a job is done; 30 days unless it is given. */
  readonly rememberMs?: number | undefined;
  readonly logger?: Logger | undefined;
};

/** The options with what they are where they are not given. */
export interface BullmqSettings {
  readonly store: QueueStore;
  readonly name: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly rememberMs: number;
  readonly logger: Logger | undefined;
}

const DAY_MS = 86_400_000;
const NAME = /^[\w.-]{1,60}$/;

/** Refuses options that are none, and fills in the others. */
export function settledOptions(options: BullmqDispatcherOptions): BullmqSettings {
  const { name = 'core-jobs', concurrency = 4, leaseMs = 30_000, rememberMs = 30 * DAY_MS, logger } = options;
  if (!NAME.test(name))
    throw new TypeError(`name must be 1 to 60 letters, digits and . _ -, not ${JSON.stringify(name)}`);
  checkWhole('concurrency', concurrency, 1);
  checkWhole('leaseMs', leaseMs, 1000);
  checkWhole('rememberMs', rememberMs, 1000);
  return { store: storeOf(options), name, concurrency, leaseMs, rememberMs, logger };
}

function storeOf(options: BullmqDispatcherOptions): QueueStore {
  const { redis, postgres } = options as { readonly redis?: unknown; readonly postgres?: unknown };
  if ((redis === undefined) === (postgres === undefined)) {
    throw new TypeError('options must have either redis or postgres: a URL, or options of the client');
  }
  return options;
}

function checkWhole(name: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= Number.MAX_SAFE_INTEGER) return;
  throw new RangeError(`${name} must be a whole number from ${String(least)} on, not ${String(value)}`);
}
