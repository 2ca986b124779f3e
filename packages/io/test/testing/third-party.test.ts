import { promises as nodeFs } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import type { DefinedMedium } from '@core/io';
import { mediumConformance, runConformance } from '@core/io/testing';
import { createFsFromVolume, Volume } from 'memfs';

import { fsMedium } from './support/fs-medium.ts';
import { makeScratch } from './support/scratch.ts';

const scratch = makeScratch();

function overMemfs(): DefinedMedium {
  const volume = Volume.fromJSON({});
  volume.mkdirSync('/root');
  return fsMedium(createFsFromVolume(volume).promises, '/root');
}

describe('runConformance: Bad', () => {
  it('finds the faults of a third-party medium over memfs by their names', async () => {
    const { passed, failed } = await runConformance(overMemfs);
    expect(failed.map(({ name }) => name)).toEqual([
      'write() sets the exact mode of a new file',
      'write() sets the exact mode of a file it replaces',
      'deleteAll() removes a link and not what it leads to',
      'rename() refuses a directory that is not empty with ENOTEMPTY and leaves both',
      'rename() refuses a file onto a directory with EISDIR and leaves both',
      'rename() refuses a directory onto a file with ENOTDIR and leaves both',
      'rename() refuses a directory onto its own parent with ENOTEMPTY',
      'rename() moves a link itself, also a dangling one',
      'rename() of a directory onto a link to a directory refuses with ENOTDIR',
      'writeStream() keeps the mode of a file it replaces, or sets the mode asked for',
      'symlink() refuses a relative link over the root with ERR_PATH_ESCAPES_ROOT',
      'write() makes directories behind a link to a directory',
      'ensureDir() is fine with a link to a directory, and makes directories behind it',
      'rename() goes through links in the middle of both paths',
      'chmod() leaves content and mtime',
    ]);
    expect(passed.length).toBeGreaterThan(mediumConformance().length * 0.9);
  });

  it('finds in the same medium over node:fs only what the medium itself does wrong', async () => {
    const { failed } = await runConformance(() => fsMedium(nodeFs, scratch()));
    expect(failed.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'write() sets the exact mode of a new file', // the umask
        'symlink() refuses a relative link over the root with ERR_PATH_ESCAPES_ROOT',
      ]),
    );
    const excused = /^(write|writeStream|symlink)\(\)/; // not atomic, minds the umask, is no sandbox
    expect(failed.filter(({ name }) => !excused.test(name))).toEqual([]);
  }, 60_000);
});
