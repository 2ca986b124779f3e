import { fileURLToPath } from 'node:url';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { hasOwnSession, planOf } from '../src/plan.ts';
import type { StartOptions } from '../src/options.ts';
import { Service } from '../src/service.ts';

jest.setTimeout(60_000); // programs are started, on a machine that may be busy

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** What is to be seen in a terminal in which Control-C is typed at a program that has started a process. */
const interrupted = async (stdio: unknown): Promise<string[]> => {
  await using service = new Service();
  const program = [process.execPath, fixture('foreground.mjs'), JSON.stringify({ stdio })];
  const { stdout } = await service.run('python3', [fixture('terminal.py'), ...program]);
  return stdout.replaceAll('^C', '').trim().split(/\r?\n/);
};
const stopped = JSON.stringify({ kind: 'signaled', killSignal: 'SIGTERM', by: 'stop', escalated: false });
const ownSession = (options: StartOptions): boolean => hasOwnSession(planOf('x', [], options, 1));

describe('Good', () => {
  needs('python3')(
    'Service.start with the stdin of the program leaves it in the foreground: it gets Ctrl-C',
    async () => {
      const seen = await interrupted('inherit');
      expect(new Set(seen.slice(0, 3))).toEqual(new Set(['ready', 'the child got INT', 'the program got INT']));
      expect(seen.slice(3)).toEqual(['the child got TERM', stopped]);
    },
  );
});

describe('Bad', () => {
  needs('python3')('Service.start without it keeps Ctrl-C from the process: the program decides', async () => {
    const seen = await interrupted({ stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' });
    expect(seen).toEqual(['ready', 'the program got INT', 'the child got TERM', stopped]);
  });
});

describe('Ugly', () => {
  it('hasOwnSession depends on stdin alone, unless it is detached', () => {
    const isPosix = process.platform !== 'win32';
    expect([ownSession({}), ownSession({ stdio: { stdout: 'inherit', stderr: 'inherit' } })]).toEqual([
      isPosix,
      isPosix,
    ]);
    expect([ownSession({ stdio: 'inherit' }), ownSession({ stdio: { stdin: 'inherit' } })]).toEqual([false, false]);
    expect(ownSession({ stdio: 'inherit', detached: true })).toBe(true);
  });
});
