import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { getuid } from 'node:process';
import { fileURLToPath } from 'node:url';

import { needs } from '@core/tooling/needs';
import { afterEach, describe, expect, jest } from '@jest/globals';

import { newFolder, removeFolders } from './support/disks.ts';
import { deadOwner, putToken, tokenOf } from './support/lock-files.ts';

jest.setTimeout(60_000);

const NOBODY = 65_534;

afterEach(removeFolders);

interface Told {
  readonly what: string;
  readonly [more: string]: unknown;
}

/** Runs a fixture to its end: what it tells, by name. */
function run(fixture: string, command: readonly string[], folder: string): Map<string, Told> {
  const script = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url));
  const line: string[] = [...command, process.execPath, script, folder];
  const [program = '', ...args] = line;
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Told).map((told) => [told.what, told]));
}

const MOUNTED = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs -o size=2m tmpfs "$3" && exec "$@"', 'sh'];

describe('Bad', () => {
  needs('mount')(
    'DiskMedium refuses with ENOSPC or EROFS on a full or read-only disk, the old file is whole and nothing else is there',
    () => {
      const told = run('small-disk.mjs', MOUNTED, newFolder());
      const operations = [
        ...['write', 'write durably', 'write exclusively', 'writeStream', 'append', 'copy', 'copy to a new file'],
        ...['lock', 'write a byte'],
      ];
      for (const what of operations) {
        expect(told.get(what)).toMatchObject({ what, code: 'ENOSPC', isIntact: true, names: [] });
      }
      expect(told.get('appendStream')).toMatchObject({ code: 'ENOSPC', isIntact: true, names: ['pieces'] });
      for (const what of ['unlock', 'unlock without room for a name', 'lock and unlock again']) {
        expect(told.get(what)).toEqual({ what, isIntact: true, names: [] });
      }
      expect(told.get('write when there is room')).toMatchObject({ isIntact: true, names: [] });
      expect(told.get('write when there is room')?.['code']).toBeUndefined();
      expect(told.get('room')).toMatchObject({ isKept: true });
      const refused = Array.from(told.values()).filter(({ what }) => what.startsWith('read-only: '));
      expect(refused).toHaveLength(10);
      for (const { what, ...rest } of refused) {
        expect({ what, ...rest }).toMatchObject({ what, code: 'EROFS', isIntact: true, names: [] });
      }
    },
  );

  needs('linux')('DiskMedium refuses with EACCES what this user may not do, and everything is as it was', () => {
    const { told, folder } = runWithoutPower();
    const operations = Array.from(told.values()).filter(({ op }) => op !== undefined);
    expect(operations).toHaveLength(17);
    for (const { what, op, code } of operations) {
      expect({ what, code, op }).toEqual({ what, code: 'EACCES', op: expect.stringMatching(/^io\.\w+$/u) });
    }
    const names = ['fixed', 'fixed/f', 'hidden', 'hidden/f', 'open', 'open/f', 'open/secret'];
    expect(told.get('all')).toEqual({ what: 'all', names, content: 'old' });
    expect(readdirSync(folder).sort()).toEqual(['fixed', 'hidden', 'open']);
  });

  needs('mount')('DiskMedium.lock() leaves the dead lock of another user where only that one may remove it', () => {
    let lock = '';
    const { told } = runWithoutPower((folder) => {
      mkdirSync(join(folder, 'sticky'));
      chmodSync(join(folder, 'sticky'), 0o1777);
      lock = putToken(join(folder, 'sticky'), 'f', tokenOf(deadOwner()));
      for (const path of [lock, dirname(lock)]) chownSync(path, NOBODY, NOBODY);
    });
    const hint = `The holder of ${basename(lock)} is gone, but this process may not replace the file.`;
    expect(told.get('sticky')).toEqual({ what: 'sticky', code: 'EPERM', hint });
    expect(readdirSync(dirname(lock))).toEqual([basename(lock)]);
  });
});

/** Root obeys permission bits only without the capabilities that overrule them. */
function runWithoutPower(prepare?: (folder: string) => void): { told: Map<string, Told>; folder: string } {
  const folder = newFolder();
  prepare?.(folder);
  const command = getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search,-fowner'] : [];
  return { told: run('no-access.mjs', command, folder), folder };
}
