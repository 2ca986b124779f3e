import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { Service } from '../src/service.ts';
import { scriptedCommand } from '../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

const PARENT = fileURLToPath(new URL('fixtures/parent.mjs', import.meta.url));
const ROUNDS = 3;

/**
 * A child, a grandchild in its group, one that called setsid, and a daemon; each says a letter when it stands, and all
 * hold descriptor 3, so that the end of that pipe is the end of the last of them.
 */
const TREE = `sh -c 'echo g; exec sleep 300' &
setsid sh -c 'echo s; exec sleep 300' &
(setsid sh -c 'echo d; exec sleep 300' &)
echo c; exec sleep 300`;

interface Setting {
  readonly death: string;
  readonly script?: string;
  readonly options?: object;
}

const left: (() => void)[] = [];
afterEach(() => {
  for (const release of left.splice(0)) release();
});

/** Starts a program that starts the tree and dies; resolves with how it died when nobody of the tree is left. */
async function endOfTree({ death, script = TREE, options = {} }: Setting): Promise<string> {
  const stdio = { stdin: 'ignore', stdout: 3, stderr: 'ignore' };
  const order = { command: 'sh', args: ['-c', script], options: { stdio, ...options }, death };
  const parent = spawn(process.execPath, [PARENT, JSON.stringify(order)], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  left.push(() => parent.kill('SIGKILL'));
  const pipe = parent.stdio[3] as Readable;
  const ended = once(pipe, 'end');
  const exited = once(parent, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await standing(pipe, 4);
  parent.stdin?.write('die\n');
  const [code, killSignal] = await exited;
  await ended;
  return killSignal ?? String(code);
}

/** Resolves when so many have said their letter. */
function standing(pipe: Readable, count: number): Promise<void> {
  return new Promise((resolve) => {
    const said = new Set<string>();
    createInterface({ input: pipe }).on('line', (letter) => {
      said.add(letter);
      if (said.size === count) resolve();
    });
  });
}

const times = (setting: Setting): Promise<string[]> =>
  Promise.all(Array.from({ length: ROUNDS }, () => endOfTree(setting)));

describe('Good', () => {
  needs('linux')('Service leaves nothing behind when the program exits', async () => {
    expect(await times({ death: 'exit' })).toEqual(Array(ROUNDS).fill('0'));
  });

  needs('linux')('Service.close ends the tree, and lets the program end', async () => {
    expect(await times({ death: 'close' })).toEqual(Array(ROUNDS).fill('0'));
  });
});

describe('Bad', () => {
  for (const [what, death, end] of [
    ['a terminal or a supervisor interrupts the program', 'SIGINT', 'SIGINT'],
    ['the program is terminated', 'SIGTERM', 'SIGTERM'],
    ['its terminal hangs up', 'SIGHUP', 'SIGHUP'],
    ['an exception is not caught', 'uncaught', '1'],
    ['a rejection is not handled', 'rejection', '1'],
    ['the program aborts', 'abort', 'SIGABRT'],
  ] as const) {
    needs('linux')(`Service leaves nothing behind when ${what}`, async () => {
      expect(await times({ death })).toEqual(Array(ROUNDS).fill(end));
    });
  }
});

describe('Ugly', () => {
  needs('linux')('Service leaves nothing behind when the program is killed with SIGKILL', async () => {
    expect(await times({ death: 'SIGKILL' })).toEqual(Array(ROUNDS).fill('SIGKILL'));
  });

  needs('linux')('Service leaves nobody behind who ignores the polite signals', async () => {
    const script = `trap '' TERM INT HUP\n${TREE}`;
    expect(await endOfTree({ death: 'SIGKILL', script })).toBe('SIGKILL');
  });

  needs('linux')(
    'Service leaves nothing behind of a process in the foreground, which has no group of its own',
    async () => {
      const options = { stdio: { stdin: 'inherit', stdout: 3, stderr: 'ignore' } };
      expect(await endOfTree({ death: 'SIGKILL', options })).toBe('SIGKILL');
    },
  );

  needs('linux')('Service leaves nothing behind though its watchdog was killed before', async () => {
    expect(await endOfTree({ death: 'watchdog' })).toBe('SIGKILL');
  });

  needs('linux')('Service.start with cleanup: false or detached lets a process outlive the program', async () => {
    for (const options of [{ cleanup: false }, { detached: true }]) {
      await using command = await scriptedCommand();
      const order = {
        command: command.command,
        args: command.args,
        options: { stdio: 'ignore', ...options },
        death: 'SIGKILL',
      };
      const parent = spawn(process.execPath, [PARENT, JSON.stringify(order)], { stdio: ['pipe', 'ignore', 'ignore'] });
      const exited = once(parent, 'exit');
      const run = await command.next();
      parent.stdin.write('die\n');
      await exited;
      expect(await run.env('PATH')).toBe(process.env['PATH']);
    }
  });

  needs('linux')('Process.kill ends what a program inside started with a service of its own', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const order = { command: command.command, args: command.args, options: {}, death: 'exit' };
    const inner = await service.start(process.execPath, [PARENT, JSON.stringify(order)], { stdio: { stdin: 'pipe' } });
    const run = await command.next();
    const daemon = await run.spawn({ session: true, orphan: true });
    await inner.kill();
    await Promise.all([run.gone, daemon.gone]);
  });
});
