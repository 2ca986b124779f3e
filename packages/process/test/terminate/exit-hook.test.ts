import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { spawnChild } from '../../src/spawn.ts';
import { ExitHook } from '../../src/terminate/exit-hook.ts';
import { scriptedCommand, type ScriptedCommand, type ScriptedRun } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

const commands: ScriptedCommand[] = [];
afterEach(async () => {
  await Promise.all(commands.splice(0).map((command) => command.close()));
});
const start = async (): Promise<ScriptedRun> => {
  const command = await scriptedCommand();
  commands.push(command);
  const plan = {
    file: command.command,
    args: command.args,
    dir: '/',
    env: {},
    stdio: 'ignore',
    ownSession: true,
  } as const;
  await spawnChild(plan, () => undefined);
  return command.next();
};

describe('Good', () => {
  it('ExitHook kills what it knows, groups and all', async () => {
    const hook = new ExitHook();
    const run = await start();
    const other = await run.spawn();
    hook.starting();
    hook.started(-run.pid);
    hook.strike();
    await Promise.all([run.gone, other.gone]);
    await hook.close();
  });

  it('ExitHook needs one listener for all services, and none when there is nothing to kill', async () => {
    const before = process.listenerCount('exit');
    const hooks = [new ExitHook(), new ExitHook()];
    for (const hook of hooks) hook.started(2_000_000_000);
    expect(process.listenerCount('exit')).toBe(before + 1);
    hooks[0]?.ended(2_000_000_000);
    expect(process.listenerCount('exit')).toBe(before + 1);
    await hooks[1]?.close();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('Bad', () => {
  it('ExitHook on Windows has taskkill end each with its descendants', () => {
    const ran: string[] = [];
    const hook = new ExitHook('win32', (file, args) => ran.push([file, ...args].join(' ')));
    for (const target of [2_000_000_001, -2_000_000_002, 2_000_000_003]) hook.started(target);
    hook.ended(2_000_000_003);
    hook.strike();
    expect(ran).toEqual(['taskkill /PID 2000000001 /T /F', 'taskkill /PID 2000000002 /T /F']);
    void hook.close();
  });

  it('ExitHook leaves alone what is over', async () => {
    const hook = new ExitHook();
    const run = await start();
    hook.started(run.pid);
    hook.ended(run.pid);
    hook.ended(run.pid);
    hook.strike();
    expect(await run.env('NOTHING')).toBeUndefined();
  });
});

describe('Ugly', () => {
  it('ExitHook is always ready, and a start that failed leaves nothing', async () => {
    const before = process.listenerCount('exit');
    const hook = new ExitHook();
    expect(await hook.ready()).toBe(true);
    hook.starting();
    hook.notStarted();
    expect(process.listenerCount('exit')).toBe(before);
  });
});
