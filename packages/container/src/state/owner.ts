import { hostname } from 'node:os';

import { localMedium } from '@core/io';
import { isProcessRunning, type ProcessRecord, processRecordOf } from '@core/process/daemon';

import { type Codec, object, optional, text, whole } from './codec.ts';

/** The program that is about something, and how to tell whether it still is. */
export interface Owner extends ProcessRecord {
  /** Where the number of the process means something: the machine and, on Linux, its namespace. */
  readonly space: string;
}

/** How `Owner` is stored. */
export const ownerCodec: Codec<Owner> = object<Owner>({
  pid: ['pid', whole(1)],
  writtenAtMs: ['written_at_ms', whole(0)],
  startTicks: ['start_ticks', optional(whole(0))],
  bootId: ['boot_id', optional(text)],
  space: ['space', text],
});

/** A program that cannot be looked at from here has so long for what it is about. */
const UNSEEN_MS = 3_600_000;

let own: Promise<Omit<Owner, 'writtenAtMs'>> | undefined;

/** This program, now. */
export async function thisOwner(): Promise<Owner> {
  own ??= lookAtOneself();
  return { ...(await own), writtenAtMs: Date.now() };
}

/** Whether the program runs; one of another machine or container is believed to for an hour. */
export async function isOwnerAlive(owner: Owner): Promise<boolean> {
  const { space } = await thisOwner();
  if (owner.space !== space) return owner.writtenAtMs > Date.now() - UNSEEN_MS;
  return isProcessRunning(owner);
}

async function lookAtOneself(): Promise<Omit<Owner, 'writtenAtMs'>> {
  const [record, namespace] = await Promise.all([processRecordOf(process.pid), pidNamespace()]);
  return { pid: process.pid, ...record, space: `${hostname()} ${namespace}`.trim() };
}

async function pidNamespace(): Promise<string> {
  try {
    return await localMedium().readLink('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
