import type { Medium } from '@core/io';

import { isObject, type QmpEvent, qmpEventOf } from '../qmp/qmp-message.ts';
import type { Opener } from './run-files.ts';
import { headOf, tailOf } from './tail.ts';

/** What stands at the beginning of the file, before the hypervisor's own events. */
const LAUNCH = 'CORE_LAUNCH';

/** So much of the end is read: the end of a machine is at the end. */
const HEAD_BYTES = 1024;
const TAIL_BYTES = 1024 * 1024;

/**
 * What a hypervisor has reported of a machine, the oldest first, from the file that it writes by itself. What is no
 * event, such as a line that is cut, is left out; there is none where there is no file.
 */
export async function readEvents(medium: Opener, path: string): Promise<QmpEvent[]> {
  const events: QmpEvent[] = [];
  for (const line of (await tailOf(medium, path, TAIL_BYTES)).split('\n')) {
    const event = eventOf(line);
    if (event !== undefined) events.push(event);
  }
  return events;
}

/** What is kept of a start for as long as the machine runs, and until it is started again. */
export interface LaunchFacts {
  /** So many bytes the console's log had. */
  readonly logStart: number;
  /** Of the machine that the command line makes; see `fingerprintOf`. */
  readonly fingerprint: string;
  /** The hypervisor writes the file of events: what is not in it has not happened. */
  readonly reportsEvents: boolean;
}

/** Begins the file of events of a start. */
export async function beginEvents(medium: Medium, path: string, data: LaunchFacts): Promise<void> {
  const nowMs = Date.now();
  const timestamp = { seconds: Math.floor(nowMs / 1000), microseconds: (nowMs % 1000) * 1000 };
  await medium.write(path, `${JSON.stringify({ timestamp, event: LAUNCH, data })}\n`, { mode: 0o600 });
}

/** What was kept of the last start. */
export async function readLaunchFacts(medium: Opener, path: string): Promise<LaunchFacts> {
  const [line = ''] = (await headOf(medium, path, HEAD_BYTES)).split('\n');
  const event = eventOf(line);
  const { logStart = 0, fingerprint = '', reportsEvents = true } = event?.event === LAUNCH ? event.data : {};
  return { logStart: Number(logStart), fingerprint: String(fingerprint), reportsEvents: reportsEvents === true };
}

function eventOf(line: string): QmpEvent | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return isObject(message) ? qmpEventOf(message) : undefined;
  } catch {
    return undefined;
  }
}
