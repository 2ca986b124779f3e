import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { needs } from '@core/tooling/needs';
import { describe, expect } from '@jest/globals';

import { tempDir } from './fixture.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/read-only.mjs', import.meta.url));

describe('Ugly', () => {
  needs('mount')(
    'a state that becomes read-only: what there is can be read, stopped and killed; what needs to be written is refused',
    () => {
      const args = ['--mount', process.execPath, FIXTURE, tempDir()];
      const { stdout, stderr, status } = spawnSync('unshare', args, { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const mayNot = {
        code: 'ERR_CONTAINER_STATE_UNWRITABLE',
        cause: 'EROFS',
        hint: 'Use a `stateDir` that this user may read and write.',
      };
      const all = { stopped: 'running', killed: 'running', off: 'stopped' };
      expect(JSON.parse(stdout)).toEqual({
        ...{ before: all, hasLog: true, refused: { run: mayNot, start: mayNot, remove: mayNot }, untouched: all },
        ...{ pids: [0, 0, 0], started: 'running', left: {} },
      });
    },
    120_000,
  );
});
