import type { CancelOptions, Medium } from '@core/io';

import type { QmpClient } from '../qmp/qmp-client.ts';
import type { MachineRecord } from './machine-process.ts';
import { type ProcessStats, processStats } from './proc-stats.ts';
import { type DiskStats, diskStats, type GuestMemory, guestMemory } from './qmp-stats.ts';

/** What a machine uses. */
export interface MachineStats {
  /** Processor time of the hypervisor since its start. */
  readonly cpuTimeMs?: number | undefined;
  /** Since the last look, else since the start: 100 is one processor, all of the time. */
  readonly cpuPercent?: number | undefined;
  /** Memory of this machine that the hypervisor holds. */
  readonly memoryBytes?: number | undefined;
  readonly uptimeMs?: number | undefined;
  /** What the guest has of the memory that it was given. */
  readonly balloonBytes?: number | undefined;
  readonly guestMemory?: GuestMemory | undefined;
  readonly disks: readonly DiskStats[];
}

/** Measures one machine, now and again. */
export class StatsReader {
  readonly #record: MachineRecord;
  readonly #medium: Medium;
  #last: ProcessStats | undefined;

  constructor(record: MachineRecord, medium: Medium) {
    this.#record = record;
    this.#medium = medium;
  }

  /** What the system tells, and what the hypervisor tells where there is a client of it. */
  async read(client: QmpClient | undefined, options: CancelOptions): Promise<MachineStats> {
    const used = await processStats(this.#record.pid, this.#medium);
    const cpuPercent = used === undefined ? undefined : percentOf(used, this.#last);
    this.#last = used;
    const system = { ...used, cpuPercent };
    if (client === undefined) return { ...system, disks: [] };
    const disks = await diskStats(client, options);
    const memory = await guestMemory(client, options);
    const balloonBytes = await client.execute('query-balloon', undefined, options).then(
      ({ actual }) => actual,
      () => undefined,
    );
    options.signal?.throwIfAborted();
    return { ...system, balloonBytes, guestMemory: memory, disks };
  }
}

function percentOf(now: ProcessStats, last: ProcessStats | undefined): number {
  const elapsedMs = now.uptimeMs - (last?.uptimeMs ?? 0);
  const usedMs = now.cpuTimeMs - (last?.cpuTimeMs ?? 0);
  return elapsedMs <= 0 ? 0 : Math.round((usedMs / elapsedMs) * 1000) / 10;
}
