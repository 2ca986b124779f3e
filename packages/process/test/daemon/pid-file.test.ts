import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { PidFile } from '../../src/daemon/index.ts';
import { scriptedCommand } from '../../src/testing/index.ts';
import { Service } from '../../src/service.ts';
import { isProcessRunning } from '../../src/daemon/liveness.ts';
import { Child } from './child.ts';
import { tempDir } from './temp-dir.ts';

const OWN = `${String(process.pid)}\n`;
const ROUNDS = 10;

/** The number of a process that has been. */
async function deadPid(): Promise<number> {
  await using service = new Service();
  const { pid = 0, done } = await service.start(process.execPath, ['-e', '']);
  await done;
  return pid;
}

async function starters(path: string, count: number): Promise<Child[]> {
  const children = Array.from({ length: count }, () => new Child('pid-file.mjs', [path]));
  await Promise.all(children.map((child) => child.next()));
  return children;
}

async function end(children: readonly Child[]): Promise<void> {
  await Promise.all(children.map((child) => child[Symbol.asyncDispose]()));
}

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

describe('Good', () => {
  it('PidFile holds the number of this process, in a directory that it makes, until it is released', async () => {
    const path = join(tempDir(), 'run/deep/shop.pid');
    const file = new PidFile(path);
    await file.acquire();
    expect([file.isHeld, await file.holder(), readFileSync(path, 'utf8')]).toEqual([true, process.pid, OWN]);
    await file.release();
    expect([file.isHeld, await file.holder(), readdirSync(join(path, '..'))]).toEqual([false, undefined, []]);
  });

  it('PidFile.acquire and release do nothing more the second time, in whatever order they are called', async () => {
    const medium = new MemoryMedium();
    const file = new PidFile('a.pid', { medium });
    await Promise.all([file.acquire(), file.acquire(), file.release(), file.release(), file.acquire()]);
    expect(await medium.read('a.pid')).toBe(OWN);
    await file[Symbol.asyncDispose]();
    expect(await medium.list('')).toEqual([]);
  });

  it('PidFile.acquire takes over a file whose process is gone, that names nobody, or that is its own of old', async () => {
    const path = join(tempDir(), 'a.pid');
    for (const left of [`${String(await deadPid())}\n`, '', 'nonsense\n', '-1', '0', '99999999999', '12x', OWN]) {
      writeFileSync(path, left);
      await using file = new PidFile(path);
      await file.acquire();
      expect(readFileSync(path, 'utf8')).toBe(OWN);
    }
  });

  needs('linux')('PidFile.acquire takes over a file whose number was given to a process that is younger', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const { pid } = await service.start(command.command, command.args);
    const path = join(tempDir(), 'a.pid');
    writeFileSync(path, `${String(pid)}\n`);
    utimesSync(path, new Date(), new Date(Date.now() - 60_000));
    await using file = new PidFile(path);
    await file.acquire();
    expect(readFileSync(path, 'utf8')).toBe(OWN);
  });

  needs('linux')(
    'PidFile.acquire takes over the file of a process that is over and that nobody has buried',
    async () => {
      await using command = await scriptedCommand();
      await using service = new Service();
      // the shell becomes a program that never asks how its child ended
      const parent = await service.start('sh', ['-c', '"$@" & exec sleep 300', 'sh', command.command, ...command.args]);
      const run = await command.next();
      const path = join(tempDir(), 'a.pid');
      writeFileSync(path, `${String(run.pid)}\n`);
      await expect(new PidFile(path).acquire()).rejects.toMatchObject({ pid: run.pid });
      await run.raise('SIGKILL');
      // its first thread may be a corpse while others are still being ended
      while (await isProcessRunning({ pid: run.pid, writtenAtMs: Date.now() })) await new Promise(setImmediate);
      await using file = new PidFile(path);
      await file.acquire();
      expect(parent.isRunning).toBe(true);
    },
  );
});

describe('Bad', () => {
  it('PidFile.acquire refuses with number, path and hint while another object has it', async () => {
    const path = join(tempDir(), 'a.pid');
    await using first = new PidFile(path);
    await first.acquire();
    const { pid } = process;
    await expect(new PidFile(path).acquire()).rejects.toMatchObject({
      code: 'ERR_PROCESS_ALREADY_RUNNING',
      op: 'pidFile.acquire',
      message: `Cannot take the pid file ${JSON.stringify(path)}: process ${String(pid)} holds it and is running`,
      hint: `Stop it first: kill ${String(pid)}`,
      ...{ pid, path },
    });
    expect(readFileSync(path, 'utf8')).toBe(OWN);
  });

  it('PidFile.acquire refuses the file of a program that runs and knows no locks', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const { pid } = await service.start(command.command, command.args);
    const path = join(tempDir(), 'a.pid');
    writeFileSync(path, `  ${String(pid)}\nand more lines, as some write them`);
    await expect(new PidFile(path).acquire()).rejects.toMatchObject({ code: 'ERR_PROCESS_ALREADY_RUNNING', pid });
    expect(readdirSync(join(path, '..'))).toEqual(['a.pid']);
  });

  it('PidFile refuses a path that is none, and options that are wrong', () => {
    for (const path of ['', 'a\0b', 7 as unknown as string]) expect(() => new PidFile(path)).toThrow(TypeError);
    expect(() => new PidFile('a', { staleMs: 5 })).toThrow(RangeError);
  });

  it('PidFile.acquire passes on what the medium refuses, and leaves no lock', async () => {
    const root = tempDir();
    mkdirSync(join(root, 'a.pid'));
    const medium = new DiskMedium({ root });
    await expect(new PidFile('a.pid', { medium }).acquire()).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(root)).toEqual(['a.pid']);
  });

  it('PidFile.acquire rejects with the reason of a signal, and takes nothing', async () => {
    const medium = new MemoryMedium();
    const reason = new Error('changed my mind');
    await expect(new PidFile('a.pid', { medium }).acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await medium.exists('a.pid')).toBe(false);
  });
});

describe('Ugly', () => {
  it('PidFile.acquire lets exactly one of eight processes win, round after round, and tells the others who', async () => {
    const path = join(tempDir(), 'a.pid');
    const children = await starters(path, 8);
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all(children.map((child) => child.tell('acquire')));
      const winners = children.filter((_, index) => answers[index]?.['won'] === true);
      expect(winners.map(({ pid }) => `${String(pid)}\n`)).toEqual([readFileSync(path, 'utf8')]);
      const refusals = answers.filter((answer) => answer?.['won'] === false);
      expect(new Set(refusals.map((answer) => answer?.['pid']))).toEqual(new Set(winners.map(({ pid }) => pid)));
      expect(new Set(refusals.map((answer) => answer?.['code']))).toEqual(new Set(['ERR_PROCESS_ALREADY_RUNNING']));
      await Promise.all(winners.map((child) => child.tell('release')));
    }
    await end(children);
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('PidFile.acquire lets exactly one win over a holder that was killed', async () => {
    const path = join(tempDir(), 'a.pid');
    const children = await starters(path, 6);
    for (const holder of children.slice(0, 2)) {
      expect(await holder.tell('acquire')).toEqual({ won: true });
      await holder[Symbol.asyncDispose]();
      const others = children.slice(2);
      const answers = await Promise.all(others.map((child) => child.tell('acquire')));
      expect(answers.filter((answer) => answer?.['won'] === true)).toHaveLength(1);
      await Promise.all(others.map((child) => child.tell('release')));
    }
    await end(children);
  });

  it('PidFile.acquire is not held up by one that was killed in the middle of anything', async () => {
    const path = join(tempDir(), 'a.pid');
    for (let round = 0; round < ROUNDS; round += 1) {
      const [churner] = await starters(path, 1);
      await churner?.tell('churn');
      for (let turns = 0; turns < round; turns += 1) await new Promise(setImmediate);
      await churner?.[Symbol.asyncDispose]();
      await using file = new PidFile(path);
      await file.acquire();
      expect(readFileSync(path, 'utf8')).toBe(OWN);
    }
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('PidFile.release removes only its own', async () => {
    const path = join(tempDir(), 'a.pid');
    for (const meanwhile of [
      () => {
        writeFileSync(path, '1\n');
      },
      () => {
        unlinkSync(path);
        writeFileSync(path, '1\n');
      },
    ]) {
      const file = new PidFile(path);
      await file.acquire();
      meanwhile();
      await file.release();
      expect(readFileSync(path, 'utf8')).toBe('1\n');
      unlinkSync(path);
    }
  });

  it('PidFile.release is fine where somebody has deleted everything', async () => {
    const dir = tempDir();
    const file = new PidFile(join(dir, 'a.pid'));
    await file.acquire();
    for (const name of readdirSync(dir)) unlinkSync(join(dir, name));
    await file.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('PidFile.acquire refuses where somebody deleted the file of one that runs, and says who', async () => {
    const path = join(tempDir(), 'a.pid');
    const [holder] = await starters(path, 1);
    await holder?.tell('acquire');
    unlinkSync(path);
    await expect(new PidFile(path).acquire()).rejects.toMatchObject({
      code: 'ERR_PROCESS_ALREADY_RUNNING',
      message: expect.stringContaining('another process holds it') as unknown,
      hint: expect.stringContaining(String(holder?.pid)) as unknown,
    });
    await holder?.[Symbol.asyncDispose]();
  });

  it('PidFile.acquire is led into no other file by a link', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'precious'), 'keep');
    for (const target of ['precious', 'missing']) {
      symlinkSync(target, join(dir, 'a.pid'));
      const file = new PidFile(join(dir, 'a.pid'));
      await file.acquire();
      expect(lstatSync(join(dir, 'a.pid')).isFile()).toBe(true);
      await file.release();
    }
    expect([readdirSync(dir), readFileSync(join(dir, 'precious'), 'utf8')]).toEqual([['precious'], 'keep']);
  });
});
