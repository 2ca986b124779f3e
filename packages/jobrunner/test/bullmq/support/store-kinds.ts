import type { Tool } from '@core/tooling/needs';

import type { QueueStore } from '../../../src/bullmq/options.ts';
import { startPostgres, startRedis, type TestServer } from './servers.ts';

/** A store that queues can be in, and how a test comes by one. */
interface StoreKind {
  readonly name: string;
  readonly tool: Tool;
  readonly start: () => Promise<TestServer>;
  readonly store: (url: string) => QueueStore;
}

export const STORE_KINDS: readonly StoreKind[] = [
  { name: 'Redis', tool: 'redis-server', start: startRedis, store: (redis) => ({ redis }) },
  { name: 'PostgreSQL', tool: 'postgres', start: startPostgres, store: (postgres) => ({ postgres }) },
];
