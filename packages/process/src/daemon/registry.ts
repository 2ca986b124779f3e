import { hostname } from 'node:os';

import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { checkName, checkPid } from './arguments.ts';
import { type DaemonEntry, decodeEntry, encodeEntry, publicEntry, type StoredEntry } from './daemon-entry.ts';
import { DaemonError } from './daemon-error.ts';
import { homeMedium } from './home.ts';
import { isProcessRunning, processRecordOf } from './liveness.ts';

/** Where a {@link Registry} is kept. */
export interface RegistryOptions {
  /** One file for each daemon, in its root; `.core/daemons` in the home directory unless it is given. */
  readonly medium?: Medium | undefined;
}

/** What is registered: `pid` is this process and `startedAt` is now unless they are given. */
export type DaemonRegistration = Omit<DaemonEntry, 'pid' | 'startedAt'> & Partial<DaemonEntry>;

/** What is taken out of a registry. */
export interface UnregisterOptions extends CancelOptions {
  /** Only where the entry is of this process. */
  readonly pid?: number | undefined;
}

const SUFFIX = '.json';
const UNREADABLE = new Set(['EISDIR', 'ENOENT', 'ERR_INVALID_UTF8', 'ERR_NOT_REGULAR_FILE']);

/**
 * The daemons that run on this machine: one JSON file `<code>-<daemon>.json` for each, with the keys `code`, `daemon`,
 * `pid`, `started_at`, `health`, `project`, `binary`, and `host`, `boot_id` and `start_ticks`, by which a process that
 * was given the number of a dead one is told from it.
 *
 * Any number of processes may use it at once. Entries of processes that are gone are never returned, and removed when
 * they are met; those of other machines that share the directory are left alone. A file that is no entry is as if it
 * were not there, until it is replaced.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { Registry } from '@core/process/daemon';
 *
 * const registry = new Registry({ medium: new MemoryMedium() });
 * await registry.register({ code: 'shop', daemon: 'mailer', health: 'http://127.0.0.1:8080' });
 * const [entry] = await registry.list();
 * assert.deepEqual([entry?.code, entry?.daemon, entry?.pid], ['shop', 'mailer', process.pid]);
 *
 * await registry.unregister('shop', 'mailer');
 * assert.equal(await registry.get('shop', 'mailer'), undefined);
 * ```
 */
export class Registry {
  readonly #medium: Medium;

  constructor({ medium = homeMedium() }: RegistryOptions = {}) {
    this.#medium = medium;
  }

  /**
   * Writes the entry of a daemon; one of the same process, or of one that is gone, is replaced.
   *
   * @throws `TypeError` or `RangeError` for a wrong entry; `ERR_PROCESS_ALREADY_RUNNING` where another process that
   * runs is registered under the same file name.
   */
  async register(registration: DaemonRegistration, { signal }: CancelOptions = {}): Promise<DaemonEntry> {
    const { pid = process.pid, startedAt = new Date() } = registration;
    const entry: DaemonEntry = { ...registration, pid, startedAt };
    checkEntry(entry);
    const path = pathOf(entry.code, entry.daemon);
    await this.#locked(path, signal, async () => {
      const other = await this.#read(path, signal);
      if (other !== undefined && isInTheWay(other, entry) && (await runs(other))) throw refusal(entry, other);
      const stored = { ...entry, host: hostname(), ...(await processRecordOf(pid)) };
      await this.#medium.write(path, encodeEntry(stored), { signal });
    });
    return publicEntry(entry);
  }

  /** Removes the entry of a daemon, and says whether there was one. */
  async unregister(code: string, daemon: string, { pid, signal }: UnregisterOptions = {}): Promise<boolean> {
    checkNames(code, daemon);
    const path = pathOf(code, daemon);
    if (!(await this.#medium.exists(path, { signal }))) return false;
    return this.#locked(path, signal, async () => {
      const entry = await this.#read(path, signal);
      if (entry === undefined || !isOf(entry, code, daemon) || entry.pid !== (pid ?? entry.pid)) return false;
      await this.#medium.delete(path);
      return true;
    });
  }

  /** The entry of a daemon, if it runs. */
  async get(code: string, daemon: string, { signal }: CancelOptions = {}): Promise<DaemonEntry | undefined> {
    checkNames(code, daemon);
    const entry = await this.#running(pathOf(code, daemon), signal);
    return entry !== undefined && isOf(entry, code, daemon) ? publicEntry(entry) : undefined;
  }

  /** The entries of all that run, by their file names. */
  async list({ signal }: CancelOptions = {}): Promise<DaemonEntry[]> {
    const entries: DaemonEntry[] = [];
    for (const path of await this.#files(signal)) {
      const entry = await this.#running(path, signal).catch(unlessRefused);
      if (entry !== undefined) entries.push(publicEntry(entry));
    }
    return entries;
  }

  async #files(signal: AbortSignal | undefined): Promise<string[]> {
    try {
      const entries = await this.#medium.list('', { signal });
      return entries.filter(({ kind, name }) => kind === 'file' && name.endsWith(SUFFIX)).map(({ path }) => path);
    } catch (error) {
      if (isCoreError(error) && error.code === 'ENOENT') return [];
      throw error;
    }
  }

  async #running(path: string, signal: AbortSignal | undefined): Promise<StoredEntry | undefined> {
    const entry = await this.#read(path, signal);
    if (entry === undefined || !isOfThisHost(entry)) return undefined;
    if (await runs(entry)) return entry;
    await this.#prune(path, signal);
    return undefined;
  }

  /** Under the lock it is looked again: another daemon may be there by now. */
  async #prune(path: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#locked(path, signal, async () => {
        const entry = await this.#read(path, signal);
        if (entry !== undefined && isOfThisHost(entry) && !(await runs(entry))) await this.#medium.delete(path);
      });
    } catch {
      signal?.throwIfAborted(); // whoever may only read is told the same, and leaves it to others
    }
  }

  async #read(path: string, signal: AbortSignal | undefined): Promise<StoredEntry | undefined> {
    try {
      return decodeEntry(await this.#medium.read(path, { signal }));
    } catch (error) {
      if (isCoreError(error) && UNREADABLE.has(error.code)) return undefined;
      throw error;
    }
  }

  async #locked<T>(path: string, signal: AbortSignal | undefined, step: () => Promise<T>): Promise<T> {
    await this.#medium.ensureDir('', { signal });
    if (!this.#medium.capabilities.lock) return step();
    const lock = await this.#medium.lock(path, { signal });
    try {
      return await step();
    } finally {
      await lock.close();
    }
  }
}

/** One file that may not be read is no reason to tell of none. */
function unlessRefused(error: unknown): undefined {
  if (!isCoreError(error)) throw error;
}

function pathOf(code: string, daemon: string): string {
  return `${code}-${daemon}${SUFFIX}`;
}

function checkNames(code: unknown, daemon: unknown): void {
  checkName('code', code);
  checkName('daemon', daemon);
}

function checkEntry({ code, daemon, pid, startedAt, ...rest }: DaemonEntry): void {
  checkNames(code, daemon);
  checkPid('pid', pid);
  if (Number.isNaN(startedAt.getTime())) throw new RangeError('startedAt must be a valid date');
  for (const [name, text] of Object.entries(rest)) {
    if (text !== undefined && typeof text !== 'string') throw new TypeError(`${name} must be a string`);
  }
}

function isOf(entry: DaemonEntry, code: string, daemon: string): boolean {
  return entry.code === code && entry.daemon === daemon;
}

/** `a-b` of `c` and `b-c` of `a` have one file. */
function isInTheWay(other: StoredEntry, { code, daemon, pid }: DaemonEntry): boolean {
  return isOfThisHost(other) && (other.pid !== pid || !isOf(other, code, daemon));
}

function isOfThisHost({ host }: StoredEntry): boolean {
  return host === undefined || host === hostname();
}

function runs({ pid, startTicks, bootId, startedAt }: StoredEntry): Promise<boolean> {
  return isProcessRunning({ pid, startTicks, bootId, writtenAtMs: startedAt.getTime() });
}

function refusal({ code, daemon }: DaemonEntry, other: StoredEntry): DaemonError {
  const { pid } = other;
  const path = pathOf(code, daemon);
  const who = isOf(other, code, daemon) ? 'it is running' : `that is the daemon "${other.daemon}" of "${other.code}"`;
  return new DaemonError(
    `Cannot register the daemon "${daemon}" of "${code}": ${who}, as process ${String(pid)} (${path})`,
    {
      ...{ code: 'ERR_PROCESS_ALREADY_RUNNING', op: 'registry.register', pid, path },
      hint: `Stop it first: kill ${String(pid)}`,
    },
  );
}
