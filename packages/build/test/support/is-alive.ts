import { readFileSync } from 'node:fs';

/** Whether a process does anything: one that only waits for its parent to notice does not. Linux only. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}
