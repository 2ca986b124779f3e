import { statSync } from 'node:fs';

import { ErrnoSignal } from '../errno.ts';
import type { Lock, LockOptions } from '../medium.ts';
import { KeyedMutex } from '../mutex.ts';
import { HeldLock, type Tickets } from './held-lock.ts';
import { LockFile } from './lock-file.ts';
import { Judge } from './lock-judge.ts';
import type { Ticket } from './lock-ticket.ts';
import { describeHolder } from './lock-token.ts';
import { delayMs, pause } from './lock-wait.ts';
import { lockName } from './reserved.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { errorCode } from './system-error.ts';

/** One queue for all media of this process that reach the same directory. */
const QUEUES = new KeyedMutex();

/**
 * Waits for the lock of a name and holds it. The name need not exist, its directory must (`ENOENT`). A link is locked
 * itself, not what it leads to: so it stays one lock when the link is given another target.
 */
export async function lockAt(sandbox: Sandbox, path: string, options: LockOptions): Promise<Lock> {
  const deadline = performance.now() + (options.timeoutMs ?? Infinity);
  const place = sandbox.locate(path);
  let leave: (() => void) | undefined;
  try {
    const { dev, ino } = statSync(place.dir, { bigint: true });
    leave = await enterQueue(`${String(dev)}:${String(ino)}:${place.leaf}`, options);
    const file = new LockFile(place.dir, lockName(place.leaf), new Judge(place.dir, options.stale));
    return new HeldLock(file, await takeWithSpare(file, deadline, options.signal), letGo(leave, place));
  } catch (error) {
    letGo(leave, place)();
    throw error;
  }
}

function letGo(leave: (() => void) | undefined, place: { close(): void }): () => void {
  return () => {
    place.close();
    leave?.();
  };
}

async function enterQueue(key: string, options: LockOptions): Promise<() => void> {
  try {
    return await QUEUES.acquire(key, options);
  } catch (error) {
    if (errorCode(error) !== 'ERR_LOCK_TIMEOUT') throw error;
    throw new ErrnoSignal('ERR_LOCK_TIMEOUT', { hint: 'It is held by this process itself.' });
  }
}

async function takeWithSpare(file: LockFile, deadline: number, signal: AbortSignal | undefined): Promise<Tickets> {
  const spare = file.ticket();
  try {
    return { held: await take(file, deadline, signal), spare };
  } catch (error) {
    spare.discard();
    throw error;
  }
}

async function take(file: LockFile, deadline: number, signal: AbortSignal | undefined): Promise<Ticket> {
  for (let turn = 0; ; turn += 1) {
    signal?.throwIfAborted();
    const ticket = file.attempt();
    if (ticket !== undefined) return ticket;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw new ErrnoSignal('ERR_LOCK_TIMEOUT', { hint: describeHolder(file.path) });
    await pause(file.path, Math.min(delayMs(turn), leftMs), signal);
  }
}
