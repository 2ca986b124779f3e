import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { COOKIE_NAME } from './cookie.ts';

/** One process of this machine, as `/proc` has it. */
export interface ProcEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** In clock ticks since the machine was booted: with the pid, the identity of a process. */
  readonly startTime: number;
  /** Its marks, or nothing where its environment cannot be read. */
  readonly cookie: string;
}

/** The entries of so many processes are read before the event loop has its turn. */
const AT_ONCE = 64;
/** Gone, gone while it was read, another user's. */
const SAYS_IT_ALL: ReadonlySet<unknown> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);
const COOKIE_START = Buffer.from(`\0${COOKIE_NAME}=`);

let isThere: boolean | undefined;
let ownStartTime: number | undefined;
let coming: Promise<readonly ProcEntry[]> | undefined;

/** Whether this system tells about its processes in `/proc`. */
export function hasProc(): boolean {
  isThere ??= process.platform === 'linux' && existsSync('/proc/self/environ');
  return isThere;
}

/**
 * All processes that are alive and could have been started by this program, read from now on: callers of one turn of
 * the loop share one reading.
 */
export function processTable(): Promise<readonly ProcEntry[]> {
  coming ??= nextTurn().then(() => {
    coming = undefined;
    return readTable();
  });
  return coming;
}

/**
 * Whether a process is alive: not another one that was given its number, and not a corpse that nobody has buried.
 * Where that cannot be seen, it is taken for alive.
 */
export function isProcessAlive(pid: number, startTime: number): boolean {
  try {
    const stat = readStat(pid);
    return stat?.startTime === startTime && !stat.isDead;
  } catch {
    return true;
  }
}

/** Whether a process is over, though its parent has not yet asked how it ended. */
export function isZombie(pid: number): boolean {
  try {
    return hasProc() && readStat(pid)?.isDead === true;
  } catch {
    return false;
  }
}

async function readTable(): Promise<readonly ProcEntry[]> {
  const oldest = (ownStartTime ??= readStat(process.pid)?.startTime ?? 0);
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const entries: ProcEntry[] = [];
  for (let from = 0; from < pids.length; from += AT_ONCE) {
    if (from > 0) await nextTurn();
    for (const pid of pids.slice(from, from + AT_ONCE)) {
      const stat = readStat(pid);
      if (stat === undefined || stat.isDead || stat.startTime < oldest) continue;
      entries.push({ ...stat, cookie: readCookie(pid) });
    }
  }
  return entries;
}

function readStat(pid: number): (Omit<ProcEntry, 'cookie'> & { readonly isDead: boolean }) | undefined {
  const text = readProc(pid, 'stat')?.toString('latin1');
  if (text === undefined) return undefined;
  // the name of the program stands in parentheses and may hold anything, also parentheses
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, group] = fields;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    startTime: Number(fields[19]),
    isDead: state === 'Z' || state === 'X',
  };
}

function readCookie(pid: number): string {
  const environment = readProc(pid, 'environ');
  if (environment === undefined) return '';
  const isFirst = environment.indexOf(COOKIE_START.subarray(1)) === 0;
  const at = isFirst ? 0 : environment.indexOf(COOKIE_START) + 1;
  if (at === 0 && !isFirst) return '';
  const from = at + COOKIE_START.length - 1;
  const end = environment.indexOf(0, from);
  return environment.toString('latin1', from, end < 0 ? undefined : end);
}

/**
 * A file of a process, unless it is gone or belongs to somebody else.
 *
 * @throws The system's own error where it could not be read for another reason, such as too many open files: that says
 * nothing about the process.
 */
function readProc(pid: number, file: 'stat' | 'environ'): Buffer | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`);
  } catch (error) {
    if (SAYS_IT_ALL.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}
