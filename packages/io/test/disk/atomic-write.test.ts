import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { DiskMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { temporaryName, temporaryOwner } from '../../src/disk/reserved.ts';
import { thisOwner } from '../../src/disk/owner.ts';
import { newFolder, removeFolders } from './support/disks.ts';

const MANY = Buffer.alloc(20_000_000, 'x');

let root: string;
let medium: DiskMedium;

beforeEach(() => {
  root = newFolder();
  medium = new DiskMedium({ root });
});
afterEach(removeFolders);

/** Everything in the root, also what lists hide. */
const all = (): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();

/** The name of a temporary file of another process. */
function leftover(change: Partial<{ pid: number; startedAt: string; space: string }> = {}): string {
  const { pid, startedAt, space } = { ...thisOwner(), ...change };
  return `.core-io-${String(pid)}-${startedAt}-${space}-0123abcd1.tmp`;
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('write', () => {
  describe('Good', () => {
    it('gives a new file the mode that the umask leaves, and a replaced one its own', async () => {
      await medium.write('new', 'x');
      writeFileSync(`${root}/ordinary`, 'x');
      expect(statSync(`${root}/new`).mode).toBe(statSync(`${root}/ordinary`).mode);
      for (const mode of [0o600, 0o777, 0o4755, 0o2640, 0o1666, 0o200]) {
        chmodSync(`${root}/new`, mode);
        await medium.write('new', 'y');
        expect(statSync(`${root}/new`).mode & 0o7777).toBe(mode);
      }
    });

    it('takes a mode exactly, whatever the umask', async () => {
      for (const mode of [0o777, 0o666, 0o4711, 0o1222, 0]) {
        await medium.write('f', 'x', { mode });
        await medium.write(`new-${String(mode)}`, 'x', { mode, exclusive: true });
        expect(statSync(`${root}/f`).mode & 0o7777).toBe(mode);
        expect(statSync(`${root}/new-${String(mode)}`).mode & 0o7777).toBe(mode);
      }
    });

    it('gives the name another file: who has the old one open or linked keeps it', async () => {
      await medium.write('f', 'old');
      linkSync(`${root}/f`, `${root}/second`);
      await using handle = await medium.open('f');
      await medium.write('f', 'new');
      const buffer = Buffer.alloc(10);
      expect(buffer.toString('utf8', 0, await handle.read(buffer, 0, 10, 0))).toBe('old');
      expect(readFileSync(`${root}/second`, 'utf8')).toBe('old');
    });

    it('writes durably, also into directories that it makes', async () => {
      await medium.write('a/b/c/f', 'x', { durable: true });
      await medium.write('a/b/c/g', MANY, { durable: true, exclusive: true });
      const stream = medium.writeStream('a/d/h', { durable: true });
      await new Promise((resolve) =>
        stream.end('x', () => {
          resolve(undefined);
        }),
      );
      await once(stream, 'close');
      expect(all()).toEqual(['a', 'a/b', 'a/b/c', 'a/b/c/f', 'a/b/c/g', 'a/d', 'a/d/h']);
    });

    needs('root')('keeps the owner of a replaced file where it may', async () => {
      await medium.write('f', 'x');
      chownSync(`${root}/f`, 1234, 4321);
      chmodSync(`${root}/f`, 0o6755);
      await medium.write('f', 'y');
      const { uid, gid, mode } = statSync(`${root}/f`);
      expect([uid, gid, mode & 0o7777]).toEqual([1234, 4321, 0o6755]);
    });
  });

  describe('Bad', () => {
    it('leaves no temporary file where it is refused', async () => {
      mkdirSync(`${root}/d`);
      await medium.write('f', 'x');
      await expect(medium.write('d', 'x')).rejects.toMatchObject({ code: 'EISDIR' });
      await expect(medium.write('f', 'y', { exclusive: true })).rejects.toMatchObject({ code: 'EEXIST' });
      await expect(medium.write('f/below', 'y')).rejects.toMatchObject({ code: 'ENOTDIR' });
      expect(all()).toEqual(['d', 'f']);
    });

    it('tells a full disk, and leaves the old file', async () => {
      await medium.write('f', 'old');
      // the limit of a file's size is reached as a disk's is: in the middle of a write
      const script = `
        import { DiskMedium } from '@core/io';
        process.on('SIGXFSZ', () => {});
        const medium = new DiskMedium({ root: ${JSON.stringify(root)} });
        const code = ({ code }) => code;
        console.log(await medium.write('f', Buffer.alloc(3_000_000)).catch(code));
        await medium.append('g', 'x'.repeat(1_000_000));
        console.log(await medium.append('g', 'y'.repeat(1_500_000)).catch(code));
        console.log(await medium.append('g', 'z'.repeat(20_000)).catch(code));
      `;
      const command = `ulimit -f 2000; exec "$0" --input-type=module -e "$1"`; // blocks of 512 or 1024 bytes
      const output = execFileSync('sh', ['-c', command, process.execPath, script], {
        encoding: 'utf8',
        cwd: new URL('../..', import.meta.url),
      });
      expect(output.split('\n')).toEqual(['EFBIG', 'ENOSPC', 'undefined', '']);
      expect(all()).toEqual(['f', 'g']);
      expect(await medium.read('f')).toBe('old');
      expect(await medium.read('g')).toBe('x'.repeat(1_000_000) + 'z'.repeat(20_000));
    });
  });

  describe('Ugly', () => {
    it('that is cancelled in the middle leaves the old file and nothing else', async () => {
      await medium.write('f', 'old');
      for (const path of ['f', 'new']) {
        const controller = new AbortController();
        const writing = medium.write(path, MANY, { signal: controller.signal });
        controller.abort(new Error('enough'));
        await expect(writing).rejects.toThrow('enough');
      }
      expect([all(), await medium.read('f')]).toEqual([['f'], 'old']);
    });

    it('as a stream that is destroyed under a write leaves the old file and nothing else', async () => {
      await medium.write('f', 'old');
      const stream = medium.writeStream('f');
      await new Promise((resolve) => stream.write('x', resolve));
      stream.write(MANY);
      stream.destroy();
      await once(stream, 'close');
      expect([all(), await medium.read('f')]).toEqual([['f'], 'old']);
    });

    it('with exclusive lets one of many in, whole', async () => {
      const contents = Array.from({ length: 50 }, (_, i) => String(i).repeat(10_000));
      const results = await Promise.allSettled(
        contents.map((content) => medium.write('f', content, { exclusive: true })),
      );
      expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(1);
      expect(contents).toContain(await medium.read('f'));
      expect(all()).toEqual(['f']);
    });

    it('is never seen in part by readers of the same process', async () => {
      const whole = ['a'.repeat(300_000), 'b'.repeat(10), 'c'.repeat(70_000)];
      await medium.write('f', 'a');
      let isOver = false;
      const reading = (async () => {
        const seen = new Set<string>();
        while (!(isOver as boolean)) seen.add(await medium.read('f'));
        return seen;
      })();
      for (let i = 0; i < 60; i += 1) await medium.write('f', whole[i % 3] ?? '');
      isOver = true;
      for (const content of await reading) expect(['a', ...whole].includes(content)).toBe(true);
    });
  });
});

describe('temporary files', () => {
  it('Good: say whose they are', () => {
    const name = temporaryName();
    expect(temporaryOwner(name)).toEqual(thisOwner());
    expect(temporaryName()).not.toBe(name);
    expect(temporaryOwner('.core-io-x.tmp')).toBeUndefined();
    expect(Buffer.byteLength(name)).toBeLessThan(255);
  });

  for (const [how, clear] of Object.entries({
    list: async () => medium.list('d'),
    walk: async () => {
      for await (const { name } of medium.walk('')) expect(name).not.toContain('core-io');
    },
    'the first write into a directory': () => medium.write('d/f', 'x'),
    'the first writeStream into a directory': () => once(medium.writeStream('d/f').end('x'), 'close'),
  })) {
    it(`Ugly: of a dead process are removed by ${how}, those of the living are not`, async () => {
      mkdirSync(`${root}/d`);
      const own = leftover();
      const foreign = leftover({ space: '0123456789abcdef' });
      const old = leftover({ space: '0123456789abcdee' });
      for (const name of [own, foreign, old]) writeFileSync(`${root}/d/${name}`, 'x');
      writeFileSync(`${root}/d/${leftover({ pid: await deadPid() })}`, 'x');
      utimesSync(`${root}/d/${old}`, new Date(), new Date(Date.now() - 25 * 60 * 60 * 1000));
      await clear();
      expect(
        readdirSync(`${root}/d`)
          .filter((name) => name !== 'f')
          .sort(),
      ).toEqual([own, foreign].sort());
    });
  }

  needs('linux')('Ugly: are told from those of a process that was given the same number', async () => {
    mkdirSync(`${root}/d`);
    writeFileSync(`${root}/d/${leftover({ startedAt: '1' })}`, 'x');
    await medium.list('d');
    expect(all()).toEqual(['d']);
  });

  it('Ugly: of the dead keep no directory from being deleted, those of the living do', async () => {
    mkdirSync(`${root}/dead`);
    mkdirSync(`${root}/alive`);
    writeFileSync(`${root}/dead/${leftover({ pid: await deadPid() })}`, 'x');
    writeFileSync(`${root}/alive/${leftover()}`, 'x');
    await medium.delete('dead');
    await expect(medium.delete('alive')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await medium.deleteAll('alive');
    expect(existsSync(`${root}/alive`)).toBe(false);
  });
});
