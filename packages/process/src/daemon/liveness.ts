import { uptime } from 'node:os';
import { performance } from 'node:perf_hooks';

import { localMedium } from '@core/io';

import { sendSignalTo } from '../terminate/send-signal.ts';

/** What a file tells of a process that was alive when it was written. */
export interface ProcessRecord {
  readonly pid: number;
  /** By the wall clock: the process is older. */
  readonly writtenAtMs: number;
  /** When it was started, in clock ticks since the boot; with the boot, that is its identity. */
  readonly startTicks?: number | undefined;
  readonly bootId?: string | undefined;
}

interface Stat {
  readonly startTicks: number;
  readonly isDead: boolean;
}

/** USER_HZ, which Linux has promised to its programs on every machine that Node runs on. */
const TICK_MS = 10;
/** File systems and clocks differ by so much at most. */
const TOLERANCE_MS = 2_000;

const disk = localMedium();
let ownBoot: Promise<string | undefined> | undefined;
let ownStat: Promise<Stat | undefined> | undefined;

/**
 * What a file should tell of a process, so that nobody takes another one with its number for it. Where the system does
 * not tell (it is not Linux, or the process is gone) the fields are `undefined`.
 *
 * @example
 * ```ts
 * import { isProcessRunning, processRecordOf } from '@core/process/daemon';
 *
 * const record = { pid: process.pid, writtenAtMs: Date.now(), ...(await processRecordOf(process.pid)) };
 * assert.equal(await isProcessRunning(record), true);
 * ```
 */
export async function processRecordOf(pid: number): Promise<Pick<ProcessRecord, 'bootId' | 'startTicks'>> {
  const [stat, bootId] = await Promise.all([statOf(pid), bootIdHere()]);
  return { startTicks: stat?.startTicks, bootId };
}

/**
 * Whether the process of a record still runs: not another one that was given its number, and not a corpse that nobody
 * has buried. Where that cannot be seen, it is taken for alive.
 *
 * @example
 * ```ts
 * import { isProcessRunning, processRecordOf } from '@core/process/daemon';
 *
 * const own = await processRecordOf(process.pid);
 * const another = { pid: process.pid, writtenAtMs: Date.now(), ...own, startTicks: 1 };
 * assert.equal(await isProcessRunning(another), own.startTicks === undefined);
 * ```
 */
export async function isProcessRunning(record: ProcessRecord): Promise<boolean> {
  if (isGone(record.pid)) return false;
  const [stat, bootId] = await Promise.all([statOf(record.pid), bootIdHere()]);
  if (record.bootId !== undefined && bootId !== undefined && record.bootId !== bootId) return false;
  if (stat === undefined) return !isGone(record.pid) && isOfThisBoot(record);
  if (stat.isDead) return false;
  if (record.startTicks !== undefined && record.bootId !== undefined) return record.startTicks === stat.startTicks;
  return (await startedAtMs(stat)) <= record.writtenAtMs + TOLERANCE_MS;
}

/** Asked before and after its file is looked for, which may just have gone with the process. */
function isGone(pid: number): boolean {
  return sendSignalTo(pid, 0) === 'gone';
}

/** As far as the wall clock can tell. */
function isOfThisBoot({ writtenAtMs }: ProcessRecord): boolean {
  return writtenAtMs > Date.now() - uptime() * 1000 - TOLERANCE_MS;
}

/** By the wall clock, reckoned from this process: containers may lie about the time of the boot. */
async function startedAtMs(stat: Stat): Promise<number> {
  ownStat ??= statOf(process.pid);
  const own = await ownStat;
  return own === undefined ? 0 : performance.timeOrigin + (stat.startTicks - own.startTicks) * TICK_MS;
}

async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await textOf(`/proc/${String(pid)}/stat`);
  if (text === undefined || Number.parseInt(text, 10) !== pid) return undefined;
  // the name of the program stands in parentheses and may hold anything, also parentheses
  const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // the first thread may be over while others run on
  const isDead = (state === 'Z' || state === 'X') && Number(fields[16]) <= 1;
  return { startTicks: Number(fields[18]), isDead };
}

function bootIdHere(): Promise<string | undefined> {
  ownBoot ??= textOf('/proc/sys/kernel/random/boot_id');
  return ownBoot;
}

async function textOf(path: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    // the name of a program need not be text
    return Buffer.from(await disk.readBytes(path))
      .toString('latin1')
      .trim();
  } catch {
    return undefined;
  }
}
