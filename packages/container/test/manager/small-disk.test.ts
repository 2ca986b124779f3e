import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { needs } from '@core/tooling/needs';
import { describe, expect } from '@jest/globals';

import { tempDir } from './fixture.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/small-disk.mjs', import.meta.url));
const MOUNTED = ['--mount', 'sh', '-c', 'mount -t tmpfs -o size=8m tmpfs "$3" && exec "$@"', 'sh'];

describe('Ugly', () => {
  needs('mount')(
    'run, start: a disk that is full at any step leaves no process and no file; stop and remove need no room',
    () => {
      const args = [...MOUNTED, process.execPath, FIXTURE, tempDir()];
      const { stdout, stderr, status } = spawnSync('unshare', args, { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const refused = { isRefused: true, wrong: [] };
      expect(JSON.parse(stdout)).toEqual({
        ...{ run: { files: refused, pages: refused }, start: { files: refused, pages: refused } },
        ...{ stopped: ['stopped 0'], hasLog: true, left: [] },
      });
    },
    120_000,
  );
});
