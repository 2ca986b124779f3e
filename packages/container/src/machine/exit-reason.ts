import { processRecordOf } from '@core/process/daemon';

import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import type { QmpEvent } from '../qmp/qmp-message.ts';
import { readEvents, readLaunchFacts } from './event-log.ts';
import type { MachineRecord } from './machine-process.ts';
import type { Opener } from './run-files.ts';
import { tailOf } from './tail.ts';

/** How a machine came to its end. */
export interface MachineEnd {
  /**
   * By QEMU's own word where it had time to say it: `guest-shutdown`, `guest-reset` (also a disk that does not boot),
   * `guest-panic`, `host-qmp-quit`, `host-signal`, `host-error`; else `crashed` (it died and left words), `killed`
   * (it died without a word, as by SIGKILL or for want of memory), `host-restarted`, or `ended` where the
   * hypervisor reports nothing.
   */
  readonly reason: string;
  /** What the hypervisor said at last; empty where it said nothing. */
  readonly words: string;
}

const WORDS_BYTES = 4096;
const CONSOLE_BYTES = 16_384;
const PANIC = 'Kernel panic - not syncing';

/**
 * How a machine that has ended came to its end, also where nobody was connected to it: from the events that its
 * hypervisor wrote by itself, the words that it left, and the end of the console.
 */
export async function exitReasonOf(record: MachineRecord, paths: MachinePaths, files: Opener): Promise<MachineEnd> {
  const [events, said] = await Promise.all([readEvents(files, paths.events), tailOf(files, paths.stderr, WORDS_BYTES)]);
  const words = said.trim();
  const shutdown = events.findLast(({ event }) => event === 'SHUTDOWN');
  if (shutdown !== undefined) return { reason: await reasonOf(shutdown, events, paths, files), words };
  if (await isFromEarlierBoot(record)) return { reason: 'host-restarted', words };
  if (!(await readLaunchFacts(files, paths.events)).reportsEvents) return { reason: 'ended', words };
  return { reason: words === '' ? 'killed' : 'crashed', words };
}

/** A kernel that panics and reboots is a reset for the hypervisor. */
async function reasonOf(
  shutdown: QmpEvent,
  events: readonly QmpEvent[],
  paths: MachinePaths,
  files: Opener,
): Promise<string> {
  const { reason } = shutdown.data;
  if (events.some(({ event }) => event === 'GUEST_PANICKED')) return 'guest-panic';
  const isReset = reason === 'guest-reset';
  if (isReset && (await lastOfConsole(paths, files)).includes(PANIC)) return 'guest-panic';
  return typeof reason === 'string' ? reason : 'ended';
}

async function lastOfConsole({ log, events }: MachinePaths, files: Opener): Promise<string> {
  const { logStart } = await readLaunchFacts(files, events);
  return tailOf(files, log, CONSOLE_BYTES, logStart);
}

async function isFromEarlierBoot({ identity }: MachineRecord): Promise<boolean> {
  const { bootId } = await processRecordOf(process.pid);
  return bootId !== undefined && identity?.bootId !== undefined && identity.bootId !== bootId;
}
