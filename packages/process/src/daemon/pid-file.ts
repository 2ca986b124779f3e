import { dirname, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';

import { type CancelOptions, isCoreError, localMedium, type Lock, type Medium } from '@core/io';

import { checkNumber } from '../check.ts';
import { isPid } from './arguments.ts';
import { DaemonError } from './daemon-error.ts';
import { isProcessRunning } from './liveness.ts';

/** Where a {@link PidFile} is kept. */
export interface PidFileOptions {
  /** The path is one inside it; the whole file system of this machine unless it is given. */
  readonly medium?: Medium | undefined;
  /**
   * A holder that cannot be looked at from here (in another container, on another machine) is taken for dead when it
   * has given no sign of life for so long; 60,000 unless it is given, at least 6,000.
   */
  readonly staleMs?: number | undefined;
}

/** What a pid file says. */
interface Found {
  /** `undefined` where it names nobody. */
  readonly pid: number | undefined;
  readonly writtenAtMs: number;
}

const STALE_MS = 60_000;
/** How often it is looked whether the one who has the lock has written its number by now. */
const LOOK_MS = 50;
/** That takes a moment, unless somebody deleted the file of one that runs. */
const PATIENCE_MS = 1_000;

/**
 * A file with the number of the one process that may run under its path: the number and a newline, as `kill "$(cat …)"`
 * wants it.
 *
 * Of any number of starters exactly one gets it. It belongs to this process as long as this process lives, by a lock
 * beside it: so one that was killed in the middle of anything is in nobody's way, and a process that was later given
 * its number is not taken for it. A file that another program wrote, without a lock, counts while that process lives.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { PidFile } from '@core/process/daemon';
 *
 * const medium = new MemoryMedium();
 * const file = new PidFile('run/shop.pid', { medium });
 * await file.acquire();
 * assert.equal(await medium.read('run/shop.pid'), `${process.pid}\n`);
 * await assert.rejects(new PidFile('run/shop.pid', { medium }).acquire(), { code: 'ERR_PROCESS_ALREADY_RUNNING' });
 *
 * await file.release();
 * assert.equal(await medium.exists('run/shop.pid'), false);
 * ```
 */
export class PidFile implements AsyncDisposable {
  readonly path: string;
  readonly #medium: Medium;
  readonly #staleMs: number;
  #lock: Lock | undefined;
  #writtenAtMs = 0;
  /** One after the other, whoever calls. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws `TypeError` or `RangeError` for a wrong path or option. */
  constructor(path: string, { medium, staleMs = STALE_MS }: PidFileOptions = {}) {
    if (typeof path !== 'string' || path === '' || path.includes('\0')) {
      throw new TypeError(`path must be the path of a file, not ${JSON.stringify(path)}`);
    }
    checkNumber('staleMs', staleMs, 6_000, Number.MAX_SAFE_INTEGER);
    this.path = medium === undefined ? resolve(path) : path;
    this.#medium = medium ?? localMedium();
    this.#staleMs = staleMs;
  }

  /** Whether this object holds the file. */
  get isHeld(): boolean {
    return this.#lock !== undefined;
  }

  /**
   * Takes the file, and makes its directory. Does nothing where this object holds it already.
   *
   * @throws `ERR_PROCESS_ALREADY_RUNNING` with `pid` and `path` where somebody else who lives has it, also another
   * object of this process; what the medium refuses (`EACCES`, `EROFS`, `ERR_NOT_SUPPORTED` without locks, …).
   */
  acquire({ signal }: CancelOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      signal?.throwIfAborted();
      if (this.#lock !== undefined) return;
      await this.#medium.ensureDir(dirname(this.path), { signal });
      const lock = await this.#takeLock(signal);
      try {
        this.#writtenAtMs = await this.#write(signal);
      } catch (error) {
        await lock.close();
        throw error;
      }
      this.#lock = lock;
    });
  }

  /** Gives the file back and removes it, if it is still its own. Does nothing where this object does not hold it. */
  release(): Promise<void> {
    return this.#inTurn(async () => {
      const lock = this.#lock;
      this.#lock = undefined;
      if (lock === undefined) return;
      try {
        const found = await this.#read();
        if (found?.pid === process.pid && found.writtenAtMs === this.#writtenAtMs) await this.#remove();
      } finally {
        await lock.close().catch(unlessCode('ERR_LOCK_LOST'));
      }
    });
  }

  /** The number of the process that holds the file and lives, whoever it is. */
  async holder(): Promise<number | undefined> {
    const found = await this.#read();
    return found !== undefined && (await isAlive(found)) ? found.pid : undefined;
  }

  /** `release()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(step);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #takeLock(signal: AbortSignal | undefined): Promise<Lock> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let timeoutMs = 0; ; timeoutMs = LOOK_MS) {
      try {
        return await this.#medium.lock(this.path, { timeoutMs, stale: this.#staleMs, signal });
      } catch (cause) {
        if (!isCoreError(cause) || cause.code !== 'ERR_LOCK_TIMEOUT') throw cause;
        const pid = await this.holder();
        // whoever has the lock has not written its number yet, or is just giving it back
        if (pid !== undefined || performance.now() > deadline) throw this.#refusal(pid, cause);
      }
    }
  }

  /** Only who has the lock gets here. */
  async #write(signal: AbortSignal | undefined): Promise<number> {
    const found = await this.#read();
    // its own number, and not the lock: that of an earlier life, as in a container that is started again
    if (found !== undefined && found.pid !== process.pid && (await isAlive(found))) throw this.#refusal(found.pid);
    await this.#remove();
    // exclusively, so that no link leads the number into another file
    await this.#medium.write(this.path, `${String(process.pid)}\n`, { exclusive: true, signal });
    return (await this.#medium.stat(this.path)).mtime.getTime();
  }

  async #read(): Promise<Found | undefined> {
    try {
      const { mtime } = await this.#medium.stat(this.path);
      const text = Buffer.from(await this.#medium.readBytes(this.path)).toString('latin1');
      const pid = Number(/^\s*(\d{1,10})(?!\S)/.exec(text)?.[1]);
      return { pid: isPid(pid) ? pid : undefined, writtenAtMs: mtime.getTime() };
    } catch (error) {
      if (isCoreError(error) && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #remove(): Promise<void> {
    await this.#medium.delete(this.path).catch(unlessCode('ENOENT'));
  }

  #refusal(pid: number | undefined, cause?: Error): DaemonError {
    const who = pid === undefined ? 'another process' : `process ${String(pid)}`;
    const hint = pid === undefined ? (cause as { hint?: string }).hint : `Stop it first: kill ${String(pid)}`;
    return new DaemonError(`Cannot take the pid file ${JSON.stringify(this.path)}: ${who} holds it and is running`, {
      ...{ code: 'ERR_PROCESS_ALREADY_RUNNING', op: 'pidFile.acquire', pid, path: this.path },
      ...{ hint, cause },
    });
  }
}

async function isAlive({ pid, writtenAtMs }: Found): Promise<boolean> {
  return pid !== undefined && (await isProcessRunning({ pid, writtenAtMs }));
}

function unlessCode(code: string): (error: unknown) => void {
  return (error) => {
    if (!isCoreError(error) || error.code !== code) throw error;
  };
}
