import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { DiskMedium, isCoreError, type Lock } from '@core/io';
import { needs } from '@core/tooling/needs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { Child, killChildren } from './support/child.ts';
import { newFolder, removeFolders } from './support/disks.ts';
import { deadOwner, lockFiles, putToken, tokenOf } from './support/lock-files.ts';

jest.setTimeout(60_000);

const SABOTEUR = fileURLToPath(new URL('fixtures/lock-saboteur.mjs', import.meta.url));

let folder: string;
let disk: DiskMedium;
const saboteurs = new Set<ChildProcess>();

beforeEach(() => {
  folder = newFolder();
  disk = new DiskMedium({ root: folder });
});

afterEach(async () => {
  await killChildren();
  for (const saboteur of saboteurs) saboteur.kill('SIGKILL');
  await disk.close();
  removeFolders();
});

function tryLock(path: string): Promise<Lock | undefined> {
  return disk.lock(path, { timeoutMs: 0 }).catch((error: unknown) => {
    if (isCoreError(error) && error.code === 'ERR_LOCK_TIMEOUT') return undefined;
    throw error;
  });
}

/** A child that holds the lock of `f`. */
async function holder(): Promise<Child> {
  const child = new Child('disk-worker.mjs', [folder]);
  await child.hear();
  expect(await child.ask({ do: 'lock', path: 'f' })).toEqual({ is: 'held' });
  return child;
}

/** A process that is killed, or held up, before its n-th call about a lock. */
class Saboteur {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #fifo = join(folder, 'fifo');

  constructor(act: 'kill' | 'pause') {
    if (act === 'pause') spawnSync('mkfifo', [this.#fifo]);
    this.#process = spawn(process.execPath, [SABOTEUR, folder, act === 'pause' ? this.#fifo : act]);
    this.#process.stdin?.on('error', () => undefined);
    const lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream });
    this.#lines = lines[Symbol.asyncIterator]();
    saboteurs.add(this.#process);
  }

  /** Lets it take the lock of a path, or without one give it back: the next thing that it says. */
  order(nth: number, path?: string): Promise<string> {
    this.#process.stdin?.write(`${JSON.stringify({ nth, path })}\n`);
    return this.hear();
  }

  /** The next thing that it says; `killed` at its end. */
  async hear(): Promise<string> {
    const line = await this.#lines.next();
    return line.done === true ? 'killed' : line.value;
  }

  /** Lets it go on from where it is held up. */
  async goOn(): Promise<string> {
    await (await open(this.#fifo, 'w')).close();
    return this.hear();
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    this.#process.kill('SIGKILL');
    if (exitCode === null && signalCode === null) await once(this.#process, 'exit');
    saboteurs.delete(this.#process);
  }
}

describe('Good', () => {
  it('lock() lets one of many processes in at a time: four add 50 each to a number in a file', async () => {
    await disk.write('number', '0');
    const children = Array.from({ length: 4 }, () => new Child('disk-worker.mjs', [folder]));
    await Promise.all(children.map((child) => child.hear()));
    const answers = await Promise.all(children.map((child) => child.ask({ do: 'count', path: 'number', times: 50 })));
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ is: 'done' })));
    expect(await disk.read('number')).toBe('200');
    expect(lockFiles(folder)).toEqual([]);
  });

  it('lock() passes from process to process', async () => {
    const child = await holder();
    const waiting = disk.lock('f');
    expect(await child.ask({ do: 'unlock' })).toEqual({ is: 'free' });
    const lock = await waiting;
    expect(await child.ask({ do: 'lock', path: 'f', options: { timeoutMs: 1 } })).toEqual({
      error: 'ERR_LOCK_TIMEOUT',
      hint: expect.stringContaining(`held by process ${String(process.pid)} since`),
    });
    await lock.close();
  });
});

describe('Bad', () => {
  it('lock() never takes over from a process that lives, and says which', async () => {
    const child = await holder();
    await expect(disk.lock('f', { timeoutMs: 20, stale: 0 })).rejects.toMatchObject({
      code: 'ERR_LOCK_TIMEOUT',
      hint: expect.stringContaining(`held by process ${String(child.pid)} since`),
    });
    expect(await child.ask({ do: 'unlock' })).toEqual({ is: 'free' });
  });

  needs('linux')('lock() does not take over from a process that is stopped', async () => {
    const child = await holder();
    await child.kill('SIGSTOP');
    expect(await tryLock('f')).toBeUndefined();
    await child.kill();
    expect(await tryLock('f')).toBeDefined();
  });
});

describe('Ugly', () => {
  it('lock() takes over from a process that is killed while others wait', async () => {
    const child = await holder();
    const other = new Child('disk-worker.mjs', [folder]);
    await other.hear();
    other.tell({ do: 'lock', path: 'f' });
    const here = disk.lock('f').then((lock) => lock.close());
    await child.kill();
    expect(await other.hear()).toEqual({ is: 'held' });
    expect(await other.ask({ do: 'unlock' })).toEqual({ is: 'free' });
    await here;
    await disk.list(''); // what the dead one had in hand
    expect(lockFiles(folder)).toEqual([]);
  });

  it.each([
    ['take', 5],
    ['release', 4],
  ] as const)('lock() survives a process that is killed anywhere in its %s', async (phase, leastKills) => {
    let killed = 0;
    const run = async (nth: number): Promise<void> => {
      const path = `f${String(nth)}`;
      const saboteur = new Saboteur('kill');
      if (phase === 'take') putToken(folder, path, tokenOf(deadOwner()));
      let word = await saboteur.order(phase === 'take' ? nth : 0, path);
      if (phase === 'release') word = await saboteur.order(nth);
      if (word === 'killed') killed += 1;
      await saboteur.kill();
      const lock = await tryLock(path);
      expect(lock).toBeDefined();
      await lock?.close();
    };
    // two at a time, until neither of them meets an n-th call
    for (let nth = 1, before = -1; before !== killed; nth += 2) {
      before = killed;
      await Promise.all([run(nth), run(nth + 1)]);
    }
    expect(killed).toBeGreaterThanOrEqual(leastKills);
    await disk.list('');
    expect(lockFiles(folder)).toEqual([]);
  });

  it('lock() has one holder, wherever another process is held up in its take', async () => {
    const saboteur = new Saboteur('pause');
    const seen = { won: 0, lost: 0 };
    for (let nth = 1; ; nth += 1) {
      putToken(folder, 'f', tokenOf(deadOwner()));
      if ((await saboteur.order(nth, 'f')) !== 'paused') break;
      const lock = await tryLock('f');
      seen[lock === undefined ? 'lost' : 'won'] += 1;
      expect(await saboteur.goOn()).toBe(lock === undefined ? 'held' : 'ERR_LOCK_TIMEOUT');
      if (lock === undefined) expect(await saboteur.order(0)).toBe('released');
      await lock?.close();
      expect(lockFiles(folder)).toEqual([]);
    }
    expect(Math.min(seen.won, seen.lost)).toBeGreaterThanOrEqual(2);
  });

  it('lock() has one holder, wherever another process is held up in its release', async () => {
    const saboteur = new Saboteur('pause');
    const seen = { won: 0, lost: 0 };
    for (let nth = 1; ; nth += 1) {
      expect(await saboteur.order(0, 'f')).toBe('held');
      if ((await saboteur.order(nth)) !== 'paused') break;
      const lock = await tryLock('f');
      seen[lock === undefined ? 'lost' : 'won'] += 1;
      expect(await saboteur.goOn()).toBe('released');
      await lock?.close();
      expect(lockFiles(folder)).toEqual([]);
    }
    expect(Math.min(seen.won, seen.lost)).toBeGreaterThanOrEqual(2);
  });
});
