import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { findCrossCompiler, gnuName } from '../../../src/builders/kit/cross-compiler.ts';
import { findProgram } from '../../../src/builders/kit/find-program.ts';
import { tempDir } from '../../support/temp-project.ts';

function programs(...names: string[]): string {
  const dir = tempDir(Object.fromEntries(names.map((name) => [name, '#!/bin/sh\n'])));
  for (const name of names) chmodSync(join(dir, name), 0o755);
  return dir;
}

describe('findProgram', () => {
  it('findProgram finds the first on the PATH that may be executed', async () => {
    const [first, second] = [programs('b'), programs('a', 'b')];
    const plain = tempDir({ a: 'no program' });
    mkdirSync(join(plain, 'b'));
    const PATH = `${plain}::${first}:${second}`;
    expect(await findProgram('a', { PATH })).toBe(join(second, 'a'));
    expect(await findProgram('b', { PATH })).toBe(join(first, 'b'));
    expect(await findProgram(join(second, 'a'), {})).toBe(join(second, 'a'));
  });

  it('findProgram finds none where there is none', async () => {
    expect(await findProgram('a', { PATH: `${tempDir()}:/nowhere` })).toBeUndefined();
    expect(await findProgram('a', {})).toBeUndefined();
    expect(await findProgram('/nowhere/a', { PATH: '/bin' })).toBeUndefined();
  });
});

describe('findCrossCompiler', () => {
  it('findCrossCompiler finds the compilers of GNU by their names', async () => {
    const PATH = programs('aarch64-linux-gnu-gcc');
    expect(await findCrossCompiler({ os: 'linux', arch: 'arm64' }, { PATH })).toEqual({
      ...{ c: 'aarch64-linux-gnu-gcc', cpp: 'aarch64-linux-gnu-g++' },
    });
    expect(await findCrossCompiler({ os: 'windows', arch: 'amd64' }, { PATH })).toBeUndefined();
    expect(await findCrossCompiler({ os: 'darwin', arch: 'arm64' }, { PATH })).toBeUndefined();
    expect(gnuName({ os: 'windows', arch: 'amd64' })).toBe('x86_64-w64-mingw32');
  });
});
