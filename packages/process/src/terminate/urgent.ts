import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const MOST_URGENT = constants.priority.PRIORITY_HIGHEST;

/**
 * Lets a process, and the session that it leads, go before all others where the system allows that to this user; says
 * whether it does. Only for one that sleeps nearly always: what it takes is missing elsewhere.
 */
export function makeUrgent(pid: number): boolean {
  try {
    setPriority(pid, MOST_URGENT);
    // many a Linux shares the processor between sessions first, and only then between the processes of one
    if (process.platform === 'linux') writeFileSync(`/proc/${String(pid)}/autogroup`, String(MOST_URGENT));
    return true;
  } catch {
    return false; // it is not for everybody, and not on every system
  }
}
