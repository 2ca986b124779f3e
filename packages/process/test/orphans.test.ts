import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
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
const HOLDING = { stdin: 'ignore', stdout: 3, stderr: 'ignore' };

interface Setting {
  readonly death: string;
  readonly script?: string;
  readonly options?: object;
  /** So many of these trees. */
  readonly trees?: number;
  /** They are the tasks of a run. */
  readonly isRun?: boolean;
  /** It dies when so many have said that they stand. */
  readonly standing?: number;
}

const left: (() => void)[] = [];
afterEach(() => {
  for (const release of left.splice(0)) release();
});

/** Starts a program that starts trees and dies; resolves with how it died when nobody of the trees is left. */
function endOfTree(setting: Setting): Promise<string> {
  const { death, isRun = false, script = TREE, options = {}, trees = 1, standing = 4 * trees } = setting;
  const start = { command: 'sh', args: ['-c', script], options: { stdio: HOLDING, ...options } };
  return endOf({ starts: Array<object>(trees).fill(start), isRun, death }, standing);
}

async function endOf(order: Order, standing: number): Promise<string> {
  const { parent, pipe } = startParent(order);
  const ended = once(pipe, 'end');
  const exited = once(parent, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const early = exited.then((end) => Promise.reject(new Error(`it ended before all stood: ${String(end)}`)));
  await Promise.race([lettersFrom(pipe, standing), early]);
  early.catch(() => undefined);
  parent.stdin.write('die\n');
  if (order.death === 'kill') {
    await ended; // while the program lives
    parent.stdin.end();
  }
  const [code, killSignal] = await exited;
  await ended;
  return killSignal ?? String(code);
}

/** What the program is told to do. */
interface Order {
  readonly starts: readonly object[];
  readonly death: string;
  /** They are tasks of a `Runner`, all at once. */
  readonly isRun?: boolean;
}

interface Parent {
  readonly parent: ChildProcess & { readonly stdin: Writable };
  /** Its descriptor 3, at the other end. */
  readonly pipe: Readable;
}

function startParent(order: Order): Parent {
  const parent = spawn(process.execPath, [PARENT, JSON.stringify(order)], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  }) as Parent['parent'];
  left.push(() => parent.kill('SIGKILL'));
  return { parent, pipe: parent.stdio[3] as Readable };
}

/** Resolves when so many letters were said. */
function lettersFrom(pipe: Readable, count: number): Promise<void> {
  return new Promise((resolve) => {
    let said = 0;
    createInterface({ input: pipe }).on('line', () => {
      said += 1;
      if (said === count) resolve();
    });
  });
}

/** One after the other, as a busy machine would only make each of them slower. */
async function times(setting: Setting): Promise<string[]> {
  const ends: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) ends.push(await endOfTree(setting));
  return ends;
}

describe('Good', () => {
  needs('linux')('Service leaves nothing behind when the program exits', async () => {
    expect(await times({ death: 'exit' })).toEqual(Array(ROUNDS).fill('0'));
  });

  needs('linux')('Service.close ends the tree, and lets the program end', async () => {
    expect(await times({ death: 'close' })).toEqual(Array(ROUNDS).fill('0'));
  });

  needs('linux')('Process.kill ends the tree while the program lives on', async () => {
    expect(await times({ death: 'kill' })).toEqual(Array(ROUNDS).fill('0'));
  });

  needs('linux')('Service leaves nothing behind of fifty trees', async () => {
    expect(await endOfTree({ death: 'exit', trees: 50 })).toBe('0');
    expect(await endOfTree({ death: 'close', trees: 50 })).toBe('0');
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

  needs('linux')('Service leaves nothing behind of fifty trees when the program is killed with SIGKILL', async () => {
    expect(await endOfTree({ death: 'SIGKILL', trees: 50 })).toBe('SIGKILL');
  });

  needs('linux')('Runner leaves nothing behind of fifty tasks, however its program ends', async () => {
    for (const [death, end] of [
      ['SIGKILL', 'SIGKILL'],
      ['SIGINT', 'SIGINT'],
      ['exit', '0'],
      ['kill', '0'],
    ] as const) {
      expect(await endOfTree({ death, isRun: true, trees: 50 })).toBe(end);
    }
  });

  needs('linux')('Service leaves nothing behind when the program is killed in the middle of fifty starts', async () => {
    for (const standing of [1, 20, 60]) {
      expect(await endOfTree({ death: 'in the middle', trees: 50, standing })).toBe('SIGKILL');
    }
  });

  needs('linux')('Service leaves nobody behind who ignores the polite signals', async () => {
    const script = `trap '' TERM INT HUP\n${TREE}`;
    for (const [death, end] of [
      ['SIGKILL', 'SIGKILL'],
      ['exit', '0'],
    ] as const) {
      expect(await endOfTree({ death, script })).toBe(end);
    }
  });

  needs('linux')('Service leaves nothing behind of a program inside the program that is killed', async () => {
    const tree = { command: 'sh', args: ['-c', TREE], options: { stdio: { ...HOLDING, stdout: 'inherit' } } };
    const inner = JSON.stringify({ starts: [tree], death: 'exit' });
    const start = { command: process.execPath, args: [PARENT, inner], options: { stdio: HOLDING } };
    expect(await endOf({ starts: [start], death: 'SIGKILL' }, 5)).toBe('SIGKILL');
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
      const start = { command: command.command, args: command.args, options: { stdio: 'ignore', ...options } };
      const { parent } = startParent({ starts: [start], death: 'SIGKILL' });
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
    const order = { starts: [{ command: command.command, args: command.args }], death: 'exit' };
    const inner = await service.start(process.execPath, [PARENT, JSON.stringify(order)], { stdio: { stdin: 'pipe' } });
    const run = await command.next();
    const daemon = await run.spawn({ session: true, orphan: true });
    await inner.kill();
    await Promise.all([run.gone, daemon.gone]);
  });
});
