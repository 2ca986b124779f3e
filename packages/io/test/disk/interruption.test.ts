import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import { DiskMedium } from '@core/io';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { Child, killChildren } from './support/child.ts';
import { newFolder, removeFolders } from './support/disks.ts';
import { lockFiles } from './support/lock-files.ts';

const MIB = 1024 * 1024;

jest.setTimeout(60_000);

let folder: string;

beforeEach(() => {
  folder = newFolder();
});

afterEach(async () => {
  await killChildren();
  removeFolders();
});

async function workers(count: number): Promise<Child[]> {
  const children = Array.from({ length: count }, () => new Child('disk-worker.mjs', [folder]));
  await Promise.all(children.map((child) => child.hear()));
  return children;
}

describe('Good', () => {
  it('write() shows the old content or the new, never a part, to four readers beside four writers', async () => {
    const [first, ...others] = await workers(8);
    if (first === undefined) throw new Error('unreachable');
    const writers = [first, ...others.slice(0, 3)];
    first.tell({ do: 'write', path: 'f', mostBytes: MIB });
    const disk = new DiskMedium({ root: folder });
    while (!(await disk.exists('f'))) await turn();
    for (const writer of writers.slice(1)) writer.tell({ do: 'write', path: 'f', mostBytes: MIB });
    const reading = others.slice(3).map((reader) => reader.ask({ do: 'read', path: 'f', times: 100 }));
    for (const { torn, versions } of await Promise.all(reading)) {
      expect(torn).toBe(0);
      expect(versions).toBeGreaterThan(1);
    }
    for (const writer of writers) writer.tell({ do: 'stop' });
    for (const { writes } of await Promise.all(writers.map((writer) => writer.hear())))
      expect(writes).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual(['f']);
    await disk.close();
  });

  it('append() of four processes tears and loses none of their lines of up to 1 MiB', async () => {
    const lengths = [1, 80, 4095, 4096, 65_536, 65_537, 500_000, MIB - 9, MIB, 17];
    const children = await workers(4);
    const letters = ['a', 'b', 'c', 'd'];
    const appending = children.map((child, at) =>
      child.ask({ do: 'append', path: 'log', letter: letters[at], lengths }),
    );
    expect(await Promise.all(appending)).toEqual(letters.map(() => ({ is: 'done' })));
    const seen = new Map<string, number[]>(letters.map((letter) => [letter, []]));
    for (const line of readFileSync(join(folder, 'log'), 'latin1').split('\n').slice(0, -1)) {
      const [length = '', text = ''] = line.split(':');
      const letter = text.charAt(0);
      expect(text.length === Number(length) && text === letter.repeat(text.length)).toBe(true);
      seen.get(letter)?.push(text.length);
    }
    for (const told of seen.values()) expect(told).toEqual(lengths);
  });
});

describe('Ugly', () => {
  it('write() that is killed at any moment leaves the old content or the new, and nothing else after recovery', async () => {
    const { isWhole } = (await import(new URL('fixtures/checked-content.mjs', import.meta.url).href)) as {
      isWhole: (bytes: Uint8Array) => boolean;
    };
    let leftovers = 0;
    let dirty = 0;
    const lane = async (path: string): Promise<void> => {
      for (let kill = 0; kill < 10; kill += 1) {
        const child = new Child('disk-worker.mjs', [folder]);
        child.tell({ do: 'overwrite', path, mostBytes: 4 * MIB });
        await child.hear();
        for (let writes = randomInt(2, 6); writes > 0; writes -= 1) await child.hear();
        for (let turns = randomInt(30); turns > 0; turns -= 1) await turn();
        await child.kill();
        leftovers += temporaryFiles(child).length;
        const disk = new DiskMedium({ root: folder });
        if (!isWhole(await disk.readBytes(path))) dirty += 1;
        await (kill % 2 === 0 ? disk.list('') : disk.write('recovery', 'x'));
        expect(temporaryFiles(child)).toEqual([]);
        await disk.close();
      }
    };
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(lane));
    expect(dirty).toBe(0);
    expect(leftovers).toBeGreaterThan(0); // else no kill met a write
    expect(lockFiles(folder)).toEqual([]);
  });

  function temporaryFiles({ pid }: Child): string[] {
    return readdirSync(folder).filter((name) => name.startsWith(`.core-io-${String(pid)}-`));
  }
});
