import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

import { errorCode } from './system-error.ts';

/** Who left something on the disk. */
export interface Owner {
  readonly pid: number;
  /** Field 22 of `/proc/<pid>/stat` (clock ticks after the boot); `0` where it is unknown. */
  readonly startedAt: string;
  /** Where `pid` and `startedAt` mean something: 8 hex digits for the boot (or the host), 8 for the namespaces. */
  readonly space: string;
}

/** What can be said of an owner from here; of one in another space, nothing. */
export type Liveness = 'alive' | 'dead' | 'unknown';

interface ProcessStat {
  readonly pid: number;
  readonly startedAt: string;
  /** Ended, not yet waited for, and no thread of it runs on: the leader may be a zombie while a call is under way. */
  readonly isGone: boolean;
}

let own: Owner | undefined;

/** This process. */
export function thisOwner(): Owner {
  own ??= lookAtOneself();
  return own;
}

/**
 * Whether the process still runs. It is dead only where that is certain: no process of that number, one that began at
 * another time, or one that has ended but was not waited for.
 */
export function isAlive(owner: Owner): Liveness {
  const here = thisOwner();
  if (owner.space !== here.space) return 'unknown';
  if (isGone(owner.pid)) return 'dead';
  if (owner.startedAt === '0' || here.startedAt === '0') return 'alive';
  const stat = processStat(String(owner.pid));
  // what /proc hides may not be taken for dead, but what was buried meanwhile is
  if (stat === undefined) return isGone(owner.pid) ? 'dead' : 'alive';
  return stat.startedAt === owner.startedAt && !stat.isGone ? 'alive' : 'dead';
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
  return false;
}

/** Whether the owner belongs to another boot of this machine, or to another machine. */
export function isOfAnotherBoot(owner: Owner): boolean {
  return owner.space.slice(0, 8) !== thisOwner().space.slice(0, 8);
}

function lookAtOneself(): Owner {
  const stat = processStat('self');
  // a /proc of other namespaces counts other processes
  const startedAt = stat?.pid === process.pid ? stat.startedAt : '0';
  const boot = textOf('/proc/sys/kernel/random/boot_id') ?? hostname();
  // times in /proc are those of the reader's time namespace
  const spaces = ['pid', 'time'].map((kind) => linkOf(`/proc/self/ns/${kind}`));
  return { pid: process.pid, startedAt, space: `${digest(boot)}${digest(spaces.join(' '))}` };
}

function processStat(which: string): ProcessStat | undefined {
  const text = textOf(`/proc/${which}/stat`);
  if (text === undefined) return undefined;
  // the second field is the name of the program in brackets, which may hold anything
  const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const threads = Number(rest[16]);
  return {
    pid: Number.parseInt(text, 10),
    startedAt: rest[18] ?? '0',
    isGone: (state === 'Z' || state === 'X') && threads <= 1,
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
