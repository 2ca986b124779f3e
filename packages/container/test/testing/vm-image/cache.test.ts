import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Service } from '@core/process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { makeDirectory, makeFile, removeUnused } from '../../../src/testing/vm-image/cache.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cache-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function fill(path: string): Promise<void> {
  await writeFile(join(path, 'a'), 'A');
  await writeFile(join(path, 'b'), 'B');
}

describe('Good', () => {
  it('makeDirectory and makeFile make what was asked for, and nothing else', async () => {
    await makeDirectory(join(dir, 'deep', 'image'), fill);
    await makeFile(join(dir, 'deep', 'file'), (path) => writeFile(path, 'F'));
    expect((await readdir(join(dir, 'deep'))).sort()).toEqual(['file', 'image']);
    expect((await readdir(join(dir, 'deep', 'image'))).sort()).toEqual(['a', 'b']);
  });

  it('removeUnused removes what was not used for a week', async () => {
    await mkdir(join(dir, 'old'));
    await mkdir(join(dir, 'new'));
    const old = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    await utimes(join(dir, 'old'), old, old);
    await removeUnused(dir);
    await removeUnused(join(dir, 'no-such'));
    expect(await readdir(dir)).toEqual(['new']);
  });
});

describe('Bad', () => {
  it('makeDirectory and makeFile leave nothing of what failed', async () => {
    const reason = new Error('no');
    const fail = async (path: string): Promise<void> => {
      await mkdir(join(path, 'x'), { recursive: true });
      throw reason;
    };
    await expect(makeDirectory(join(dir, 'image'), fail)).rejects.toBe(reason);
    await expect(makeFile(join(dir, 'file'), fail)).rejects.toBe(reason);
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('Ugly', () => {
  it('makeDirectory and makeFile by many at once give one whole result', async () => {
    const numbers = Array.from({ length: 10 }, (_, index) => String(index));
    const both = numbers.map((number) => [
      makeDirectory(join(dir, 'image'), async (path) => {
        await fill(path);
        await writeFile(join(path, 'c'), number);
      }),
      makeFile(join(dir, 'file'), (path) => writeFile(path, number)),
    ]);
    await Promise.all(both.flat());
    expect((await readdir(dir)).sort()).toEqual(['file', 'image']);
    expect((await readdir(join(dir, 'image'))).sort()).toEqual(['a', 'b', 'c']);
    expect(numbers).toContain(await readFile(join(dir, 'file'), 'utf8'));
  });

  it('makeDirectory removes what programs that were killed left behind, and nothing of those that run', async () => {
    await using service = new Service();
    const dead = await service.start(process.execPath, ['-e', '']);
    await dead.done;
    await mkdir(join(dir, `.unfinished-${String(dead.pid)}-ab-xyz`));
    await mkdir(join(dir, `.unfinished-${String(process.pid)}-ab-xyz`));
    await makeDirectory(join(dir, 'image'), fill);
    expect((await readdir(dir)).sort()).toEqual([`.unfinished-${String(process.pid)}-ab-xyz`, 'image']);
  });
});
