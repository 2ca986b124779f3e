import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { uptime } from 'node:os';

import { DiskMedium, isCoreError, localMedium, type Lock } from '@core/io';
import { has, needs } from '@core/tooling/needs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { thisOwner } from '../../src/disk/owner.ts';
import { lockName } from '../../src/disk/reserved.ts';
import { newFolder, removeFolders } from './support/disks.ts';
import { age, deadOwner, lockFiles, putToken, strangeOwner, tokenOf } from './support/lock-files.ts';

const DAY_MS = 86_400_000;

let folder: string;
let disk: DiskMedium;
const held: Lock[] = [];

beforeEach(() => {
  folder = newFolder();
  disk = new DiskMedium({ root: folder });
});

afterEach(async () => {
  for (const lock of held.splice(0)) await lock.close();
  await disk.close();
  removeFolders();
});

/** Holds the lock until the end of the test. */
async function hold(path: string): Promise<void> {
  held.push(await disk.lock(path));
}

/** Takes the lock if it is to be had now, and gives it back: whether it was. */
async function isFree(path: string, stale?: number): Promise<boolean> {
  try {
    await (await disk.lock(path, { timeoutMs: 0, stale })).close();
    return true;
  } catch (error) {
    if (isCoreError(error) && error.code === 'ERR_LOCK_TIMEOUT') return false;
    throw error;
  }
}

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

async function hintOf(waiting: Promise<Lock>): Promise<string | undefined> {
  const error: unknown = await waiting.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'ERR_LOCK_TIMEOUT', op: 'io.lock' });
  return isCoreError(error) ? error.hint : undefined;
}

describe('Good', () => {
  it('lock() keeps out the other media of this process that reach the same directory, first come first served', async () => {
    mkdirSync(join(folder, 'd'));
    const below = new DiskMedium({ root: join(folder, 'd') });
    const held = await disk.lock('d/f');
    const order: string[] = [];
    const waiting = [below.lock('f'), disk.lock('d/f'), below.lock('f')].map(async (lock, turn) => {
      const mine = await lock;
      order.push(String(turn));
      await mine.close();
    });
    order.push('first');
    await held.close();
    await Promise.all(waiting);
    expect(order).toEqual(['first', '0', '1', '2']);
    await below.close();
  });

  it('lock() keeps out localMedium() too', async () => {
    await hold('f');
    await expect(localMedium().lock(join(folder, 'f'), { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'ERR_LOCK_TIMEOUT',
      path: join(folder, 'f'),
    });
  });

  it('lock() of the root, and of what does not exist, leaves nothing behind', async () => {
    await (await disk.lock('')).close();
    await (await disk.lock('a/b/c')).close();
    expect(readdirSync(folder, { recursive: true })).toEqual(['a', join('a', 'b')]);
  });

  it('lock() keeps its file out of list and walk, and in the folder for others to see', async () => {
    await hold('f');
    expect(await disk.list('')).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, lockName('f')), 'utf8'))).toEqual({
      pid: process.pid,
      started_at: thisOwner().startedAt,
      space: thisOwner().space,
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(lockFiles(folder)).toHaveLength(2); // the other one is what it is given back with
  });

  it('lock() locks a link itself, whatever it leads to', async () => {
    symlinkSync('one', join(folder, 'current'));
    await hold('current');
    expect([await isFree('current'), await isFree('one')]).toEqual([false, true]);
  });

  it('lock() takes over from a process that has ended', async () => {
    putToken(folder, 'f', tokenOf(deadOwner()));
    expect(await isFree('f')).toBe(true);
    expect(lockFiles(folder)).toEqual([]);
  });

  needs('linux')('lock() takes over from before a power cut on a disk of this machine', async () => {
    const shared = mkdtempSync('/dev/shm/core-io-');
    const local = new DiskMedium({ root: shared });
    try {
      putToken(shared, 'f', tokenOf({ ...thisOwner(), space: '0123456789abcdef' }));
      await (await local.lock('f', { timeoutMs: 0 })).close();
      writeFileSync(join(shared, lockName('f')), '');
      age(join(shared, lockName('f')), uptime() * 1000 + DAY_MS);
      await (await local.lock('f', { timeoutMs: 0 })).close();
      expect(readdirSync(shared)).toEqual([]);
    } finally {
      rmSync(shared, { recursive: true });
      await local.close();
    }
  });

  it('lock() with stale takes over from a container that gives no sign of life', async () => {
    age(putToken(folder, 'f', tokenOf(strangeOwner())), 60_000);
    expect([await isFree('f'), await isFree('f', 120_000), await isFree('f', 30_000)]).toEqual([false, false, true]);
  });

  it('lock() gives a sign of life, by which others see that its holder lives', async () => {
    jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick'] });
    try {
      await hold('f');
      const path = join(folder, lockName('f'));
      const before = readFileSync(path, 'utf8');
      age(path, 60_000);
      jest.advanceTimersByTime(2000);
      expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(30_000);
      expect(readFileSync(path, 'utf8')).toBe(before);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('Bad', () => {
  it('lock() says in the hint who holds it and since when', async () => {
    const token = { ...tokenOf(thisOwner()), since: Date.UTC(2024, 1, 29) };
    putToken(folder, 'f', token);
    expect(await hintOf(disk.lock('f', { timeoutMs: 1 }))).toBe(
      `It is held by process ${String(process.pid)} since 2024-02-29T00:00:00.000Z.`,
    );
    putToken(folder, 'f', { ...token, owner: strangeOwner() });
    expect(await hintOf(disk.lock('f', { timeoutMs: 1 }))).toContain('in another container: pass `stale`');
    await hold('g');
    expect(await hintOf(disk.lock('g', { timeoutMs: 1 }))).toBe('It is held by this process itself.');
  });

  it('lock() takes no living holder for gone, whatever stale says', async () => {
    age(putToken(folder, 'f', tokenOf(thisOwner())), DAY_MS);
    expect(await isFree('f', 0)).toBe(false);
  });

  it('lock() bears one late sign of life, however small stale is', async () => {
    age(putToken(folder, 'f', tokenOf(strangeOwner())), 3000);
    expect(await isFree('f', 0)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['half a token', '{"pid":12,"started'],
    ['no object', 'null'],
    [
      'a group of processes',
      JSON.stringify({ pid: -1, started_at: '1', space: 'x', since: '2024-01-01', id: 'f'.repeat(16) }),
    ],
    ['no time', JSON.stringify({ pid: 1, started_at: '1', space: 'x', since: 'now', id: 'f'.repeat(16) })],
    [
      'an id that is a path',
      JSON.stringify({ pid: 1, started_at: '1', space: 'x', since: '2024-01-01', id: '/../../../../../x' }),
    ],
  ])('lock() leaves a lock file alone that says %s, unless it is stale', async (_what, content) => {
    const path = join(folder, lockName('f'));
    writeFileSync(path, content);
    expect(await hintOf(disk.lock('f', { timeoutMs: 1 }))).toContain(`Nobody can be read from ${lockName('f')}`);
    expect(readFileSync(path, 'utf8')).toBe(content);
    age(path, 60_000);
    expect(await isFree('f', 30_000)).toBe(true);
    expect(lockFiles(folder)).toEqual([]);
  });

  it('lock() refuses what no lock file can be, and neither follows nor waits for it', async () => {
    mkdirSync(join(folder, lockName('a')));
    symlinkSync(join(folder, 'elsewhere'), join(folder, lockName('b')));
    await expect(disk.lock('a')).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(disk.lock('b')).rejects.toMatchObject({ code: 'ELOOP' });
    expect(readdirSync(folder)).not.toContain('elsewhere');
  });

  it('lock() refuses a file in the way and a way out', async () => {
    await disk.write('f', 'x');
    symlinkSync('..', join(folder, 'out'));
    await expect(disk.lock('f/below')).rejects.toMatchObject({ code: 'ENOTDIR', path: 'f/below' });
    await expect(disk.lock('out/f')).rejects.toMatchObject({ code: 'ERR_PATH_ESCAPES_ROOT' });
    expect(lockFiles(folder)).toEqual([]);
  });

  it('Lock.close() rejects with ERR_LOCK_LOST when somebody else took the lock, and leaves it to them', async () => {
    const lock = await disk.lock('./f');
    const path = putToken(folder, 'f', tokenOf(strangeOwner()));
    const theirs = readFileSync(path, 'utf8');
    await expect(lock.close()).rejects.toMatchObject({ code: 'ERR_LOCK_LOST', op: 'io.unlock', path: './f' });
    expect(readFileSync(path, 'utf8')).toBe(theirs);
    await expect(lock.close()).resolves.toBeUndefined();
    rmSync(path);
    expect(await isFree('f')).toBe(true);
  });

  it('Lock.close() rejects with ERR_LOCK_LOST when the directory was deleted', async () => {
    const lock = await disk.lock('d/f');
    await disk.deleteAll('d');
    await expect(lock.close()).rejects.toMatchObject({ code: 'ERR_LOCK_LOST' });
    expect(await isFree('d/f')).toBe(true);
  });
});

describe('Ugly', () => {
  needs('linux')('lock() is not held up by a number that another process has now', async () => {
    putToken(folder, 'f', tokenOf({ ...thisOwner(), startedAt: '1' }));
    expect(await isFree('f')).toBe(true);
  });

  it('lock() stops waiting for another process with the reason, and leaves nothing behind', async () => {
    const path = putToken(folder, 'f', tokenOf(thisOwner()));
    await disk.list('');
    const open = has('linux') ? readdirSync('/proc/self/fd').length : 0;
    const controller = new AbortController();
    const reason = new Error('no longer');
    const waiting = disk.lock('f', { signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(readdirSync(folder)).toEqual([lockName('f')]);
    if (has('linux')) expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(open);
    rmSync(path);
    expect(await isFree('f')).toBe(true);
  });

  it('lock() goes on as soon as another process gives the lock back', async () => {
    const path = putToken(folder, 'f', tokenOf(thisOwner()));
    const waiting = disk.lock('f');
    rmSync(path);
    await (await waiting).close();
    expect(lockFiles(folder)).toEqual([]);
  });

  it('lock() clears up after takers that were killed one after the other', async () => {
    const [dead, first, second, third] = Array.from({ length: 4 }, () => tokenOf(deadOwner()));
    if (!dead || !first || !second || !third) throw new Error('unreachable');
    putToken(folder, 'f', dead);
    putToken(folder, 'f', first, dead);
    putToken(folder, 'f', second, first);
    putToken(folder, 'f', third, tokenOf(deadOwner()));
    putToken(folder, 'g', third, dead);
    expect(await isFree('f')).toBe(true);
    expect(lockFiles(folder)).toHaveLength(1);
    expect(await isFree('f')).toBe(true);
  });

  it('lock() leaves the takeover to a taker that lives', async () => {
    const dead = tokenOf(deadOwner());
    putToken(folder, 'f', dead);
    const marker = putToken(folder, 'f', tokenOf(thisOwner()), dead);
    expect(await isFree('f')).toBe(false);
    rmSync(marker);
    expect(await isFree('f')).toBe(true);
  });

  it('lock() is not caught by markers that go round in a circle', async () => {
    const [a, b] = [tokenOf(deadOwner()), tokenOf(deadOwner())];
    putToken(folder, 'f', a);
    putToken(folder, 'f', b, a);
    putToken(folder, 'f', a, b);
    expect(await isFree('f')).toBe(false);
  });

  it('Lock.close() waits for a taker that is about the lock, and loses nothing when it leaves', async () => {
    const lock = await disk.lock('f');
    const { id } = JSON.parse(readFileSync(join(folder, lockName('f')), 'utf8')) as { id: string };
    const marker = putToken(folder, 'f', tokenOf(thisOwner()), { ...tokenOf(thisOwner()), id });
    const closing = lock.close();
    rmSync(marker);
    await closing;
    expect(lockFiles(folder)).toEqual([]);
  });

  it('Lock.close() clears away the marker of a taker that was killed', async () => {
    const lock = await disk.lock('f');
    const { id } = JSON.parse(readFileSync(join(folder, lockName('f')), 'utf8')) as { id: string };
    putToken(folder, 'f', tokenOf(deadOwner()), { ...tokenOf(thisOwner()), id });
    await lock.close();
    expect(lockFiles(folder)).toEqual([]);
  });

  it('delete() of a directory is not hindered by dead locks, but by one that is held', async () => {
    mkdirSync(join(folder, 'd'));
    const dead = tokenOf(deadOwner());
    putToken(join(folder, 'd'), 'f', dead);
    putToken(join(folder, 'd'), 'f', tokenOf(deadOwner()), dead);
    const held = await disk.lock('d/g');
    await expect(disk.delete('d')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await held.close();
    await disk.delete('d');
    expect(readdirSync(folder)).toEqual([]);
  });

  needs('linux')('lock() leaves no descriptor and no timer behind', async () => {
    await disk.list('');
    const before = readdirSync('/proc/self/fd').length;
    const timers = countTimers();
    for (let i = 0; i < 500; i += 1) await (await disk.lock(`f${String(i % 3)}`)).close();
    await Promise.all(Array.from({ length: 200 }, async () => (await disk.lock('f')).close()));
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
    expect(countTimers()).toBe(timers);
  });
});
