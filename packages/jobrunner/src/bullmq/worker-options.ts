import type { BullmqSettings } from './options.ts';

/** A job may be lost by any number of processes: the poller counts its attempts. */
const MOST_REDELIVERIES = 1_000_000;

/** What a worker of BullMQ is told that does not look for jobs by itself. */
export interface WorkerOptions {
  readonly autorun: false;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
}

/** A job whose process is silent for a lease is put back within half a lease more. */
export function workerOptions({ leaseMs }: Pick<BullmqSettings, 'leaseMs'>): WorkerOptions {
  return {
    autorun: false,
    lockDuration: leaseMs,
    stalledInterval: Math.ceil(leaseMs / 2),
    maxStalledCount: MOST_REDELIVERIES,
  };
}
