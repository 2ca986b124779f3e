import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { localMedium, type Medium } from '@core/io';
import { needs } from '@core/tooling/needs';
import { describe, expect } from '@jest/globals';

import type { Container } from '../../src/container.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import { endUnrecorded } from '../../src/manager/end-unrecorded.ts';
import { tempDir } from './fixture.ts';

const MACHINE = { id: '0000000a', uuid: '3f1f5a5e-6e0b-4c57-8a5e-0f4c9b7d2a11' } as Container;

/** The disk, on which a process has no command line the first few times, as while it becomes another program. */
function becoming(pid: number, times: number): { disk: Medium; looks: () => number } {
  const disk = localMedium();
  const readBytes = disk.readBytes.bind(disk);
  let looks = 0;
  disk.readBytes = (path, options) => {
    if (path !== `/proc/${String(pid)}/cmdline`) return readBytes(path, options);
    looks += 1;
    return looks > times ? readBytes(path, options) : Promise.resolve(new Uint8Array());
  };
  return { disk, looks: () => looks };
}

describe('Ugly', () => {
  needs('linux')('endUnrecorded ends a hypervisor that is just becoming itself', async () => {
    const stateDir = tempDir();
    const paths = machinePaths(stateDir, MACHINE.id);
    const script = 'read -r line';
    const hypervisor = spawn('sh', ['-c', script, MACHINE.uuid, paths.control], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = once(hypervisor, 'exit');
    const { disk, looks } = becoming(hypervisor.pid ?? 0, 3);
    await endUnrecorded(MACHINE, paths, disk);
    expect((await ended)[1]).toBe('SIGKILL');
    expect(looks()).toBeGreaterThan(3);
  });

  needs('linux')('endUnrecorded ends the virtiofsd of a machine that has no hypervisor yet, and no other', async () => {
    const paths = machinePaths(tempDir('vm ü-'), MACHINE.id);
    const started = [`--socket-path=${paths.dir}/fs0.sock`, `${paths.dir}/fs0.sock`, '--socket-path=/fs0.sock'].map(
      (word) => spawn('sh', ['-c', 'read -r line', word], { stdio: ['pipe', 'ignore', 'ignore'] }),
    );
    const ends = started.map((process) => once(process, 'exit'));
    await endUnrecorded(MACHINE, paths, localMedium());
    expect((await ends[0])?.[1]).toBe('SIGKILL');
    for (const process of started.slice(1)) process.stdin.end(); // they read on until now
    expect((await Promise.all(ends.slice(1))).map(([, killSignal]) => killSignal as unknown)).toEqual([null, null]);
  });

  needs('linux')('endUnrecorded waits for nobody who never gets a command line', async () => {
    const stranger = spawn('sh', ['-c', 'read -r line'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const { disk } = becoming(stranger.pid ?? 0, Infinity);
    await endUnrecorded(MACHINE, machinePaths(tempDir(), MACHINE.id), disk);
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    stranger.kill();
    await once(stranger, 'exit');
  });
});
