import { optionalPeer } from './optional-peer.ts';
import type { BullmqSettings } from './options.ts';
import { postgresStore } from './postgres-store.ts';
import { redisStore } from './redis-store.ts';
import type { Store } from './store.ts';

/**
 * Connects to where the queues are. A Redis that cannot be reached is found out by the first use.
 *
 * @throws what the store says where it refuses; something, soon, where the signal is aborted: nothing is left then.
 */
export async function openStore(settings: BullmqSettings, signal: AbortSignal): Promise<Store> {
  const bullmq = await optionalPeer('bullmq', () => import('bullmq'));
  const { store } = settings;
  if ('redis' in store) return redisStore(bullmq, settings, store.redis);
  return postgresStore(bullmq, settings, { given: store.postgres, signal });
}
