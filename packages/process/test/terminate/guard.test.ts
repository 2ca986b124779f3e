import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { type ChildProcess, spawnChild } from '../../src/spawn.ts';
import { CookieJar } from '../../src/terminate/cookie.ts';
import { Guard } from '../../src/terminate/guard.ts';
import type { TreeRoot } from '../../src/terminate/tree.ts';
import { Watchdog } from '../../src/terminate/watchdog.ts';
import { scriptedCommand, type ScriptedCommand, type ScriptedRun } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

const commands: ScriptedCommand[] = [];
afterEach(async () => {
  await Promise.all(commands.splice(0).map((command) => command.close()));
});

interface Started {
  readonly root: TreeRoot;
  readonly run: ScriptedRun;
  /** Resolves when this program knows that it is over. */
  readonly over: Promise<unknown>;
}

const start = async (hasGroup = true): Promise<Started> => {
  const command = await scriptedCommand();
  commands.push(command);
  const plan = { file: command.command, args: command.args, dir: '/', env: {}, stdio: 'ignore' } as const;
  const child = await new Promise<ChildProcess>((resolve, reject) => {
    spawnChild({ ...plan, ownSession: hasGroup }, resolve).catch(reject);
  });
  let isOver = false;
  const over = new Promise((resolve) => child.once('exit', resolve)).then(() => (isOver = true));
  const run = await command.next();
  return { run, over, root: { pid: run.pid, hasGroup, isOver: () => isOver } };
};

describe('Good', () => {
  it('Guard knows those that run, and those that live on in the group of one that is over', async () => {
    const guard = new Guard({ jar: new CookieJar(), gracePeriodMs: 1000 });
    await guard.ready();
    const [left, alone] = [await start(), await start()];
    const other = await left.run.spawn();
    for (const { root } of [left, alone]) {
      guard.starting();
      guard.watch(root, true);
    }
    expect(guard.roots()).toEqual([left.root, alone.root]);
    await Promise.all([left.run.exit(), alone.run.exit(), left.over, alone.over]);
    guard.over();
    expect(guard.roots()).toEqual([left.root]);
    await other.exit();
    await guard.close();
  });

  it('Guard.close ends nobody', async () => {
    const guard = new Guard({ jar: new CookieJar(), gracePeriodMs: 0 });
    await Promise.all([guard.ready(), guard.ready()]);
    const { root, run } = await start();
    guard.watch(root, true);
    guard.watch({ ...root, pid: 2_000_000_000, isOver: () => true }, false);
    await guard.close();
    expect(await run.env('NOTHING')).toBeUndefined();
  });
});

describe('Bad', () => {
  it('Watchdog is not ready where there is no shell', async () => {
    const watchdog = new Watchdog({ mark: undefined, gracePeriodMs: 0, shell: '/no/such/shell' });
    expect(await watchdog.ready()).toBe(false);
    watchdog.starting();
    watchdog.started(2_000_000_000);
    watchdog.ended(2_000_000_000);
    await watchdog.close();
  });

  it('Guard without a shell listens for the exit of this program', async () => {
    const before = process.listenerCount('exit');
    const guard = new Guard({ jar: new CookieJar(), gracePeriodMs: 0, shell: '/no/such/shell' });
    await guard.ready();
    guard.starting();
    guard.notStarted();
    guard.watch({ pid: 2_000_000_000, hasGroup: false, isOver: () => false }, true);
    expect(process.listenerCount('exit')).toBe(before + 1);
    await guard.ready();
    await guard.close();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('Ugly', () => {
  it('Guard forgets one without a group as soon as it is over', async () => {
    const guard = new Guard({ jar: new CookieJar(), gracePeriodMs: 0 });
    await guard.ready();
    const { root, run, over } = await start(false);
    guard.watch(root, true);
    await Promise.all([run.exit(), over]);
    expect(guard.roots()).toEqual([]);
    await guard.close();
  });

  it('Guard.close before anything was started has nothing to do', async () => {
    await expect(new Guard({ jar: new CookieJar(), gracePeriodMs: 0 }).close()).resolves.toBeUndefined();
  });
});
