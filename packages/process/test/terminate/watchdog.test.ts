import { randomUUID } from 'node:crypto';
import { type ChildProcess, spawn, type SpawnOptions, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { COOKIE_NAME } from '../../src/terminate/cookie.ts';
import { Watchdog, watchdogArguments } from '../../src/terminate/watchdog.ts';
import { scriptedCommand, type ScriptedCommand, type ScriptedRun } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

/** No other run of these tests on this machine has it. */
const MARK = `watchdog-test-${randomUUID()}.guarded.`;
/** Programs that are `sh` on one system or another, where they are called so. */
const SHELLS = ['sh', 'bash', 'dash', 'busybox', 'zsh'].filter(
  (shell) => spawnSync(shell, ['-c', ':'], { argv0: 'sh' }).status === 0,
);

const commands: ScriptedCommand[] = [];
const dirs: string[] = [];
afterEach(async () => {
  await Promise.all(commands.splice(0).map((command) => command.close()));
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

/** A process that knows nothing of the library, and leads a group if it is to. */
const start = async (mark = '', detached = true): Promise<ScriptedRun> => {
  const command = await scriptedCommand();
  commands.push(command);
  const env = { PATH: process.env['PATH'], [COOKIE_NAME]: mark };
  spawn(command.command, command.args, { stdio: 'ignore', detached, env });
  return command.next();
};

interface Guarding {
  /** Resolves when the watchdog is over. */
  readonly over: Promise<unknown>;
}

const DOG: SpawnOptions = { stdio: ['pipe', 'ignore', 'inherit'], detached: true, env: { PATH: '/usr/bin:/bin' } };
const letLoose = (dog: ChildProcess, input: string): Guarding => {
  dog.stdin?.end(input);
  return { over: once(dog, 'exit') };
};

/** A watchdog of this shell that has read this and then sees its program end. */
const watch = (shell: string, input: string, mark?: string): Guarding =>
  letLoose(spawn(shell, watchdogArguments({ mark, gracePeriodMs: 30 }), { ...DOG, argv0: 'sh' }), input);
const gone = (...runs: ScriptedRun[]): Promise<unknown> => Promise.all(runs.map((run) => run.gone));

describe('Good', () => {
  for (const shell of SHELLS) {
    needs('linux')(`Watchdog in ${shell} ends groups, processes, and whoever has the mark`, async () => {
      const [leader, alone, marked] = [await start(), await start('', false), await start(`outer.1:${MARK}proc-1`)];
      const others = [await leader.spawn(), await marked.spawn({ session: true, orphan: true })];
      await watch(shell, `+ -${String(leader.pid)}\n+ ${String(alone.pid)}\n`, MARK).over;
      await gone(leader, alone, marked, ...others);
    });

    it(`Watchdog in ${shell} ends groups and processes where nobody can be looked at`, async () => {
      const [leader, alone] = [await start(), await start('', false)];
      const other = await leader.spawn();
      watch(shell, `+ -${String(leader.pid)}\n+ ${String(alone.pid)}\n`);
      await gone(leader, alone, other);
    });

    needs('linux')(`Watchdog in ${shell} kills those that ignore the polite signal`, async () => {
      const [leader, marked] = [await start(), await start(`${MARK}proc-1`)];
      await Promise.all([leader.trap('SIGTERM'), marked.trap('SIGTERM')]);
      await watch(shell, `+ -${String(leader.pid)}\n`, MARK).over;
      await gone(leader, marked);
    });
  }
});

describe('Bad', () => {
  for (const shell of SHELLS) {
    needs('linux')(`Watchdog in ${shell} leaves alone what is over, what is not marked, and all on a q`, async () => {
      const [over, stranger, last] = [await start(), await start('watchdogXtest.guarded.1'), await start(`${MARK}x`)];
      await watch(shell, `+ -${String(last.pid)}\nq\n`, MARK).over;
      await watch(shell, `+ -${String(over.pid)}\n+ -2000000000\n- -${String(over.pid)}\n`, `${MARK}y`).over;
      expect(await Promise.all([over, stranger, last].map((run) => run.env('NOTHING')))).toEqual(Array(3));
    });
  }

  /** What a shell in place of the watchdog was given and read, when these things have happened. */
  const toldOf = async (
    mark: string | undefined,
    events: (watchdog: Watchdog, heard: (text: string) => Promise<void>) => Promise<void> | void,
  ): Promise<string[]> => {
    const dir = mkdtempSync(join(tmpdir(), 'core-process-'));
    dirs.push(dir);
    const [shell, log] = [join(dir, 'shell'), join(dir, 'log')];
    const start = '[ "$1" = -c ] && [ "$3" = core-process-watchdog ]\necho "$?" "$4" "$5"';
    writeFileSync(shell, `#!/bin/sh\n${start} > ${log}\ncat >> ${log}\n`);
    chmodSync(shell, 0o755);
    const watchdog = new Watchdog({ mark, gracePeriodMs: 30, shell });
    expect(await watchdog.ready()).toBe(true);
    await events(watchdog, async (text) => {
      while (!existsSync(log) || !readFileSync(log, 'utf8').includes(text)) await nextTurn();
    });
    await watchdog.close();
    return readFileSync(log, 'utf8').trim().split('\n');
  };

  it('Watchdog is told of a start at once, of what was started soon after, and is sent away at the end', async () => {
    const lines = await toldOf(MARK, async (watchdog, heard) => {
      watchdog.starting();
      watchdog.started(-2_000_000_001);
      watchdog.starting();
      watchdog.notStarted();
      await heard('.\n');
    });
    expect(lines).toEqual([`0 ${MARK.replaceAll('.', '[.]')} 0.03`, '!', '+ -2000000001', '.', 'q']);
  });

  it('Watchdog is not told of what was over soon, as a start was under way all the time', async () => {
    const lines = await toldOf(MARK, async (watchdog, heard) => {
      for (const target of [-2_000_000_001, -2_000_000_002]) {
        watchdog.starting();
        watchdog.started(target);
        watchdog.ended(target);
      }
      await heard('.\n');
    });
    expect(lines.slice(1)).toEqual(['!', '.', 'q']);
  });

  it('Watchdog that cannot read marks is told of everything at once', async () => {
    const lines = await toldOf(undefined, (watchdog) => {
      watchdog.starting();
      watchdog.started(-2_000_000_001);
    });
    expect(lines.slice(1, 3)).toEqual(['!', '+ -2000000001']);
  });
});

describe('Ugly', () => {
  needs('linux')('Watchdog looks again where a start was under way', async () => {
    const [stranger, late] = [await start(), await start(`${MARK}late`)];
    await late.trap('SIGTERM');
    const { over } = watch('sh', '!\n', MARK);
    await Promise.all([late.gone, over]);
    expect(await stranger.env('NOTHING')).toBeUndefined();
  });

  needs('linux')('Watchdog does not wait for corpses that nobody buries', async () => {
    const leader = await start();
    // a shell that does not ask how its children ended, as in a container without an init
    const careless = spawn('sh', ['-c', 'sleep 300 & echo $!; exec sleep 300'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    const child = await new Promise<string>((resolve) =>
      careless.stdout.once('data', (text) => {
        resolve(String(text).trim());
      }),
    );
    const { over } = watch('sh', `+ -${String(leader.pid)}\n+ ${child}\n`, MARK);
    await Promise.all([leader.gone, over]);
    expect(readFileSync(`/proc/${child}/stat`, 'utf8')).toMatch(/\) Z /);
    process.kill(-(careless.pid ?? 0), 'SIGKILL');
  });

  needs('linux', 'root')('Watchdog strikes once more where the system lets it start nothing', async () => {
    const uid = 54_321; // nobody else's, so that the limit is reached
    const target = spawn('sh', ['-c', 'trap "" TERM; echo ready; exec sleep 300'], { detached: true, uid, cwd: '/' });
    await once(target.stdout, 'data');
    const over = once(target, 'exit');
    // what bash calls -u is -p in other shells
    const limited = 'ulimit -u 1 2>/dev/null || ulimit -p 1; script=$2; shift 3; eval "$script"';
    const args = ['-c', limited, 'sh', ...watchdogArguments({ mark: MARK, gracePeriodMs: 30 })];
    letLoose(
      spawn('sh', args, { ...DOG, uid, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] }),
      `+ -${String(target.pid)}\n`,
    );
    expect(await over).toEqual([null, 'SIGKILL']);
  });
});
