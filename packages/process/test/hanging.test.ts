import { closeSync, openSync, readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { Service } from '../src/service.ts';
import { scriptedCommand } from '../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

const MEGABYTE = new Uint8Array(1_000_000);
/** When what was just closed is closed. */
const openDescriptors = async (): Promise<number> => {
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  return readdirSync('/proc/self/fd').length;
};

describe('Good', () => {
  it('Service.start many times at once gives the event loop a turn between any two', async () => {
    let turn = 0;
    let isCounting = true;
    const count = (): void => {
      turn += 1;
      if (isCounting) setImmediate(count);
    };
    const turns: number[] = [];
    await using service = new Service({ events: { started: () => turns.push(turn) } });
    await service.run('true'); // the watchdog stands from here on
    turns.length = 0;
    setImmediate(count);
    await Promise.all(Array.from({ length: 60 }, () => service.run('true')));
    isCounting = false;
    expect(turns).toHaveLength(60);
    expect(new Set(turns).size).toBe(60);
  });

  needs('linux')('Service.run again and again leaves neither descriptors nor listeners', async () => {
    await using service = new Service({ maxFinished: 5 });
    const { signal } = new AbortController();
    const listening = jest.spyOn(signal, 'addEventListener');
    const silent = jest.spyOn(signal, 'removeEventListener');
    const run = (): Promise<unknown> => service.run('cat', [], { input: 'x', timeoutMs: 60_000, signal });
    await run();
    const before = await openDescriptors();
    for (let i = 0; i < 60; i += 1) await run();
    expect(await openDescriptors()).toBeLessThanOrEqual(before);
    expect(silent.mock.calls.length).toBeGreaterThanOrEqual(listening.mock.calls.length);
    expect(service.list()).toHaveLength(5);
  });
});

describe('Bad', () => {
  it('Process.kill ends at once one that does not read what it is sent', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args, { stdio: { stdin: 'pipe' } });
    await command.next();
    const sent = Array.from({ length: 100 }, () => child.sendInput(MEGABYTE));
    const refused = Promise.allSettled(sent);
    await child.kill();
    const codes = (await refused).map((one) => one.status === 'rejected' && (one.reason as { code: string }).code);
    expect(new Set(codes)).toEqual(new Set(['ERR_PROCESS_NOT_RUNNING']));
    expect((await child.done).outcome).toMatchObject({ kind: 'signaled', by: 'stop', escalated: false });
  });

  it('Service.start takes no more of its input than the process reads', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    let taken = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    function* input(): Generator<Uint8Array> {
      try {
        for (; taken < 100; taken += 1) yield MEGABYTE;
      } finally {
        release();
      }
    }
    const child = await service.start(command.command, command.args, { input: input() });
    const run = await command.next();
    await run.print('stdout', 'still there\n'); // and the loop has had many turns
    await child.lines().next();
    expect(taken).toBe(0);
    await Promise.all([child.kill(), released]);
    expect(taken).toBeLessThan(2);
  });
});

describe('Ugly', () => {
  needs('linux')('Service.run gives a process none of the descriptors of this program', async () => {
    await using service = new Service();
    const held = Array.from({ length: 300 }, () => openSync('/dev/null', 'r'));
    try {
      const { stdout } = await service.run('ls', ['/proc/self/fd']);
      const given = stdout.trim().split('\n').map(Number);
      expect(given).toEqual(expect.arrayContaining([0, 1, 2]));
      // it opens one for the directory, which may have a number of ours
      expect(given.filter((descriptor) => held.includes(descriptor) && descriptor !== 3)).toEqual([]);
    } finally {
      for (const descriptor of held) closeSync(descriptor);
    }
  });

  it('Service.close ends many that ignore the polite signal, all in one grace period', async () => {
    await using command = await scriptedCommand();
    const service = new Service({ defaults: { gracePeriodMs: 20 } });
    const children = await Promise.all(Array.from({ length: 8 }, () => service.start(command.command, command.args)));
    const runs = await Promise.all(children.map(() => command.next()));
    await Promise.all(runs.map((run) => run.trap('SIGTERM')));
    await service.close();
    for (const child of children) expect((await child.done).outcome).toMatchObject({ by: 'stop', escalated: true });
  });
});
