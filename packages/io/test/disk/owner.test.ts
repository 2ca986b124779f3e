import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import { needs } from '@core/tooling/needs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { isAlive, isOfAnotherBoot, type Owner, thisOwner } from '../../src/disk/owner.ts';
import { newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

/** The 22nd field of a process whose name holds no blank. */
function startOf(pid: number): string {
  return readFileSync(`/proc/${String(pid)}/stat`, 'utf8').split(' ')[21] ?? '';
}

function ownerOf(pid: number, startedAt = startOf(pid)): Owner {
  return { ...thisOwner(), pid, startedAt };
}

describe('Good', () => {
  needs('linux')('thisOwner() is this process, the same every time', () => {
    expect(thisOwner()).toEqual({ pid: process.pid, startedAt: startOf(process.pid), space: thisOwner().space });
    expect(thisOwner()).toBe(thisOwner());
    expect(thisOwner().space).toMatch(/^[0-9a-f]{16}$/);
  });

  needs('linux')('isAlive() tells a process that runs from one that has ended', async () => {
    expect(isAlive(thisOwner())).toBe('alive');
    const child = spawn('cat');
    const owner = ownerOf(child.pid ?? 0);
    expect(isAlive(owner)).toBe('alive');
    child.stdin.end();
    await once(child, 'exit');
    expect(isAlive(owner)).toBe('dead');
  });

  it('isAlive() takes a process of unknown start for the one of its number', () => {
    expect(isAlive({ ...thisOwner(), startedAt: '0' })).toBe('alive');
  });
});

describe('Bad', () => {
  it('isAlive() knows nothing of another boot, machine or container', () => {
    const { space } = thisOwner();
    const container = { ...thisOwner(), space: `${space.slice(0, 8)}00000000` };
    const machine = { ...thisOwner(), space: `00000000${space.slice(8)}` };
    expect([isAlive(container), isAlive(machine)]).toEqual(['unknown', 'unknown']);
    expect([isOfAnotherBoot(container), isOfAnotherBoot(machine)]).toEqual([false, true]);
  });
});

describe('Ugly', () => {
  needs('linux')('isAlive() sees that the number of a process was given to another', () => {
    expect(isAlive(ownerOf(process.pid, '1'))).toBe('dead');
  });

  needs('linux')('isAlive() takes a process that ended and was not waited for as dead', async () => {
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec cat']);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const owner = ownerOf(Number(line.toString()));
    parent.stdin.write('x'); // what answers is cat, which waits for nobody
    await once(parent.stdout, 'data');
    process.kill(owner.pid, 'SIGKILL');
    while (isAlive(owner) === 'alive') await turn();
    expect(readFileSync(`/proc/${String(owner.pid)}/stat`, 'utf8')).toContain(') Z ');
    parent.stdin.end();
    await once(parent, 'exit');
  });

  needs('linux')('isAlive() takes a process that is buried while it is looked at as dead', async () => {
    const child = spawn('cat');
    const owner = ownerOf(child.pid ?? 0);
    child.stdin.end();
    await once(child, 'exit');
    const kill = jest.spyOn(process, 'kill').mockReturnValueOnce(true); // it was there a moment ago
    expect(isAlive(owner)).toBe('dead');
    kill.mockRestore();
  });

  needs('linux')('isAlive() is not misled by the name of a program', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'bin'));
    const program = join(folder, 'bin', 'x) Z 1 1 (y');
    symlinkSync('/bin/cat', program);
    const child = spawn(program);
    await once(child, 'spawn');
    const stat = readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8');
    expect(stat).toContain('x) Z 1 1 (y');
    const owner = ownerOf(child.pid ?? 0, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    expect(isAlive(owner)).toBe('alive');
    child.stdin.end();
    await once(child, 'exit');
    expect(isAlive(owner)).toBe('dead');
  });
});
