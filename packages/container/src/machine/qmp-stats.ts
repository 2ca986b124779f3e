import type { CancelOptions } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { QmpClient } from '../qmp/qmp-client.ts';
import type { QmpBlockStats, QmpGuestStats } from '../qmp/qmp-commands.ts';
import { isObject } from '../qmp/qmp-message.ts';

/** What one disk has read and written since the machine was started. */
export interface DiskStats {
  readonly name: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
}

/** What the guest says of its memory; a value that it does not tell is left out. */
export interface GuestMemory {
  readonly totalBytes?: number | undefined;
  readonly freeBytes?: number | undefined;
  /** What programs could have without swapping. */
  readonly availableBytes?: number | undefined;
}

const PERIPHERALS = '/machine/peripheral';
const INTERVAL = 'guest-stats-polling-interval';
const INTERVAL_S = 2;

/** The counters of all disks that have a name. */
export async function diskStats(client: QmpClient, options: CancelOptions): Promise<DiskStats[]> {
  const blocks = await client.execute('query-blockstats', undefined, options);
  return blocks.flatMap((block) => {
    const name = nameOf(block);
    const { rd_bytes: readBytes, wr_bytes: writtenBytes, rd_operations: reads, wr_operations: writes } = block.stats;
    return name === '' ? [] : [{ name, readBytes, writtenBytes, reads, writes }];
  });
}

/**
 * The guest's memory as it tells it itself, which it is asked to do every two seconds from the first call on; `undefined`
 * until it has, and where there is no balloon or no driver for it.
 */
export async function guestMemory(client: QmpClient, options: CancelOptions): Promise<GuestMemory | undefined> {
  const path = await balloonPath(client, options);
  if (path === undefined) return undefined;
  try {
    const interval = await client.execute('qom-get', { path, property: INTERVAL }, options);
    if (interval === 0) {
      await client.execute('qom-set', { path, property: INTERVAL, value: INTERVAL_S }, options);
      return undefined;
    }
    return memoryIn(await client.execute('qom-get', { path, property: 'guest-stats' }, options));
  } catch (error) {
    // QEMU refuses until the guest's driver is up
    if (error instanceof ContainerError && error.output !== undefined) return undefined;
    throw error;
  }
}

async function balloonPath(client: QmpClient, options: CancelOptions): Promise<string | undefined> {
  const peripherals = await client.execute('qom-list', { path: PERIPHERALS }, options);
  const balloon = peripherals.find(({ type }) => type.startsWith('child<virtio-balloon'));
  return balloon === undefined ? undefined : `${PERIPHERALS}/${balloon.name}`;
}

function memoryIn(answer: unknown): GuestMemory | undefined {
  if (!isObject(answer)) return undefined;
  const { 'last-update': told, stats } = answer as unknown as QmpGuestStats;
  if (told === 0) return undefined;
  const bytesOf = (name: string): number | undefined => {
    const bytes = stats[`stat-${name}`];
    // 2^64 − 1 stands for "not told", and is rounded by JSON
    return bytes === undefined || bytes > Number.MAX_SAFE_INTEGER ? undefined : bytes;
  };
  return {
    totalBytes: bytesOf('total-memory'),
    freeBytes: bytesOf('free-memory'),
    availableBytes: bytesOf('available-memory'),
  };
}

function nameOf({ device, qdev, 'node-name': node }: QmpBlockStats): string {
  return device !== '' ? device : (qdev ?? node ?? '');
}
