import { mkdirSync, writeFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { findProgram, firstFile } from '../../src/hypervisors/find-program.ts';
import { withProgram } from './support/fake-program.ts';

describe('Good', () => {
  it('findProgram() finds the first program of the PATH, then of the other folders', async () => {
    await withProgram('tool', '', async (folder, program) => {
      const PATH = `/nowhere:relative::${folder}`;
      expect(await findProgram('tool', { env: { PATH } })).toBe(program);
      expect(await findProgram('tool', { env: {}, dirs: ['/nowhere', folder] })).toBe(program);
      expect(await findProgram(program, { env: {} })).toBe(program);
      expect(await firstFile(['/nowhere', folder, program], {})).toBe(program);
    });
  });
});

describe('Bad', () => {
  it('findProgram() takes neither folders nor files that nobody may run', async () => {
    await withProgram('tool', '', async (folder) => {
      mkdirSync(`${folder}/folder`);
      writeFileSync(`${folder}/text`, '', { mode: 0o644 });
      for (const name of ['folder', 'text', 'none', 'tool/below']) {
        expect(await findProgram(name, { env: { PATH: folder } })).toBeUndefined();
      }
      expect(await firstFile([`${folder}/folder`, `${folder}/tool/below`], {})).toBeUndefined();
    });
  });

  it('findProgram() rejects with the reason of the signal', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(findProgram('sh', { env: { PATH: '/bin' }, signal })).rejects.toBe(reason);
    await expect(firstFile(['/bin/sh'], { signal })).rejects.toBe(reason);
  });
});
