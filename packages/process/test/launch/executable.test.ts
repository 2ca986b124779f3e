import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { has } from '@core/tooling/needs';

import { checkExecutable, type Executable } from '../../src/launch/executable.ts';
import { spawnChild } from '../../src/spawn.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'core-launch-'));
  writeFileSync(join(dir, 'program'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(dir, 'text'), '', { mode: 0o644 });
  for (const folder of ['one', 'two']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'one/twice'), '', { mode: 0o644 });
  writeFileSync(join(dir, 'two/twice'), '#!/bin/sh\n', { mode: 0o755 });
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** What is in the way according to us, and according to the system. */
async function obstacles(asked: Partial<Executable>): Promise<unknown[]> {
  const executable = { file: './program', args: [], dir, env: {}, ...asked };
  const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;
  let ours: unknown;
  try {
    checkExecutable(executable);
  } catch (error) {
    ours = codeOf(error);
  }
  const theirs = await new Promise<unknown>((resolve) => {
    const ended = (): void => {
      resolve(undefined);
    };
    const plan = { ...executable, stdio: 'ignore', ownSession: true } as const;
    spawnChild(plan, (child) => child.once('exit', ended)).catch((error: unknown) => {
      resolve(codeOf(error));
    });
  });
  return [ours, theirs];
}

describe('Good', () => {
  it('checkExecutable finds nothing in the way of a program', async () => {
    expect(await obstacles({})).toEqual([undefined, undefined]);
    expect(await obstacles({ file: join(dir, 'program') })).toEqual([undefined, undefined]);
    expect(await obstacles({ file: 'sh', args: ['-c', ':'] })).toEqual([undefined, undefined]);
    expect(await obstacles({ file: 'twice', env: { PATH: `${dir}/one:${dir}/two` } })).toEqual([undefined, undefined]);
    expect(await obstacles({ file: 'program', env: { PATH: `/nowhere:${dir}` } })).toEqual([undefined, undefined]);
  });
});

describe('Bad', () => {
  it('checkExecutable finds in the way what the system does', async () => {
    expect(await obstacles({ file: 'no-such-program' })).toEqual(['ENOENT', 'ENOENT']);
    expect(await obstacles({ file: './no-such-program' })).toEqual(['ENOENT', 'ENOENT']);
    expect(await obstacles({ file: 'sh', env: { PATH: dir } })).toEqual(['ENOENT', 'ENOENT']);
    expect(await obstacles({ file: './text' })).toEqual(['EACCES', 'EACCES']);
    expect(await obstacles({ file: 'twice', env: { PATH: `${dir}/one` } })).toEqual(['EACCES', 'EACCES']);
    expect(await obstacles({ file: dir })).toEqual(['EACCES', 'EACCES']);
    expect(await obstacles({ dir: join(dir, 'missing') })).toEqual(['ENOENT', 'ENOENT']);
  });
});

describe('Ugly', () => {
  it('checkExecutable knows the longest argument and the longest variable', async () => {
    if (!has('linux')) return;
    expect(await obstacles({ args: ['x'.repeat(131_071)] })).toEqual([undefined, undefined]);
    expect(await obstacles({ args: ['x'.repeat(131_072)] })).toEqual(['E2BIG', 'E2BIG']);
    expect(await obstacles({ env: { A: '€'.repeat(50_000) } })).toEqual(['E2BIG', 'E2BIG']);
  });
});
