import { uptime } from 'node:os';

import type { Medium } from '@core/io';

import { textOf } from './machine-process.ts';

/** What the system tells of a process. */
export interface ProcessStats {
  /** Of the processor, its children not counted. */
  readonly cpuTimeMs: number;
  /** Resident memory. */
  readonly memoryBytes: number;
  readonly uptimeMs: number;
}

/** USER_HZ, which Linux has promised to its programs on every machine that Node runs on. */
const TICK_MS = 10;

/** What Linux tells of a process, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; `undefined` elsewhere. */
export async function processStats(pid: number, medium: Medium): Promise<ProcessStats | undefined> {
  const [stat, status] = await Promise.all([
    textOf(`/proc/${String(pid)}/stat`, medium),
    textOf(`/proc/${String(pid)}/status`, medium),
  ]);
  if (stat === undefined || status === undefined) return undefined;
  // the name stands in parentheses and may hold anything
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [userTicks = 0, systemTicks = 0] = fields.slice(11);
  const startTicks = fields[19] ?? 0;
  return {
    cpuTimeMs: (userTicks + systemTicks) * TICK_MS,
    memoryBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024,
    uptimeMs: Math.max(0, uptime() * 1000 - startTicks * TICK_MS),
  };
}
