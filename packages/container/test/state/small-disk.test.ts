import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { needs } from '@core/tooling/needs';
import { describe, expect } from '@jest/globals';

import { tempDir } from './support/temp-dir.ts';

const MOUNTED = ['--mount', 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs "$3" && exec "$@"', 'sh'];

describe('Ugly', () => {
  needs('mount')(
    'State loses nothing on a disk that is full or read-only, and makes room where a machine is removed',
    () => {
      const fixture = fileURLToPath(new URL('fixtures/small-disk.mjs', import.meta.url));
      const args = [...MOUNTED, process.execPath, fixture, tempDir()];
      const { stdout, stderr, status } = spawnSync('unshare', args, { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const hint = 'Free some space and try again; what was there before is unchanged.';
      const isFull = { code: 'ERR_CONTAINER_STATE_UNWRITABLE', hint, cause: 'ENOSPC' };
      const mayNot = {
        code: 'ERR_CONTAINER_STATE_UNWRITABLE',
        hint: 'Use a `stateDir` that this user may read and write.',
        cause: 'EROFS',
      };
      expect(JSON.parse(stdout)).toEqual({
        full: {
          ...{ update: isFull, put: isFull, newId: isFull, names: ['a 1', 'b 1'], litter: [] },
          ...{ remove: 'done', namesAfter: ['a 1'] },
        },
        room: { update: 'done', names: ['a 2'] },
        readOnly: { update: mayNot, remove: mayNot, names: ['a 2'], problems: [] },
      });
    },
    60_000,
  );
});
